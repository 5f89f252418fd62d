"""Which score should a visitor meet first? What each says of plain shapes, letters, scribbles and digits.

Without a browser: test digits are drawn again as benchmarks/drawing.py draws them, but straight onto the
canvas's picture. Thresholds are set on validation digits for a false-alarm rate of 5 %. Needs full MNIST.
"""

from typing import Annotated, Any

import numpy as np
import typer
from PIL import Image, ImageDraw

from ae_core import zoo
from ae_core.config import DEFAULT_SCORE
from ae_core.data.digits import Digits
from ae_core.data.sources import load_digits
from ae_core.drawing import samples
from ae_core.drawing.ink import digit_from_drawing
from ae_core.scores.detector import Detector
from ae_core.scores.metrics import plain_auroc
from benchmarks.drawing import SCALES, placed, walk
from benchmarks.report import AsJson, Target, report
from benchmarks.shapes import KINDS, line, shapes

RATE = 0.05
SCORES = (DEFAULT_SCORE, "mse", "error_per_ink", "combined", "outline")
SEEDS = 1000  # from here on: the outline's measurements were thought out with earlier ones in view
DRAWN = 300  # digits, and as many ones
SCRIBBLES = 100
FIFTH = Target(0.8 * RATE, 1.2 * RATE)
TARGETS = {
    "plain shapes flagged, least of all kinds, mnist": Target(low=0.9),
    "plain shapes flagged, least of all kinds, embedded": Target(low=0.9),
    "test digits flagged, mnist": FIFTH,
    "test digits flagged, embedded": FIFTH,
    "ones flagged, mnist": Target(high=1.2 * RATE),
    "ones flagged, embedded": Target(high=1.2 * RATE),
    "drawn digits flagged, mnist": Target(high=1.2 * RATE),
    "drawn ones flagged, mnist": Target(high=1.2 * RATE),
}


def drawn_again(images: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """The same digits drawn with the brush, off centre, at half to double size; uint8 [N, 28, 28]."""
    made = []
    for part, (scale, brush) in zip(np.array_split(images, len(SCALES)), SCALES.items(), strict=True):
        for image in part:
            canvas = Image.new("L", (samples.SIDE, samples.SIDE))
            for stroke in placed(walk(image), scale, random):
                line(ImageDraw.Draw(canvas), stroke, brush)
            made.append(samples.picture(canvas))
    return as_seen(made)


def as_seen(pictures: list[np.ndarray]) -> np.ndarray:
    return np.stack([digit_from_drawing(each, on_black=True).image for each in pictures])


class Verdicts:
    """What one score says of images of every kind."""

    def __init__(self, detector: Detector, name: str) -> None:
        self.detector = detector
        self.name = name

    def scores(self, images: np.ndarray) -> np.ndarray:
        return self.detector.score_table(images)[self.name].to_numpy()

    def flagged(self, images: np.ndarray) -> float:
        """The share called anomalies."""
        return float(self.detector.calibrators[self.name].flags(self.scores(images), RATE).mean())

    def told_apart(self, anomalous: np.ndarray, normal: np.ndarray) -> float:
        """AUROC."""
        return plain_auroc(self.scores(normal), self.scores(anomalous))


def figures_of(digits: Digits, model: str) -> dict[str, Any]:
    """By the default score in detail, by the others in short."""
    random = np.random.default_rng(0)
    test, ones = digits.test.images, digits.test.images[digits.test.labels == 1]
    drawn = drawn_again(test[random.permutation(len(test))[:DRAWN]], random)
    drawn_ones = drawn_again(ones[:DRAWN], random)
    letters = as_seen([samples.letter(seed) for seed in range(len(samples.LETTERS))])
    scribbles = as_seen([samples.scribble(seed) for seed in range(SCRIBBLES)])
    plain = {kind: shapes(kind, 100, SEEDS) for kind in KINDS}
    detector = Detector(zoo.load(model), SCORES).fit(digits.train.images, digits.validation.images)
    found = {}
    for name in SCORES:
        verdicts = Verdicts(detector, name)
        by_kind = {kind: verdicts.flagged(images) for kind, images in plain.items()}
        found[name] = {
            "plain shapes flagged, least of all kinds": min(by_kind.values()),
            "plain shapes flagged": by_kind,
            "test digits flagged": verdicts.flagged(test),
            "ones flagged": verdicts.flagged(ones),
            "drawn digits flagged": verdicts.flagged(drawn),
            "drawn ones flagged": verdicts.flagged(drawn_ones),
            "letters against drawn digits": verdicts.told_apart(letters, drawn),
            "scribbles against drawn digits": verdicts.told_apart(scribbles, drawn),
        }
    others = {f"by {name}, {digits.name}": found[name] for name in SCORES if name != DEFAULT_SCORE}
    return {f"{what}, {digits.name}": value for what, value in found[DEFAULT_SCORE].items()} | others


def main(
    model: Annotated[str, typer.Option(help="One of the shipped models.")] = "dense-32",
    as_json: AsJson = False,
) -> None:
    """Judges by the default score and by others; about a minute."""
    figures = {"model": model, "score": DEFAULT_SCORE}
    for dataset in ("mnist", "embedded"):
        figures |= figures_of(load_digits(dataset), model)
    report(figures, TARGETS, as_json)


if __name__ == "__main__":
    typer.run(main)
