"""Words that several modules put together."""


def counted(count: int, noun: str) -> str:
    """ "1 digit", "12,000 digits" """
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def with_article(digit: int) -> str:
    """ "a 3", "an 8"."""
    return f"{'an' if digit == 8 else 'a'} {digit}"
