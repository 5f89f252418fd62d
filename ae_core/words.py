"""Words that several modules put together, and words that a person or a file has brought."""

JOINERS = "\u200c\u200d"  # unseen, but Persian words and some emoji need them


def counted(count: int, noun: str) -> str:
    """ "1 digit", "12,000 digits" """
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def with_article(digit: int) -> str:
    """ "a 3", "an 8"."""
    return f"{'an' if digit == 8 else 'a'} {digit}"


def visible(text: str) -> str:
    """A person's words, or a file's, on one line and with "?" for all that cannot be seen.

    So no name of theirs moves a terminal's cursor, and none turns the words after it from right to left.
    """
    one_line = " ".join(text.split())
    return "".join(each if each.isprintable() or each in JOINERS else "?" for each in one_line)
