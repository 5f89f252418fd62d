"""What the Latent page says of a plane and of sliders: true of the model in view."""

import pytest

from ui.latent.plane import caption
from ui.latent.sliders import help_on_digits


@pytest.mark.parametrize(
    ("architecture", "words"),
    [
        ("dense", "nothing has taught the decoder"),
        ("convolutional", "nothing has taught the decoder"),
        ("variational", "trained on codes sampled around each digit"),
        ("pca", "sums of the mean image and two principal components"),
    ],
)
def test_between_the_dots_is_what_the_training_put_there(architecture, words):
    assert words in caption(1000, architecture)
    assert ("nothing has taught" in caption(1000, architecture)) == (architecture[0] in "dc")


@pytest.mark.parametrize(
    ("count", "words"),
    [(1000, "each dot is the code of a test digit"), (10_000, "one of the first 1,500 test digits")],
)
def test_the_dots_are_the_digits_that_are_drawn(count, words):
    assert words in caption(count, "dense")


def test_sliders_that_hold_less_than_a_code_say_so():
    assert "what these 16 components do not hold" in help_on_digits(16, 32)
    assert "do not hold" not in help_on_digits(8, 8)
