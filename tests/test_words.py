import pytest
from hypothesis import given
from hypothesis import strategies as st

from ae_core.words import counted, said_of, visible, with_article


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 digits"), (1, "1 digit"), (2, "2 digits"), (12000, "12,000 digits")]
)
def test_one_is_singular_and_thousands_are_told_apart(count, text):
    assert counted(count, "digit") == text


def test_the_eight_alone_has_another_article():
    told = [with_article(digit) for digit in range(10)]
    assert told[8] == "an 8"
    assert [text for text in told if not text.startswith("a ")] == ["an 8"]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("dense-32, 25 epochs", "dense-32, 25 epochs"),
        (" two\nlines\tand a tab ", "two lines and a tab"),
        ("\x1b[2J\x1b]0;title\x07", "?[2J?]0;title?"),  # to a terminal: clear it, name its window
        ("exe.\u202egnp", "exe.?gnp"),  # what follows would be read from right to left
        ("a\u200bb\ud800", "a?b?"),
        (
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        ),  # Persian
    ],
)
def test_what_cannot_be_seen_is_a_question_mark(given, told):
    assert visible(given) == told


@given(st.text())
def test_what_can_be_seen_stays(text):
    told = visible(text)
    assert "\n" not in told
    assert visible(told) == told
    assert [each for each in told if each.isalnum()] == [each for each in text if each.isalnum()]


def test_a_sentence_about_digits_is_said_of_what_is_there():
    told = "A digit: Test digits, a digit, a test digit, three_digits"
    assert said_of(told, "digit") == told
    assert said_of(told, "image") == "An image: Test images, an image, a test image, three_digits"
    assert said_of(told, "letter") == "A letter: Test letters, a letter, a test letter, three_digits"
