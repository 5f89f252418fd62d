"""A column of numbers has the same decimals in every row, and three digits in the middle."""

import pytest

from ui.widgets.numbers import even


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ([0.00131, 0.0064, 0.02], "0.00640"),
        ([1.48, 0.394, 7], "1.48"),
        ([30.5, 120, 4000], "120"),
        ([], "0.00"),
        ([float("nan"), 0.0, float("inf")], "0.00"),
    ],
)
def test_decimals_are_those_of_the_middle(values, text):
    middle = float(text)
    assert even(values) % middle == text
