"""Words that several modules put together, and words that a person or a file has brought."""

import re

JOINERS = "\u200c\u200d"  # unseen, but Persian words and some emoji need them


def counted(count: int, noun: str) -> str:
    """ "1 digit", "12,000 digits" """
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def with_article(digit: int) -> str:
    """ "a 3", "an 8"."""
    return f"{'an' if digit == 8 else 'a'} {digit}"


def said_of(text: str, noun: str) -> str:
    """A sentence about digits, of what is there instead: "Test digits" of images is "Test images"."""
    if noun[0] in "aeiou":
        text = re.sub(r"\b([Aa]) (?=digit\b)", r"\1n ", text)
    text = re.sub(r"\bdigit(?=s?\b)", noun, text)
    return re.sub(r"\bDigit(?=s?\b)", noun.capitalize(), text)


def visible(text: str) -> str:
    """A person's words, or a file's, on one line and with "?" for all that cannot be seen.

    So no name of theirs moves a terminal's cursor, and none turns the words after it from right to left.
    """
    one_line = " ".join(text.split())
    return "".join(each if each.isprintable() or each in JOINERS else "?" for each in one_line)


def three_digits(value: float) -> str:
    """A number with three significant digits, without an exponent in the lab's usual range: .00464, 12.3."""
    if value == 0:
        return "0"
    if 1e-5 <= abs(value) < 1e6:
        digits = f"{value:#.3g}" if abs(value) < 1000 else f"{value:,.0f}"
        return f"{float(digits):.7f}".rstrip("0") if "e" in digits else digits.rstrip(".")
    return f"{value:.2e}"


def percent(share: float) -> str:
    """A share in percent with up to three significant digits: 4.97 %, 0.1 %."""
    return f"{100 * share:.3g} %"


def duration(seconds: float) -> str:
    """A time for people: 45 s, 3 min 20 s, 2 h 5 min."""
    whole = round(seconds)
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
