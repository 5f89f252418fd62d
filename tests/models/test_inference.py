"""A model at work: the same answers whatever the batch, its order and the model's mode."""

import numpy as np
import pytest
import torch

from ae_core.errors import ImageShapeError
from ae_core.models import inference
from ae_core.models.build import build_model
from ae_core.models.config import ModelConfig
from ae_core.models.inference import decode, encode, intensities, reconstruct, reconstruction_errors
from ae_core.training.config import TrainConfig
from ae_core.training.loop import train

FUNCTIONS = (encode, reconstruct, reconstruction_errors)


@pytest.fixture(scope="module")
def model(few):
    """Trained for one epoch, so that its BatchNorm has seen digits."""
    model = build_model(ModelConfig(latent_dim=4, hidden=(32,)))
    list(train(model, few, TrainConfig(epochs=1, batch_size=32), device="cpu"))
    return model


def test_shapes_types_and_ranges(model, few):
    images = few.test.images
    assert encode(model, images).shape == (100, 4)
    assert reconstruct(model, images).shape == (100, 28, 28)
    assert reconstruction_errors(model, images).shape == (100,)
    assert all(function(model, images).dtype == np.float32 for function in FUNCTIONS)
    assert 0 <= reconstruct(model, images).min() <= reconstruct(model, images).max() <= 1


def test_errors_are_the_mean_squared_differences(model, few):
    images = few.test.images
    expected = ((reconstruct(model, images) - images / 255.0) ** 2).mean(axis=(1, 2))
    assert np.allclose(reconstruction_errors(model, images), expected, rtol=1e-5)


def test_decode_undoes_encode_as_reconstruct_does(model, few):
    images = few.test.images
    assert np.array_equal(decode(model, encode(model, images)), reconstruct(model, images))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_order_does_not_matter(model, few, function):
    order = np.random.default_rng(0).permutation(100)
    images = few.test.images
    assert np.allclose(function(model, images[order]), function(model, images)[order], rtol=0, atol=1e-6)


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("batch", [1, 7, 99])
def test_batch_size_does_not_matter(model, few, function, batch, monkeypatch):
    whole = function(model, few.test.images)
    monkeypatch.setattr(inference, "BATCH", batch)
    assert np.allclose(function(model, few.test.images), whole, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_single_image_is_a_batch_of_one(model, few, function):
    one = function(model, few.test.images[:1])
    assert len(one) == 1
    assert np.allclose(one, function(model, few.test.images)[:1], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_arrays_and_tensors_give_the_same(model, few, function):
    images = torch.tensor(few.test.images)
    assert np.array_equal(function(model, images), function(model, few.test.images))
    assert np.array_equal(function(model, few.test.images.copy()), function(model, few.test.images))


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_model_stays_as_it_was(model, few, function, training):
    model.train(training)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    values = function(model, few.test.images)
    assert model.training is training
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())
    model.eval()
    assert np.array_equal(values, function(model, few.test.images))


def test_the_models_mode_survives_an_error(model):
    model.train()
    with pytest.raises(ImageShapeError):
        reconstruct(model, np.zeros((2, 5, 5), np.uint8))
    assert model.training


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize(
    "images",
    [
        np.zeros((28, 28), np.uint8),
        np.zeros((0, 28, 28), np.uint8),
        np.zeros((2, 32, 32), np.uint8),
        np.zeros((2, 784), np.uint8),
        np.zeros((2, 28, 28), np.float32),
        torch.zeros(2, 28, 28),
        torch.zeros(28, 28, dtype=torch.uint8),
        None,
        [[0]],
    ],
    ids=lambda images: f"{type(images).__name__}-{getattr(images, 'shape', '')}",
)
def test_refuses_what_are_no_images(model, function, images):
    with pytest.raises(ImageShapeError):
        function(model, images)


@pytest.mark.parametrize("shape", [(4,), (2, 3), (2, 5), (2, 4, 1)])
def test_refuses_codes_of_another_size(model, shape):
    with pytest.raises(ImageShapeError, match=r"\[N, 4\]"):
        decode(model, np.zeros(shape, np.float32))


def test_intensities_are_shares_of_255(few):
    values = intensities(few.test.images, torch.device("cpu"))
    assert values.dtype == torch.float32
    assert (values.min(), values.max()) == (0, 1)
    assert np.array_equal((values.numpy() * 255).round(), few.test.images)


def test_images_that_are_read_backwards_are_read(model, embedded):
    turned = embedded.test.images[:9, ::-1]
    assert np.array_equal(encode(model, turned), encode(model, turned.copy()))
