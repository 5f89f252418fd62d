"""Names that a run, a file or an address may have, and what each would do where it is not shown as text."""

import re

from ui.shell.theme import WORD_JOINER

HOSTILE = (
    "![x](http://example.org/p.png)",  # a picture that everybody's browser fetches
    "$x^2$ and $$y$$",  # formulas
    ":red[x] :badge[y]",
    "<b>bold</b>",
    "<script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "`code` **b** _i_ ~~s~~",
    ":material/delete: :smile: :+1:",
    "http://example.org www.example.org a@example.org",
    "# heading",
    "- item",
    "1. item",
    "&lt; a -> b <- c -- d >= e",
    "exe.\u202egnp",  # the rest from right to left
    "two\nlines",
    "\x1b[2J",  # a terminal is cleared
    '=HYPERLINK("http://example.org")',  # a spreadsheet follows it
)


def as_read(markdown: str) -> str:
    """What a person reads of words that are shown by `ui.shell.theme.plain`."""
    return re.sub(r"\\(.)", r"\1", markdown).replace(WORD_JOINER, "")
