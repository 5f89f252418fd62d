"""What a kept detector saves: fitting all scores of a shipped model, over taking them from the disk.

Both in turns in one process, so that both meet the same machine. Needs full MNIST.
"""

import statistics
import tempfile
import time

import numpy as np
import typer

from ae_core.data.sources import load_digits
from ae_core.runs.catalogue import load_model
from ae_core.scores.detector import Detector
from ae_core.storage import Folder
from benchmarks.report import AsJson, Target, report

TARGETS = {"times_as_long": Target(low=5), "largest_difference": Target(high=0)}
TURNS = 5


def main(model: str = "zoo:dense-32", as_json: AsJson = False) -> None:
    """About two minutes."""
    digits, network = load_digits("mnist"), load_model(model)
    images = digits.train.images, digits.validation.images
    fitting, taking, differences = [], [], []
    for _ in range(TURNS):
        with tempfile.TemporaryDirectory() as folder:
            found = []
            for seconds in (fitting, taking):
                started = time.perf_counter()
                found.append(Detector(network, None).fit(*images, cache=Folder(folder)))
                seconds.append(time.perf_counter() - started)
        first, second = (each.score_table(digits.test.images[:1000]) for each in found)
        differences.append(float(np.abs(first - second).to_numpy().max()))
    fitted, taken = statistics.median(fitting), statistics.median(taking)
    figures = {
        "fitted_seconds": fitted,
        "taken_from_disk_seconds": taken,
        "times_as_long": fitted / taken,
        "largest_difference": max(differences),
    }
    report(figures, TARGETS, as_json)


if __name__ == "__main__":
    typer.run(main)
