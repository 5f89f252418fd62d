"""The numbers in a lesson's texts, computed once for all visitors."""

import pandas
import streamlit as st

from ae_core.errors import LabError
from ae_core.lessons import numbers, trials
from ae_core.lessons.lesson import Number, Step
from ae_core.lessons.lesson_check import PLACEHOLDER
from ae_core.lessons.trials import Trial
from ae_core.models.network import Network
from ae_core.scores.detector import Detector
from ui.shell import cached, shell
from ui.shell.memory import kept
from ui.shell.theme import plain

EMBEDDED = "embedded"


class Lab:
    """What numbers are computed from, out of what all sessions share."""

    def __init__(self, dataset: str) -> None:
        self.digits = cached.digits(dataset)
        self.embedded = cached.digits(EMBEDDED)

    def model(self, reference: str) -> Network:
        return cached.model(reference).model

    def test(self, reference: str) -> pandas.DataFrame:
        return cached.evaluation(reference, self.digits.name).test

    def detector(self, reference: str, score: str) -> Detector:
        return cached.evaluation(reference, self.digits.name, score).detector

    def trial(self, reference: str, score: str, source: str) -> Trial:
        return trials.try_out(self.detector(reference, score), score, self.digits, source)


@kept(entries=512)
def value(number: Number, dataset: str) -> str:
    return numbers.compute(number, Lab(dataset))


class Texts:
    """A step's texts with its numbers in them."""

    def __init__(self, view: shell.View, step: Step) -> None:
        self.dataset, self.step = view.digits.name, step
        self.faults: list[str] = []

    def filled(self, text: str) -> str:
        return PLACEHOLDER.sub(lambda found: self.value(found[1]), text)

    def value(self, name: str) -> str:
        try:
            return value(self.step.numbers[name], self.dataset)
        except LabError as error:  # such as images that nobody has fetched
            self.faults.append(f"The number {name!r} cannot be computed: {error}")
            return "?"

    def show_faults(self) -> None:
        for told in self.faults:
            st.warning(plain(told))
