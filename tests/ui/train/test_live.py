"""What is said of a run's losses: how each was measured by this recipe."""

import pytest

from ae_core.models.config import ModelConfig
from ae_core.runs.config import RunConfig
from ae_core.training.config import TrainConfig
from ui.train.live import how_measured

PLAIN = "while the weights still move; validation after it. So training can lie above validation."


def told(model=None, **recipe) -> str:
    model = model or ModelConfig()
    return how_measured(
        RunConfig(model=model, train=TrainConfig(**recipe), dataset="mnist", fingerprint="", created=0)
    )


def test_a_plain_recipe_differs_by_time_alone():
    assert told().endswith(PLAIN)


@pytest.mark.parametrize(
    ("recipe", "words"),
    [
        ({"denoising": 0.5}, "noise on the digits"),
        ({"augmentation": 0.5}, "half of the digits moved and turned"),
        ({"model": ModelConfig(architecture="variational")}, "codes sampled at random"),
        (
            {"denoising": 0.5, "augmentation": 0.5},
            "noise on the digits and half of the digits moved and turned",
        ),
    ],
)
def test_what_makes_training_harder_is_named(recipe, words):
    assert f", with {words}; validation after it, without." in told(**recipe)
