"""Numbers in words and colours by meaning."""

import re
from types import SimpleNamespace

import pytest
import streamlit
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from ae_core.words import duration, percent, three_digits, visible
from tests.names import HOSTILE, as_read
from ui.shell.theme import DARK, LIGHT, by_theme, plain


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.0, "0"),
        (0.00464, "0.00464"),
        (0.0103, "0.0103"),
        (0.01, "0.0100"),
        (1, "1.00"),
        (12.34, "12.3"),
        (123.4, "123"),
        (999.4, "999"),
        (1000, "1,000"),
        (478_256, "478,256"),
        (1e-5, "0.00001"),
        (1.234e-5, "0.0000123"),
        (9.9e-6, "9.90e-06"),
        (1e6, "1.00e+06"),
        (-0.5, "-0.500"),
    ],
)
def test_three_digits(value, text):
    assert three_digits(value) == text


@given(st.floats(1e-30, 1e30))
def test_three_digits_are_right_to_three_digits(value):
    assert float(three_digits(value).replace(",", "")) == pytest.approx(value, rel=0.0051)


@given(st.floats(1e-5, 999_999))
def test_the_usual_range_has_no_exponent(value):
    assert re.fullmatch(r"[\d,]+(\.\d+)?", three_digits(value))


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0 %"), (0.0497, "4.97 %"), (0.001, "0.1 %"), (1, "100 %"), (1 / 801, "0.125 %"), (0.054, "5.4 %")],
)
def test_percent(share, text):
    assert percent(share) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0.0 s"),
        (3.21, "3.2 s"),
        (9.94, "9.9 s"),
        (9.97, "10 s"),
        (45, "45 s"),
        (59.4, "59 s"),
        (59.6, "1 min 0 s"),
        (200, "3 min 20 s"),
        (3599.7, "1 h 0 min"),
        (7500, "2 h 5 min"),
        (100_000, "27 h 46 min"),
    ],
)
def test_duration(seconds, text):
    assert duration(seconds) == text


def test_both_themes_have_the_same_meanings_each_in_its_own_colour():
    assert LIGHT.keys() == DARK.keys()
    for theme in (LIGHT, DARK):
        assert len(set(theme.values())) == len(theme)
        assert all(re.fullmatch("#[0-9A-F]{6}", colour) for colour in theme.values())


@pytest.mark.parametrize(("kind", "palette"), [("light", LIGHT), ("dark", DARK), (None, LIGHT)])
def test_the_colour_is_that_of_the_theme_in_view(kind, palette):
    def script():
        import streamlit as st

        from ui.shell.theme import colour

        st.text(colour("training"))

    lab = AppTest.from_function(script)
    if kind:
        lab.context["theme"] = kind
    assert lab.run(timeout=30).text[0].value == palette["training"]


# -- a person's words


def test_a_name_is_read_as_it_was_written():
    """Markdown takes the strokes away again, and the sign between is not seen."""
    for name in HOSTILE:
        assert as_read(plain(name)) == visible(name)


@pytest.mark.parametrize(
    "found",
    [
        r"(?<!\\)[`*_\[\]<>$~&]",  # a sign of Markdown that is not escaped
        r":[\w+-]",  # an icon, an emoji, a coloured word, an address
        r"www\.|@\w",
        r"^([-+#=>|]|\d+[.)])",
        r"--|->|<-|>=",
    ],
)
def test_nothing_of_a_name_is_markdown(found):
    assert [name for name in HOSTILE if re.search(found, plain(name))] == []


def test_what_is_kept_with_a_themes_colours_is_made_anew_in_the_other(monkeypatch):
    keys = []
    for kind in ("light", "dark", "light"):
        seen = SimpleNamespace(theme=SimpleNamespace(type=kind))
        monkeypatch.setattr(streamlit, "context", seen)
        keys.append(by_theme("zoo:dense-8", 3))
    assert keys[0] == keys[2] != keys[1]
