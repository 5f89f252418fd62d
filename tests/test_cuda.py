"""On a GPU: the same networks learn the same, to the bit after a rest, and give the same verdicts as a CPU.

Skipped on a machine without CUDA.
"""

import numpy as np
import pytest
import torch

from ae_core import zoo
from ae_core.jobs.states import Action, State
from ae_core.models.build import build_model
from ae_core.models.config import ModelConfig
from ae_core.models.inference import encode, reconstruct, reconstruction_errors
from ae_core.models.weights import read_tensors, write_tensors
from ae_core.runs.execution import execute
from ae_core.scores.detector import Detector
from ae_core.training.config import TrainConfig
from ae_core.training.loop import Training

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU with CUDA")

NETWORKS = {
    "dense": ModelConfig(latent_dim=8, hidden=(64, 32)),
    "variational": ModelConfig("variational", latent_dim=8, hidden=(64, 32)),
    "convolutional": ModelConfig("convolutional", latent_dim=8, channels=(8, 16)),
    "linear": ModelConfig(latent_dim=8, hidden=()),
}
RECIPE = TrainConfig(epochs=4, batch_size=64, precision="fp32")


def begin(digits, net: ModelConfig, recipe: TrainConfig = RECIPE, device: str = "cuda") -> Training:
    return Training(build_model(net, recipe.seed), digits, recipe, device=device)


def losses(training: Training) -> list[float]:
    return [epoch.validation_loss for epoch in training.run()]


def bits(training: Training) -> dict[str, bytes]:
    return {name: value.cpu().numpy().tobytes() for name, value in training.model.state_dict().items()}


@pytest.mark.parametrize("net", NETWORKS.values(), ids=NETWORKS)
def test_a_network_learns_as_on_the_processor(net, embedded):
    on_gpu, on_cpu = (losses(begin(embedded, net, device=device)) for device in ("cuda", "cpu"))
    assert on_gpu[-1] == pytest.approx(on_cpu[-1], rel=0.05)  # steep first epochs part a little further


@pytest.mark.parametrize("noise", ["gaussian", "salt_and_pepper", "masked_squares"])
def test_noise_and_augmentation_are_the_same_digits_as_on_the_processor(noise, embedded):
    recipe = RECIPE.with_changes(epochs=1, noise=noise, denoising=0.3, augmentation=1.0)
    on_gpu, on_cpu = (
        losses(begin(embedded, NETWORKS["dense"], recipe, device)) for device in ("cuda", "cpu")
    )
    assert on_gpu == pytest.approx(on_cpu, rel=0.02)


@pytest.mark.parametrize("optimizer", TrainConfig.rule("optimizer").choices)
def test_a_training_that_is_saved_and_resumed_ends_in_the_same_bits(optimizer, few):
    recipe = RECIPE.with_changes(optimizer=optimizer)
    undisturbed = begin(few, NETWORKS["dense"], recipe)
    losses(undisturbed)
    halted = begin(few, NETWORKS["dense"], recipe)
    next(halted.run())
    resumed = begin(few, NETWORKS["dense"], recipe)
    resumed.restore(read_tensors(write_tensors(halted.state())))
    losses(resumed)
    assert bits(resumed) == bits(undisturbed)


def test_bf16_learns_nearly_as_well(embedded):
    automatic = begin(embedded, NETWORKS["dense"], RECIPE.with_changes(precision="auto"))
    assert automatic.bf16
    assert losses(automatic)[-1] == pytest.approx(losses(begin(embedded, NETWORKS["dense"]))[-1], rel=0.05)


@pytest.mark.parametrize("name", zoo.names())
def test_a_model_gives_the_codes_and_reconstructions_of_the_processor(name, embedded):
    images = embedded.test.images
    on_cpu = zoo.load(name)
    expected = encode(on_cpu, images), reconstruct(on_cpu, images), reconstruction_errors(on_cpu, images)
    on_gpu = on_cpu.cuda()
    assert np.allclose(encode(on_gpu, images), expected[0], atol=5e-3 * np.abs(expected[0]).max())
    assert np.allclose(reconstruct(on_gpu, images), expected[1], atol=5e-3)
    assert np.allclose(reconstruction_errors(on_gpu, images), expected[2], rtol=5e-3)


def test_a_detector_gives_the_verdicts_of_the_processor(embedded):
    normal, calibration, images = (
        part.images for part in (embedded.train, embedded.validation, embedded.test)
    )
    on_cpu = Detector(zoo.load("dense-32"), None).fit(normal, calibration)
    on_gpu = Detector(zoo.load("dense-32").cuda(), None).fit(normal, calibration)
    for score in on_cpu.names:
        difference = np.abs(on_gpu.by(score).p_values(images) - on_cpu.by(score).p_values(images))
        assert np.quantile(difference, 0.95) < 0.01, score


def test_a_run_of_the_gpu_is_read_and_gone_on_with_by_the_processor(store, embedded):
    recipe = RECIPE.with_changes(epochs=60)  # fewer are over before a GPU is told to pause
    run = store.create(NETWORKS["dense"], recipe, dataset="embedded", fingerprint=embedded.fingerprint)

    def pause(epoch) -> None:
        if epoch.number == 2:
            run.request(Action.PAUSE)

    assert execute(run, device="cuda", on_epoch=pause) is State.PAUSED
    run.request(Action.RUN)
    assert execute(run, device="cpu") is State.FINISHED
    errors = reconstruction_errors(run.model(), embedded.test.images)
    assert np.allclose(run.scores()["error"], errors, rtol=1e-4)
    assert errors.mean() == pytest.approx(losses(begin(embedded, NETWORKS["dense"], recipe))[-1], rel=0.1)
