"""Parts of the Trade-offs page: shipped models and sweeps.

Imported by its page, and by parts of other pages that show the same.
"""
