"""A run as a Python script, and as a notebook, that trains the same with PyTorch and torchvision alone.

Weights, batches and noise are drawn as the lab draws them, so the losses agree with the run's but for
rounding, which differs with the order of sums: within 1 % after the first epochs of a steady recipe. What a
recipe does not use is not in its script. Where the lab has a function that needs nothing of the lab, its
source is taken as it stands.
"""

import inspect
import json
from collections.abc import Callable, Iterator
from pprint import pformat
from types import ModuleType
from typing import Any

from torch import nn

from ae_core.data.own.record import spoken_name
from ae_core.data.sources import SPLIT_SEED
from ae_core.models.build import build_model
from ae_core.models.config import PIXELS, ModelConfig
from ae_core.models.variational import kl
from ae_core.runs.config import RunConfig
from ae_core.runs.run import Run
from ae_core.training import augmentation, muon, noise, schedules
from ae_core.training.config import TrainConfig
from ae_core.training.loop import batch_bounds, seeded
from ae_core.training.optimizers import KEPT_SQUARES

CELL = "# %%"  # begins a cell, in a notebook and in editors that know the mark
DIGITS_FILE = "digits.npz"
LOSSES = {
    "mse": "functional.mse_loss(made, clean)",
    "bce": "functional.binary_cross_entropy(made.clamp(0, 1), clean)",
    "l1": "functional.l1_loss(made, clean)",
}


def script_of(run: Run) -> str:
    """The script; it reads `digits.npz` where that lies beside it, else MNIST as torchvision fetches it."""
    config = run.config()
    parts = {
        "What the run was asked for": numbers(config, run.metrics()["validation_loss"].tolist()),
        "The digits": digits_part(config),
        "The network": network(config.model),
        "What the recipe needs": "\n\n\n".join(borrowed(config)),
        "The optimizer": optimizer(config.train),
        "Training": training(config),
    }
    code = "\n".join(parts.values())
    parts = {"Imports": imports(config.train, needs_math="math." in code)} | parts
    cells = [f"{CELL} {title}\n{part.strip()}" for title, part in parts.items()]
    return "\n\n\n".join([heading(run, config).strip(), *cells]) + "\n"


def notebook_of(run: Run) -> str:
    """The same code as a Jupyter notebook, a cell for each part."""
    first, *rest = script_of(run).split(f"{CELL} ")
    cells = [cell("markdown", first.strip().strip('"'))]
    for part in rest:
        title, _, code = part.partition("\n")
        cells += [cell("markdown", f"### {title}"), cell("code", code.strip("\n"))]
    about = {
        "language_info": {"name": "python"},
        "kernelspec": {"name": "python3", "display_name": "Python 3"},
    }
    return json.dumps(
        {"nbformat": 4, "nbformat_minor": 5, "metadata": about, "cells": numbered(cells)}, indent=1
    )


