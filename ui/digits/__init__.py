"""Parts of the Digits page.

Imported by its page, and by parts of other pages that show the same.
"""
