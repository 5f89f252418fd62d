"""Buttons and sliders of the lab's own parts, which look alike: parts put this before their own style."""

from pathlib import Path

CSS = Path(__file__).with_suffix(".css").read_text()
