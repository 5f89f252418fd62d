"""One meaning, one colour on every page: the Okabe-Ito palette, safe for colour-blind readers."""

import colorsys
import re
from collections.abc import Hashable

import streamlit as st
from cachetools.keys import hashkey

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
GOLDEN_TURN = 0.618  # of the circle of hues, from one class to the next
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

# Things side by side that mean nothing by themselves, such as runs: told apart in both themes.
SIDE_BY_SIDE = ("#5B6BD6", "#C28A10", "#1FA187", "#C0304F", "#B45BC8", "#8A8A8A")


def class_colour(label: int) -> str:
    """Of a class: the digit's own, and hues far from each other beyond the tenth."""
    if label < len(CLASS_COLOURS):
        return CLASS_COLOURS[label]
    red, green, blue = colorsys.hls_to_rgb(label * GOLDEN_TURN % 1, 0.55, 0.5)
    return f"#{round(255 * red):02X}{round(255 * green):02X}{round(255 * blue):02X}"


def colour(meaning: str) -> str:
    """The colour of `meaning` in the theme that the visitor sees."""
    return (DARK if st.context.theme.type == "dark" else LIGHT)[meaning]


def by_theme(*arguments: Hashable) -> Hashable:
    """The key of what is kept and has the theme's colours in it."""
    return hashkey(*arguments, st.context.theme.type)


def plain(text: str) -> str:
    """A person's words as they are, where Markdown would make links, pictures or formulas of them.

    Signs are escaped. What is found only in the text that results, such as addresses, emoji, icons and
    arrows, is taken apart by a sign that is not seen.
    """
    escaped = re.sub(r"([\\`*_\[\]<>$~&])", r"\\\1", visible(text))
    begins = r"^(?=[-+#=|]|\d+[.)])"  # a list, a heading
    found = r"(?<=[:@])(?=\S)|(?<=www)(?=\.)|(?<=[-<>=~])(?=\\?[-<>=])"
    return re.sub(f"{begins}|{found}", WORD_JOINER, escaped, flags=re.IGNORECASE)
