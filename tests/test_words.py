import pytest

from ae_core.words import counted


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 digits"), (1, "1 digit"), (2, "2 digits"), (12000, "12,000 digits")]
)
def test_one_is_singular_and_thousands_are_told_apart(count, text):
    assert counted(count, "digit") == text
