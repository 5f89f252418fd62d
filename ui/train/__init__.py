"""Parts of the Train page: settings, live view, curves, film.

Imported by its page, and by parts of other pages that show the same.
"""
