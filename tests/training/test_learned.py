"""A training that came to nothing is told apart from one that learned, by what its model draws."""

import pytest
import torch

from ae_core import zoo
from ae_core.models.build import build_model
from ae_core.models.config import ModelConfig
from ae_core.models.linear_baseline import LinearBaseline
from ae_core.runs.execution import execute
from ae_core.scores.calibration import evaluate
from ae_core.training.config import TrainConfig
from ae_core.training.learned import NO_BETTER, advice, mean_image_error, nothing_learned
from ae_core.training.loop import train

pytestmark = pytest.mark.slow

SHORT = TrainConfig(epochs=3, precision="fp32")


def told(model, digits, classes=()):
    return nothing_learned(model, digits, classes, evaluate(model, digits.test))


@pytest.fixture(scope="module")
def hopeless(embedded):
    """Trained with a learning rate of 1."""
    model = build_model(ModelConfig(), seed=0)
    list(train(model, embedded, SHORT.with_changes(peak_learning_rate=1.0), device="cpu"))
    return model.eval()


def test_a_learning_rate_of_one_teaches_nothing(hopeless, embedded):
    assert "no better than that of the mean digit alone, 0.0692" in told(hopeless, embedded)


def test_one_picture_for_every_digit_is_named(embedded):
    model = LinearBaseline.fit(embedded, 2)
    with torch.no_grad():
        model.components.zero_()  # what is left is the mean image
    assert told(model, embedded).startswith("It answers nearly every digit with the same picture")


@pytest.mark.parametrize("name", ["dense-2", "dense-64", "variational-2"])
def test_shipped_models_have_learned(name, embedded):
    assert told(zoo.load(name), embedded) == ""


def test_one_principal_component_is_something_learned(embedded):
    model = LinearBaseline.fit(embedded, 1)
    assert told(model, embedded) == ""


def test_a_model_of_some_classes_is_measured_on_these(embedded):
    """The mean of all digits is no help on ones, which lie closer to each other."""
    ones = embedded.only((1,))
    model = LinearBaseline.fit(embedded, 1)
    assert told(model, ones, (1,)).startswith("It ")
    assert told(LinearBaseline.fit(ones, 1), ones, (1,)) == ""


def test_the_mean_image_s_error_is_the_variance_of_the_digits(embedded):
    images = embedded.train.images
    assert mean_image_error(images, images) == pytest.approx((images / 255).var(axis=0).mean(), rel=1e-4)
    assert 0 < NO_BETTER < 1


@pytest.mark.parametrize(
    ("model", "peak", "words"),
    [
        (ModelConfig(), 1.0, "a lower peak learning rate (it was 1, 0.02 is usual)"),
        (ModelConfig(), 1e-5, "a higher peak learning rate (it was 1e-05"),
        (ModelConfig(architecture="variational", beta=10.0), 5e-3, "a lower beta (it was 10"),
        (ModelConfig(), 5e-3, "Try more epochs (it had 2)."),
    ],
)
def test_the_advice_is_about_what_is_unusual(model, peak, words):
    assert words in advice(model, peak, epochs=2)


@pytest.mark.parametrize(("peak", "has_learned"), [(1.0, False), (5e-3, True)])
def test_a_run_keeps_the_caution_until_it_goes_on(store, embedded, peak, has_learned):
    recipe = TrainConfig(epochs=3, batch_size=64, peak_learning_rate=peak)
    run = store.create(
        ModelConfig(latent_dim=8), recipe, dataset="embedded", fingerprint=embedded.fingerprint
    )
    execute(run, device="cpu")
    assert (run.caution() == "") is has_learned
    assert has_learned or "a lower peak learning rate (it was 1" in run.caution()
    run.set_state(run.state())
    assert run.caution() == ""
