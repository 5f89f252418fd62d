"""The lab's style sheets: of every page, and of buttons and sliders in the lab's own parts, which look alike.

STYLE: what themes cannot say; a page comes with it. CSS: parts put it before their own.
"""

from pathlib import Path

STYLE = Path(__file__).with_name("style.css")
CSS = Path(__file__).with_suffix(".css").read_text()
