"""The fields of an experiment that trains: digits, latent dimension, epochs, seeds."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np
import streamlit as st

from ae_core.data.digits import DIGIT_CLASSES, Digits
from ae_core.glossary import explained
from ae_core.studies.experiment import MAX_PARTS, RECIPES, ExperimentConfig, Kind
from ae_core.training.config import TrainConfig
from ui.anomaly.strip import show_strip
from ui.shell import link, shell
from ui.shell.theme import plain
from ui.widgets import classes, numbers
from ui.widgets.form import Form
from ui.widgets.labels import labelled

LATENT_DIMS = (2, 4, 8, 16, 32, 64)
SMALL = 10_000  # fewer training digits than these need more passes, in smaller steps
SMALL_EPOCHS = {Kind.ONE_CLASS: 30, Kind.HELD_OUT: 20}
SMALL_BATCH = 32
LABELS = {"latent_dim": "Latent dimension", "epochs": "Epochs each", "seeds": "Seeds"}
DIGITS = {Kind.ONE_CLASS: "Digits that are normal in turn", Kind.HELD_OUT: "Digits held out in turn"}
CLASSES = {Kind.ONE_CLASS: "Classes that are normal in turn", Kind.HELD_OUT: "Classes held out in turn"}
FIRST = {Kind.ONE_CLASS: tuple(range(10)), Kind.HELD_OUT: (1, 8)}  # chosen at first, as far as they are there


def is_small(training_digits: int) -> bool:
    return training_digits < SMALL


def keys(kind: Kind, digits: Digits) -> dict[str, str]:
    """Each kind has fields of its own, few digits a number of epochs, an own data set its classes."""
    own = {name: f"{kind} {name}" for name in ("latent_dim", "seeds")}
    of_data = {"digits": classes.key_of(digits, f"{kind} digits")}
    return of_data | own | {"epochs": f"{kind} epochs {is_small(len(digits.train))}"}


@dataclass(frozen=True)
class TrainingForm(Form):
    """seeds: how many."""

    digits: list[int]
    latent_dim: int
    epochs: int
    seeds: int

    @classmethod
    def usual(
        cls, kind: Kind, training_digits: int, every: tuple[int, ...] = tuple(range(DIGIT_CLASSES))
    ) -> Self:
        """every: the classes that there are."""
        recipe = RECIPES[kind]
        digits = [label for label in FIRST[kind] if label in every] or list(every[:1])
        epochs = SMALL_EPOCHS[kind] if is_small(training_digits) else recipe.train.epochs
        return cls(digits, recipe.model.latent_dim, epochs, 1)

    @classmethod
    def of(cls, config: ExperimentConfig) -> Self:
        """What an experiment was started with; a latent dimension that is not offered is the kind's own."""
        latent_dim = config.model.latent_dim
        if latent_dim not in LATENT_DIMS:
            latent_dim = RECIPES[Kind(config.kind)].model.latent_dim
        return cls(list(config.digits), latent_dim, config.train.epochs, len(config.seeds))

    def config(self, kind: Kind, dataset: str, training_digits: int) -> ExperimentConfig:
        """Raises ConfigError for what cannot be, in the labels of the fields."""
        recipe = RECIPES[kind]
        with labelled(LABELS | {"digits": DIGITS[kind]}):
            train = recipe.train.with_changes(epochs=self.epochs)
            return ExperimentConfig.of(
                kind,
                dataset=dataset,
                digits=tuple(sorted(self.digits)),
                seeds=tuple(range(numbers.checked(LABELS["seeds"], self.seeds, 1, MAX_PARTS))),
                model=recipe.model.with_changes(latent_dim=self.latent_dim),
                train=train.with_changes(batch_size=SMALL_BATCH) if is_small(training_digits) else train,
            )


def linked(kind: Callable[[], Kind], digits: Digits) -> list[link.Field]:
    """The fields of the URL; they hold nothing where the chosen `kind` trains nothing."""

    def key(name: str) -> Callable[[], str]:
        return lambda: keys(kind(), digits)[name] if kind().trains else link.NOWHERE

    return [
        link.several("digits", key("digits"), digits.classes, "Digits"),
        link.choice("size", key("latent_dim"), LATENT_DIMS, LABELS["latent_dim"]),
        link.ruled("epochs", key("epochs"), TrainConfig.rule("epochs"), int, LABELS["epochs"]),
        link.count("seeds", key("seeds"), 1, MAX_PARTS, LABELS["seeds"]),
    ]


def ask(view: shell.View, kind: Kind) -> TrainingForm:
    """The fields, and what they mean for the first digit chosen."""
    digits = view.digits
    key = keys(kind, digits)
    TrainingForm.usual(kind, len(digits.train), digits.classes).fill_in(key)
    label = (CLASSES if digits.class_names else DIGITS)[kind]
    classes.choose(digits, label, f"{kind} digits", persist_state="session", help=None)
    with st.container(key="pairs-experiment"):
        size, epochs, seeds = st.columns(3)
    size.selectbox(
        LABELS["latent_dim"],
        LATENT_DIMS,
        key=key["latent_dim"],
        persist_state="session",
        help=explained("Latent dimension"),
    )
    with epochs:
        numbers.ask(LABELS["epochs"], key["epochs"], help=explained("Epoch"))
    with seeds:
        spread = "Trainings of each digit; how far they spread says how much is chance."
        numbers.ask(LABELS["seeds"], key["seeds"], help=explained("Seed", spread))
    form = TrainingForm.entered(key)
    if form.digits:
        show_sides(view, kind, min(form.digits))
    return form


def show_sides(view: shell.View, kind: Kind, digit: int) -> None:
    """What is learned, and what is to be detected, where `digit` is the chosen one."""
    test = view.digits.test
    is_chosen = test.labels == digit
    normal = is_chosen if kind is Kind.ONE_CLASS else ~is_chosen
    chosen_how = "alone learned" if kind is Kind.ONE_CLASS else "held out"
    for caption, chosen in ((":green[normal]", normal), (":red[anomaly]", ~normal)):
        some = np.random.default_rng(0).permutation(np.flatnonzero(chosen))
        if not len(some):  # one class alone: the start says what that means
            continue
        show_strip(
            test.images[some], f"{caption}, with the {plain(view.digits.class_name(digit))} {chosen_how}"
        )
