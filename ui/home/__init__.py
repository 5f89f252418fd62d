"""Parts of the Home page.

Imported by its page alone.
"""
