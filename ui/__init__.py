"""The screen: what pages share, from the ground up as in FLOORS, and a folder for the parts of each page.

`shell/lab.py` is what runs for a visitor. May import all of `ae_core`; only pages and app.py import it, and
no part of one page imports another's.
"""

FLOORS = ("shell", "pictures", "widgets")
