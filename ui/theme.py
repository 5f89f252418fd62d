"""One meaning, one colour on every page: the Okabe-Ito palette, safe for colour-blind readers."""

import re

import streamlit as st

from ae_core.words import visible

WORD_JOINER = "\u2060"  # not seen, and no line is broken at it
LIGHT = {
    "training": "#0072B2",
    "validation": "#E69F00",
    "normal": "#009E73",
    "anomaly": "#D55E00",
    "reference": "#7A7F85",
    "convolutional": "#CC79A7",
    "variational": "#56B4E9",
    "text": "#1D2733",
    "ground": "#FBFBF9",
    "on accent": "#FFFFFF",
}
# The same hues, lifted until they stand out from a dark page.
DARK = LIGHT | {
    "training": "#3D9BD8",
    "normal": "#16B286",
    "anomaly": "#E8722B",
    "reference": "#9AA1A9",
    "convolutional": "#DD9CC0",
    "variational": "#7CC4F0",
    "text": "#E6EAEE",
    "ground": "#0F141A",
}

# The ten digits, 0 to 9, the same in both themes: told apart by most colour-blind readers too.
CLASS_COLOURS = (
    "#5B6BD6",
    "#56B4E9",
    "#1FA187",
    "#3F9B35",
    "#A3A02A",
    "#DDAA33",
    "#E9796B",
    "#C0304F",
    "#B45BC8",
    "#8A8A8A",
)


def colour(meaning: str) -> str:
    """The colour of `meaning` in the theme that the visitor sees."""
    return (DARK if st.context.theme.type == "dark" else LIGHT)[meaning]


def three_digits(value: float) -> str:
    """A number with three significant digits, without an exponent in the lab's usual range: .00464, 12.3."""
    if value == 0:
        return "0"
    if 1e-5 <= abs(value) < 1e6:
        digits = f"{value:#.3g}" if abs(value) < 1000 else f"{value:,.0f}"
        return f"{float(digits):.7f}".rstrip("0") if "e" in digits else digits.rstrip(".")
    return f"{value:.2e}"


def plain(text: str) -> str:
    """A person's words as they are, where Markdown would make links, pictures or formulas of them.

    Signs are escaped. What is found only in the text that results, such as addresses, emoji, icons and
    arrows, is taken apart by a sign that is not seen.
    """
    escaped = re.sub(r"([\\`*_\[\]<>$~&])", r"\\\1", visible(text))
    begins = r"^(?=[-+#=|]|\d+[.)])"  # a list, a heading
    found = r"(?<=[:@])(?=\S)|(?<=www)(?=\.)|(?<=[-<>=~])(?=\\?[-<>=])"
    return re.sub(f"{begins}|{found}", WORD_JOINER, escaped, flags=re.IGNORECASE)


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
