"""What the lessons of the pages find, as numbers and in words.

Stands on `studies` and all that is beneath; only commands and pages ask it.
"""
