import pytest

from ae_core.words import counted, with_article


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 digits"), (1, "1 digit"), (2, "2 digits"), (12000, "12,000 digits")]
)
def test_one_is_singular_and_thousands_are_told_apart(count, text):
    assert counted(count, "digit") == text


def test_the_eight_alone_has_another_article():
    told = [with_article(digit) for digit in range(10)]
    assert told[8] == "an 8"
    assert [text for text in told if not text.startswith("a ")] == ["an 8"]
