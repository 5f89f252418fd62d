"""The form of a sweep: its fields, and what stands in them."""

from dataclasses import dataclass
from typing import Self

import streamlit as st

from ae_core.glossary import explained
from ae_core.models.config import ModelConfig
from ae_core.studies.study import MAX_PARTS
from ae_core.studies.sweep import Sweep, SweepConfig
from ae_core.training.config import TrainConfig
from ae_core.training.presets import MANY
from ui.shell import cached, link
from ui.widgets import numbers
from ui.widgets.form import Form
from ui.widgets.labels import labelled

LABELS = {
    "latent_dims": "Latent dimensions",
    "architectures": "Architectures",
    "seeds": "Seeds",
    "epochs": "Epochs each",
    "batch_size": "Batch size",
}
DIMS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 256)
FURTHER = "further sweep dims"  # that the form began with, offered beside DIMS


def keys(dataset: str) -> dict[str, str]:
    """Where the session has each field of `SweepForm`. Each data set has a recipe of its own."""
    return {
        "latent_dims": "sweep dims",
        "architectures": "sweep kinds",
        "seeds": "sweep seeds",
        "epochs": f"sweep epochs {dataset}",
        "batch_size": f"sweep batch {dataset}",
    }


@dataclass(frozen=True)
class SweepForm(Form):
    """seeds: how many."""

    latent_dims: list[int]
    architectures: list[str]
    seeds: int
    epochs: int
    batch_size: int

    @classmethod
    def usual(cls, count: int) -> Self:
        """For so many training images: few need more passes, in smaller steps."""
        epochs, batch_size = (3, 256) if count >= MANY else (10, 128)
        return cls([2, 4, 8, 16, 32, 64], ["dense"], 1, epochs, batch_size)

    @classmethod
    def of(cls, sweep: Sweep) -> Self:
        """What `sweep` was started with."""
        config, train = sweep.config, sweep.config.train
        dims, kinds = list(config.latent_dims), list(config.architectures)
        return cls(dims, kinds, len(config.seeds), train.epochs, train.batch_size)

    @labelled(LABELS)
    def config(self, dataset: str) -> SweepConfig:
        """Raises ConfigError for what cannot be, in the labels of the fields."""
        return SweepConfig(
            tuple(sorted(self.latent_dims)),
            tuple(self.architectures),
            tuple(range(numbers.checked(LABELS["seeds"], self.seeds, 1, MAX_PARTS))),
            ModelConfig(),
            TrainConfig(epochs=self.epochs, batch_size=self.batch_size),
            dataset,
        )


def wanted(dataset: str) -> SweepConfig:
    """What the form says now. Raises ConfigError for what cannot be."""
    return SweepForm.entered(keys(dataset)).config(dataset)


def begin_with(dataset: str, present: Sweep | None) -> None:
    """Fills in the fields that hold nothing yet."""
    key = keys(dataset)
    if present and key["latent_dims"] not in st.session_state:
        SweepForm.of(present).fill_in(key)
    SweepForm.usual(len(cached.digits(dataset).train)).fill_in(key)


def linked(dataset: str) -> list[link.Field]:
    """The fields of the URL."""
    key, kinds = keys(dataset), ModelConfig.rule("architecture").choices
    epochs, batch = TrainConfig.rule("epochs"), TrainConfig.rule("batch_size")
    return [
        link.several("sizes", key["latent_dims"], DIMS, LABELS["latent_dims"]),
        link.several("kinds", key["architectures"], kinds, LABELS["architectures"]),
        link.count("seeds", key["seeds"], 1, MAX_PARTS, LABELS["seeds"]),
        link.ruled("epochs", key["epochs"], epochs, int, LABELS["epochs"]),
        link.ruled("batch", key["batch_size"], batch, int, LABELS["batch_size"]),
    ]


def ask(dataset: str, present: Sweep | None) -> SweepForm:
    """Shows the fields. present: the sweep in view, which they begin with, as after a reload."""
    begin_with(dataset, present)
    key = keys(dataset)
    further = st.session_state.setdefault(FURTHER, st.session_state[key["latent_dims"]])
    st.pills(
        LABELS["latent_dims"],
        sorted({*DIMS, *further}),
        selection_mode="multi",
        key=key["latent_dims"],
        persist_state="session",
        help=explained("Latent dimension"),
        wrap=True,
    )
    st.multiselect(
        LABELS["architectures"],
        ModelConfig.rule("architecture").choices,
        key=key["architectures"],
        persist_state="session",
        help=explained("Architecture"),
    )
    with st.container(key="pairs-sweep"):
        seeds, epochs, batch_size = st.columns(3)
    with seeds:
        spread = "Trainings of each point; their spread is shown as a bar."
        numbers.ask(LABELS["seeds"], key["seeds"], help=explained("Seed", spread))
    with epochs:
        numbers.ask(LABELS["epochs"], key["epochs"], help=explained("Epoch"))
    with batch_size:
        numbers.ask(LABELS["batch_size"], key["batch_size"], help=explained("Batch size"))
    return SweepForm.entered(key)
