"""Words that several modules put together."""


def counted(count: int, noun: str) -> str:
    """ "1 digit", "12,000 digits" """
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
