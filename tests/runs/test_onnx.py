"""Models as ONNX: onnxruntime comes to the same codes and reconstructions."""

import numpy as np
import pytest

from ae_core import zoo
from ae_core.models.build import build_model
from ae_core.models.config import ModelConfig
from ae_core.models.inference import encode, reconstruct
from ae_core.models.linear_baseline import LinearBaseline
from ae_core.models.network import Network
from ae_core.runs.exports.onnx_file import onnx_file

runtime = pytest.importorskip("onnxruntime")
NETS = [
    ModelConfig(architecture=architecture, activation=activation, latent_dim=5, batch_norm=batch_norm)
    for architecture, activation, batch_norm in (
        ("dense", "silu", True),
        ("dense", "leaky_relu", False),
        ("convolutional", "gelu", True),
        ("variational", "tanh", True),
    )
]
NETS += [
    ModelConfig(hidden=()),
    ModelConfig(architecture="convolutional", channels=(4, 8, 8), batch_norm=False),
]


def assert_the_same(model: Network, images: np.ndarray) -> None:
    session = runtime.InferenceSession(onnx_file(model))
    codes, reconstructions = session.run(None, {"images": images.astype(np.float32) / 255})
    assert np.abs(codes - encode(model, images)).max() < 1e-5 * max(1, np.abs(codes).max())
    assert np.abs(reconstructions - reconstruct(model, images)).max() < 1e-5


@pytest.mark.parametrize("config", NETS, ids=lambda config: f"{config.architecture}-{config.activation}")
def test_every_kind_of_network(config, embedded):
    assert_the_same(build_model(config, seed=3).eval(), embedded.test.images[::50])


def test_the_shipped_models(embedded):
    for name in zoo.names():
        assert_the_same(zoo.load(name), embedded.test.images[::50])


def test_principal_components_are_a_network_too(embedded):
    assert_the_same(LinearBaseline.fit(embedded, 3), embedded.test.images[::50])
