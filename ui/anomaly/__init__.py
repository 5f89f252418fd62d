"""Parts of the Anomaly page: its form, its experiments, figures and lessons.

Imported by its page, and by parts of other pages that show the same.
"""
