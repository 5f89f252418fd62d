"""Parts of the Runs page: the table of all runs, one run and what to do with it, several side by side.

Imported by its page.
"""
