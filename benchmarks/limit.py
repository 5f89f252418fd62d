"""How near a training is to what the machine can multiply, and where the rest of its time goes.

limit_*_gflops: the best of many square matrix products of 512 to 2,048, in fp32 and in bf16. *_share: what an
epoch of the reference network must multiply, its validation included, over what the limit gives in the time
that the epoch took (at the notebook's batch of 1,024, the median of the epochs after the first). *_profile:
shares of the processor's time in an epoch under PyTorch's profiler, which slows it a little.
"""

import statistics
import time
from collections import defaultdict
from typing import Annotated

import torch
import typer
from torch.profiler import ProfilerActivity, profile

from ae_core.data.digits import Digits
from ae_core.data.sources import load_digits
from ae_core.models.build import build_model
from ae_core.models.config import ModelConfig
from ae_core.models.network import Network
from ae_core.training.config import TrainConfig
from ae_core.training.loop import train
from benchmarks.report import AsJson, Target, report

TARGETS = {"fp32_share": Target(low=0.8)}
FORMATS = {"fp32": torch.float32, "bf16": torch.bfloat16}
SIDES = (512, 1024, 2048)
# Parts of the names of PyTorch's operations -> what they are.
KINDS = {
    "mm": "matrix products",
    "mkldnn": "matrix products",
    "linear": "matrix products",
    "batch_norm": "batch normalisation",
    "adam": "optimizer",
    "relu": "activations",
    "threshold": "activations",
    "sigmoid": "activations",
    "mse": "loss",
    "index": "batches",
    "copy": "copies and conversions",
}


def limit(number: torch.dtype) -> float:
    """Operations a second of the fastest of some products of square matrices."""
    return max(speed(side, number) for side in SIDES)


def speed(side: int, number: torch.dtype, products: int = 30) -> float:
    left, right = torch.randn(2, side, side).to(number)
    out = left @ right  # not counted: it sets up threads and memory
    times = []
    for _ in range(products):
        started = time.perf_counter()
        torch.mm(left, right, out=out)
        times.append(time.perf_counter() - started)
    return 2 * side**3 / min(times)


def operations(model: Network, digits: Digits) -> float:
    """Of an epoch's matrix products: forward, for weights and for inputs; images need no gradient."""
    layers = [layer for layer in model.modules() if isinstance(layer, torch.nn.Linear)]
    products = sum(2 * layer.in_features * layer.out_features for layer in layers)
    first = 2 * layers[0].in_features * layers[0].out_features
    return len(digits.train) * (3 * products - first) + len(digits.validation) * products


def epoch_seconds(digits: Digits, precision: str, epochs: int) -> float:
    recipe = TrainConfig.reference().with_changes(epochs=epochs + 1, precision=precision)
    times, started = [], time.perf_counter()
    for _ in train(build_model(ModelConfig.reference()), digits, recipe, device="cpu"):
        times.append(time.perf_counter() - started)
        started = time.perf_counter()
    return statistics.median(times[1:])


def shares_by_kind(digits: Digits, precision: str) -> dict[str, float]:
    """Of the processor's time in one epoch."""
    recipe = TrainConfig.reference().with_changes(epochs=1, precision=precision)
    with profile(activities=[ProfilerActivity.CPU]) as seen:
        for _ in train(build_model(ModelConfig.reference()), digits, recipe, device="cpu"):
            pass
    times: dict[str, float] = defaultdict(float)
    for each in seen.key_averages():
        name = each.key.lower()
        times[next((kind for part, kind in KINDS.items() if part in name), "other")] += (
            each.self_cpu_time_total
        )
    whole = sum(times.values())
    return {kind: value / whole for kind, value in sorted(times.items(), key=lambda item: -item[1])}


def main(
    epochs: Annotated[int, typer.Option(min=1, help="Epochs timed in each number format.")] = 5,
    as_json: AsJson = False,
) -> None:
    """Measures the limits, times the epochs, profiles one of each; about a minute on two quiet cores."""
    digits = load_digits("mnist")
    work = operations(build_model(ModelConfig.reference()), digits)
    figures = {}
    for name, number in FORMATS.items():
        most = limit(number)
        seconds = epoch_seconds(digits, name, epochs)
        figures |= {
            f"limit_{name}_gflops": most / 1e9,
            f"{name}_epoch_seconds": seconds,
            f"{name}_share": work / seconds / most,
            f"{name}_profile": shares_by_kind(digits, name),
        }
    report(figures, TARGETS, as_json)


if __name__ == "__main__":
    typer.run(main)
