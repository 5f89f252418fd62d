"""Photographs, scans and screenshots of test digits: how many of each kind are read right?

Each of 20 kinds shows 100 test digits as people's cameras would: lit, shaded, framed, ruled, tilted, blurred,
compressed. Read right is a digit whose mean squared difference to the clean picture's reading is below 0.05.
Of the others it counts how many the lab refuses, flags as anomalies at 5 % false alarms, or tells of: several
shapes, or something that was left out. And it counts those that it calls normal with a p-value above 20 %:
all of them, and those that are more than the right reading put one pixel beside its place, which costs 0.05
too wherever the centre of mass lies half-way between two pixels. Needs full MNIST.
"""

from itertools import product
from typing import Annotated, Any

import numpy as np
import pandas
import typer

from ae_core import load_digits
from ae_core.config import DEFAULT_SCORE
from ae_core.drawing.ink import digit_from_drawing
from ae_core.drawing.picture import open_picture
from ae_core.errors import EmptyDrawingError
from ae_core.runs.catalogue import open_model
from ae_core.runs.store import RunStore
from ae_core.scores.detector import Detector
from benchmarks.camera import KINDS, photograph
from benchmarks.report import AsJson, Target, report

NEAR = 0.05  # mean squared difference, intensities 0 to 1: a shift by one pixel costs as much
FALSE_ALARMS = 0.05  # the rate that verdicts are given at
SURE = 0.20  # a digit that is misread and yet called normal with a larger p-value misleads
BESIDE = list(product((-1, 0, 1), repeat=2))  # rows and columns
TARGETS = {
    "read_right": Target(low=0.95),
    "worst_kind": Target(low=0.85),
    "misread_and_told": Target(low=0.9),
    "misread_and_normal": Target(high=0),
    "misread_by_more_than_a_pixel_and_normal": Target(high=0),
}


def read(kind: str, digit: np.ndarray, seed: int, detector: Detector) -> dict[str, Any]:
    """How one photograph is read, and what the lab says of it where it is misread."""
    taken, clean = photograph(kind, digit, seed)
    picture, wanted = open_picture(taken), digit_from_drawing(clean).image
    row = {"kind": kind, "right": False, "beside": False, "told": True, "p_value": 0.0}
    try:
        found = digit_from_drawing(picture)
    except EmptyDrawingError:
        return row
    p_value = float(detector.p_values(found.image[None])[0])
    told = p_value <= FALSE_ALARMS or found.shapes > 1 or bool(set(found.left_out) - {"speck"})
    beside = min(difference(np.roll(found.image, by, (0, 1)), wanted) for by in BESIDE) < NEAR
    right = difference(found.image, wanted) < NEAR
    return row | {"right": right, "beside": beside, "told": told, "p_value": p_value}


def difference(image: np.ndarray, wanted: np.ndarray) -> float:
    return float(np.square((image.astype(float) - wanted) / 255).mean())


def main(
    count: Annotated[int, typer.Option(min=1, help="Test digits of each kind.")] = 100,
    score: Annotated[str, typer.Option(help="What judges those that are misread.")] = DEFAULT_SCORE,
    seed: Annotated[int, typer.Option(help="Of digits and photographs.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Takes and reads them; about seven minutes."""
    digits, model = load_digits("mnist"), open_model("zoo:dense-32", RunStore()).model
    detector = Detector(model, [score]).fit(digits.train.images, digits.validation.images)
    chosen = np.random.default_rng(seed).choice(len(digits.test), count, replace=False)
    table = pandas.DataFrame(
        read(kind, digits.test.images[index], seed + number, detector)
        for kind in KINDS
        for number, index in enumerate(chosen)
    )
    misread = table[~table["right"]]
    surely_normal = misread["p_value"] > SURE
    by_kind = table.groupby("kind", sort=False)["right"].mean()
    figures = {
        "read_right_by_kind": by_kind.to_dict(),
        "read_right": float(table["right"].mean()),
        "worst_kind": float(by_kind.min()),
        "misread": len(misread),
        "misread_and_told": float(misread["told"].mean()) if len(misread) else 1.0,
        "misread_and_normal": int(surely_normal.sum()),
        "misread_by_more_than_a_pixel_and_normal": int((surely_normal & ~misread["beside"]).sum()),
    }
    report(figures, TARGETS, as_json)


if __name__ == "__main__":
    typer.run(main)
