"""A formula, the image whose numbers it has, and how numbers are typeset."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from ae_core.models.inference import device_of, intensities
from ae_core.scores import scorers
from ae_core.scores.detector import Detector
from ae_core.scores.passes import Pass
from ae_core.scores.table import SCORES
from ae_core.words import three_digits

STEPS = r" \\[4pt] &= "
MOST_TERMS = 5  # of a sum, written out


@dataclass(frozen=True)
class Formula:
    """left = symbols = numbers = value."""

    left: str
    symbols: str
    numbers: str
    value: float

    @property
    def latex(self) -> str:
        steps = STEPS.join((self.symbols, f"{self.numbers} = {typeset(self.value)}"))
        return rf"\begin{{aligned}} {self.left} &= {steps} \end{{aligned}}"


class Case:
    """One image, uint8 [28, 28], seen by a fitted detector: what formulas take their numbers from."""

    def __init__(self, detector: Detector, image: np.ndarray) -> None:
        self.detector, self.image, self.model = detector, image, detector.model
        self.seen = Pass(self.model, intensities(image[None], device_of(self.model)))

    @property
    def scorer(self) -> scorers.Scorer:
        return self.detector.scorers[self.detector.score]

    @property
    def score(self) -> float:
        return float(self.detector.decision_function(self.image[None])[0])

    def p_values_of_parts(self) -> dict[str, float]:
        """Of the scores that this one is made of, by name."""
        found = self.detector.scores_and_parts(self.image[None]).iloc[0]
        return {
            part: float(self.detector.calibrators[part].p_values(found[part]))
            for part in SCORES[self.detector.score].parts
        }


# -- numbers in LaTeX


def typeset(value: float) -> str:
    """With three significant digits: 0.0123, 12{,}300, 1.2 \\cdot 10^{-6}."""
    digits, _, power = three_digits(value).partition("e")
    digits = digits.replace(",", "{,}")
    return rf"{digits} \cdot 10^{{{int(power)}}}" if power else digits


def sum_of(values: Iterable[float], square: str = "") -> str:
    """Written out, or its first terms and its last. square: what stands after each term."""
    terms = [f"({typeset(each)})" if each < 0 else typeset(each) for each in values]
    terms = [f"{each}{square}" for each in terms]
    if len(terms) > MOST_TERMS:
        terms = [*terms[:2], r"\dots", terms[-1]]
    return " + ".join(terms)
