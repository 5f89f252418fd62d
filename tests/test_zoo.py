"""The shipped models: what their cards say, and no digit they are judged with was seen in training."""

import hashlib

import pytest
import torch

from ae_core import zoo
from ae_core.commands.build_zoo import MODELS, build, zoo_digits
from ae_core.data.sources import data_status, load_digits
from ae_core.errors import DataError, NotFoundError, WeightsError
from ae_core.models.build import parameter_count
from ae_core.models.config import ModelConfig
from ae_core.models.inference import reconstruction_errors
from ae_core.scores.calibration import Calibrator
from ae_core.training.config import TrainConfig
from ae_core.training.presets import ADAM

DENSE = ["dense-2", "dense-4", "dense-8", "dense-16", "dense-32", "dense-64"]
NAMES = [*DENSE, "convolutional-32", "variational-2"]
needs_mnist = pytest.mark.skipif(not data_status()["mnist"], reason="full MNIST is not here (AE_DATA_DIR)")


def mean_error(name, split):
    return float(reconstruction_errors(zoo.load(name), split.images).mean(dtype=float))


def test_the_models_come_by_kind_and_size():
    assert zoo.names() == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_model_is_what_its_card_says(name):
    model, card = zoo.load(name), zoo.card(name)
    data = (zoo.ZOO_DIR / f"{name}.safetensors").read_bytes()
    assert not model.training
    assert {each.dtype for each in model.parameters()} == {torch.float32}
    assert model.config == ModelConfig.from_dict(card["model"])
    assert card["parameters"] == parameter_count(model.config)
    assert card["file"]["bytes"] == len(data) < 2**20
    assert card["file"]["sha256"] == hashlib.sha256(data).hexdigest()
    assert TrainConfig.from_dict(card["recipe"]) == ADAM
    assert mean_error(name, load_digits("embedded").test) == pytest.approx(
        card["test_error"]["embedded"], rel=1e-3
    )


def test_more_numbers_reconstruct_better():
    errors = [zoo.card(name)["test_error"]["embedded"] for name in DENSE]
    assert errors == sorted(errors, reverse=True)


def test_verdicts_on_the_embedded_digits_keep_their_promise():
    """A model that had seen the 800 validation digits would flag far more than 5 % of the test digits."""
    digits, model = load_digits("embedded"), zoo.load("dense-32")
    flagged = Calibrator.fit(model, digits.validation).flags(
        reconstruction_errors(model, digits.test.images), 0.05
    )
    assert 0.03 < flagged.mean() < 0.07


@pytest.mark.parametrize("name", ["dense-33", "", "../zoo/dense-32", "dense-32.safetensors"])
def test_an_unknown_name_is_refused_with_what_there_is(name):
    for ask in (zoo.load, zoo.card):
        with pytest.raises(
            NotFoundError, match="it has dense-2, dense-4, dense-8, dense-16, dense-32, dense-64"
        ):
            ask(name)


def test_a_damaged_file_is_named(tmp_path):
    (tmp_path / "dense-9.safetensors").write_bytes(b"half a file")
    (tmp_path / "dense-9.json").write_text("{}")
    with pytest.raises(WeightsError, match="zoo:dense-9"):
        zoo.load("dense-9", tmp_path)


def test_building_needs_full_mnist(tmp_path):
    with pytest.raises(DataError, match="data fetch"):
        next(build(MODELS[:1], data_dir=tmp_path, folder=tmp_path))


@needs_mnist
@pytest.mark.full_mnist
def test_no_digit_that_judges_is_among_the_training_digits():
    mnist, embedded = load_digits("mnist"), load_digits("embedded")
    digits = zoo_digits(mnist, embedded)
    known = {image.tobytes() for image in digits.train.images}
    for judge in (mnist, embedded):
        for split in (judge.validation, judge.test):
            assert not known & {image.tobytes() for image in split.images}
    assert {zoo.card(name)["data"]["fingerprint"] for name in NAMES} == {digits.fingerprint}
    assert {zoo.card(name)["data"]["images"] for name in NAMES} == {len(digits.train)}


@needs_mnist
@pytest.mark.full_mnist
@pytest.mark.parametrize("name", NAMES)
def test_the_cards_hold_on_full_mnist(name):
    digits, model, card = load_digits("mnist"), zoo.load(name), zoo.card(name)
    errors = reconstruction_errors(model, digits.test.images)
    assert errors.mean(dtype=float) == pytest.approx(card["test_error"]["mnist"], rel=1e-3)
    assert 0.04 < Calibrator.fit(model, digits.validation).flags(errors, 0.05).mean() < 0.06


@needs_mnist
@pytest.mark.full_mnist
def test_a_build_writes_a_model_that_the_zoo_loads(tmp_path):
    told = []
    (card,) = build(
        (ModelConfig(latent_dim=3),),
        recipe=TrainConfig(epochs=1),
        folder=tmp_path,
        on_epoch=lambda name, epoch: told.append((name, epoch.number)),
    )
    assert told == [("dense-3", 1)]
    assert zoo.names(tmp_path) == ["dense-3"]
    assert zoo.card("dense-3", tmp_path) == card
    assert zoo.load("dense-3", tmp_path).config.latent_dim == 3