def cell(kind: str, text: str) -> dict[str, Any]:
    made: dict[str, Any] = {"cell_type": kind, "metadata": {}, "source": text.splitlines(keepends=True)}
    return made | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def numbered(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [each | {"id": f"cell-{number}"} for number, each in enumerate(cells)]


def heading(run: Run, config: RunConfig) -> str:
    digits = "else MNIST, which\ntorchvision fetches into ./data."
    digits = f"The digits are those in {DIGITS_FILE} beside this file, {digits}"
    if config.class_names:
        digits = f"The images are those of {spoken_name(config.dataset)},\nin {DIGITS_FILE} beside this file."
    return f'''
"""The run {run.id} of Autoencoder Lab: {config.model.architecture}-{config.model.latent_dim}.

It needs PyTorch and torchvision. {digits}
Same seed, same batches, same start as in the lab: the losses agree within 1 % as long as
the training is steady; rounding differs from machine to machine.
"""'''


def imports(recipe: TrainConfig, *, needs_math: bool) -> str:
    lines = ["import math"] if needs_math else []
    lines += ["from pathlib import Path", "", "import numpy as np", "import torch"]
    lines += ["from torch import nn", "from torch.nn import functional"]
    if recipe.optimizer == "muon":
        lines = [
            "from __future__ import annotations",
            "",
            *lines,
            "from torch.nn.functional import hardshrink",
            "from torch.optim import Adam",
        ]
    return "\n".join(lines)


def numbers(config: RunConfig, losses: list[float]) -> str:
    recipe = config.train
    lines = [f"EPOCHS = {recipe.epochs}  # of the schedule"]
    lines += [f"BATCH_SIZE = {recipe.batch_size}", f"PEAK_LEARNING_RATE = {recipe.peak_learning_rate!r}"]
    lines += [f"SEED = {recipe.seed}", f"CLASSES = {config.classes!r}  # trained on; () for all"]
    lines += [f"DENOISING = {recipe.denoising!r}"] if recipe.denoising else []
    lines += [f"AUGMENTATION = {recipe.augmentation!r}"] if recipe.augmentation else []
    lines += (
        [f"BETA = {config.model.beta!r}  # weight of the KL divergence"]
        if config.model.is_variational
        else []
    )
    lines += ["LAB = (  # validation losses of the run, epoch by epoch"]
    lines += [f"    {loss!r}," for loss in losses]
    return "\n".join([*lines, ")"])


OF_MNIST = """    from torchvision.datasets import MNIST

    mnist = MNIST("data", download=True)
    order = torch.randperm(60_000, generator=torch.Generator().manual_seed({split}))
    train, validation = order[:48_000], order[48_000:]
    return mnist.data[train], mnist.targets[train], mnist.data[validation], mnist.targets[validation]"""
NOWHERE_ELSE = """    raise SystemExit("{file} with the images of {dataset} must lie beside this file.")"""
DIGITS = '''
def load():
    """Images uint8 [N, 28, 28] and labels [N] to train with, then those to validate with."""
    if Path("{file}").exists():
        held = np.load("{file}")
        names = "train", "train_labels", "validation", "validation_labels"
        return [torch.tensor(held[name]) for name in names]
{otherwise}


def only(images, labels):
    return images[torch.isin(labels, torch.tensor(CLASSES))] if CLASSES else images


train_images, train_labels, validation_images, validation_labels = load()
train_images = only(train_images, train_labels)
validation_images = only(validation_images, validation_labels)
'''


def digits_part(config: RunConfig) -> str:
    """How the images come: from the file beside the script; MNIST's else as torchvision fetches them."""
    otherwise = NOWHERE_ELSE if config.class_names else OF_MNIST
    told = otherwise.format(split=SPLIT_SEED, file=DIGITS_FILE, dataset=spoken_name(config.dataset))
    return DIGITS.format(file=DIGITS_FILE, otherwise=told)


def network(config: ModelConfig) -> str:
    """The modules as they stand in the lab's network, in the order in which their weights are drawn."""
    down, up, side = build_model(config).layers()
    is_flat = isinstance(down[0], nn.Linear)
    first = "nn.Flatten()" if is_flat else "nn.Unflatten(1, (1, 28))"
    last = "nn.Unflatten(1, (28, 28))" if is_flat else "nn.Flatten(1, 2)"
    encoder, decoder = [first, *map(written, down)], list[str]()
    for module in up:
        if isinstance(module, nn.ConvTranspose2d) and not any("ConvT" in each for each in decoder):
            decoder.append(f"nn.Unflatten(1, ({module.in_channels}, {side}, {side}))")
        decoder.append(written(module))
    text = f"torch.manual_seed(SEED)\nencoder = {sequential(encoder)}\n"
    text += f"decoder = {sequential([*decoder, last])}\n"
    if config.is_variational:
        text += "with torch.no_grad():  # small variances at first\n"
        text += f"    encoder[-1].bias[{config.latent_dim}:] = -4\n"
    return text + "model = nn.ModuleList([encoder, decoder])"


def sequential(modules: list[str]) -> str:
    return "nn.Sequential(\n" + "".join(f"    {each},\n" for each in modules) + ")"


def written(module: nn.Module) -> str:
    match module:
        case nn.Linear():
            return f"nn.Linear({module.in_features}, {module.out_features})"
        case nn.ConvTranspose2d():
            more = f"3, stride=2, padding=1, output_padding={module.output_padding[0]}"
            return f"nn.ConvTranspose2d({module.in_channels}, {module.out_channels}, {more})"
        case nn.Conv2d():
            return f"nn.Conv2d({module.in_channels}, {module.out_channels}, 3, stride=2, padding=1)"
        case nn.BatchNorm1d() | nn.BatchNorm2d():
            return f"nn.{type(module).__name__}({module.num_features})"
        case _:
            return f"nn.{type(module).__name__}()"


def borrowed(config: RunConfig) -> Iterator[str]:
    """Functions of the lab that the recipe needs."""
    recipe = config.train
    yield sources(seeded, batch_bounds)
    if recipe.schedule == "one_cycle":
        yield constants(schedules, "WARM_UP", "START_FACTOR", "END_FACTOR", "HIGH_MOMENTUM", "LOW_MOMENTUM")
        yield sources(schedules.rise, schedules.one_cycle)
    if recipe.augmentation:
        yield constants(augmentation, "TURN", "STRETCH", "SLANT", "MOVE")
        yield sources(augmentation.augment, augmentation.random_transforms)
    if recipe.denoising:
        yield sources(noise.NOISES[recipe.noise])
    if recipe.optimizer == "muon":
        yield constants(muon, "POLYNOMIALS", "ROOM", "REUSED", "SCALE", "TINY")
        yield sources(muon.Muon, muon.inverse_root)
    if config.model.is_variational:
        yield sources(kl)


def constants(module: ModuleType, *names: str) -> str:
    return "\n".join(f"{name} = {pformat(getattr(module, name), width=100)}" for name in names)


def sources(*parts: Callable[..., Any]) -> str:
    found = "\n\n\n".join(inspect.getsource(part).strip("\n") for part in parts)
    return found.replace("  # type: ignore[override]", "")


def optimizer(recipe: TrainConfig) -> str:
    betas = f"betas=(0.9, {KEPT_SQUARES[recipe.schedule]})"
    made = {
        "sgd": "torch.optim.SGD(model.parameters(), PEAK_LEARNING_RATE, momentum=0.9, fused=True)",
        "muon": f"Muon(model.parameters(), PEAK_LEARNING_RATE, {betas})",
        "adamw": f"torch.optim.AdamW(model.parameters(), PEAK_LEARNING_RATE, {betas}, fused=True)",
        "adam": f"torch.optim.Adam(model.parameters(), PEAK_LEARNING_RATE, {betas}, fused=True)",
    }[recipe.optimizer]
    share = {
        "one_cycle": "one_cycle(step, steps)",
        "cosine": "(1 + math.cos(math.pi * step / steps)) / 2",
        "constant": "1.0",
    }[recipe.schedule]
    lines = [
        f"optimizer = {made}",
        "",
        "",
        "def set_pace(step, steps):",
        "    for group in optimizer.param_groups:",
    ]
    lines.append(f'        group["lr"] = PEAK_LEARNING_RATE * {share}')
    if recipe.schedule == "one_cycle":
        lines.append("        momentum = HIGH_MOMENTUM + (LOW_MOMENTUM - HIGH_MOMENTUM) * rise(step, steps)")
        held = (
            '"momentum"] = momentum'
            if recipe.optimizer == "sgd"
            else '"betas"] = (momentum, group["betas"][1])'
        )
        lines.append(f"        group[{held}")
    return "\n".join(lines)


def training(config: RunConfig) -> str:
    recipe, latent_dim = config.train, config.model.latent_dim
    clean = "augment(images, AUGMENTATION, chance)" if recipe.augmentation else "images"
    noisy = f"{recipe.noise}(clean, DENOISING, chance)" if recipe.denoising else "clean"
    if config.model.is_variational:
        forward = """    mean, log_variance = encoder(noisy).chunk(2, dim=1)
    log_variance = log_variance.clamp(-20, 20)
    noise = torch.randn(mean.shape, generator=chance)
    made = decoder(mean + noise * (log_variance / 2).exp())"""
        penalty = f" + BETA * kl(mean, log_variance).mean() / {PIXELS}"
        encoded = f"encoder(batch)[:, :{latent_dim}]"
    else:
        forward, penalty, encoded = "    made = decoder(encoder(noisy))", "", "encoder(batch)"
    if recipe.precision == "bf16":
        forward = '    with torch.autocast("cpu", torch.bfloat16):\n' + forward.replace("    ", "        ", 1)
        forward += "\n    made = made.float()"
    return f"""
def intensities(images):
    return images.float() / 255


def train_batch(images, chance):
    clean = {clean}
    noisy = {noisy}
{forward}
    loss = {LOSSES[recipe.loss]}{penalty}
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


@torch.no_grad()
def validation_loss():
    model.eval()
    batches = [intensities(each) for each in validation_images.split(1000)]
    errors = [(decoder({encoded}) - batch).square().mean(dim=(1, 2)) for batch in batches]
    return float(torch.cat(errors).double().mean())


bounds = batch_bounds(len(train_images), BATCH_SIZE)
for epoch in range(len(LAB) or EPOCHS):
    order = torch.randperm(len(train_images), generator=seeded(SEED, epoch))
    model.train()
    for step, (start, end) in enumerate(bounds):
        set_pace(epoch * len(bounds) + step, EPOCHS * len(bounds))
        train_batch(intensities(train_images[order[start:end]]), seeded(SEED, epoch, step))
    told = f", in the lab {{LAB[epoch]:.5f}}" if LAB else ""
    print(f"epoch {{epoch + 1}}: validation loss {{validation_loss():.5f}}{{told}}", flush=True)
"""
