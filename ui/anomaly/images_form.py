"""The fields of an experiment that scores with the model in view: corrupted or foreign images."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import streamlit as st

from ae_core.data.corruptions import CORRUPTIONS
from ae_core.data.foreign import FOREIGN
from ae_core.errors import ConfigError
from ae_core.studies.experiment import UPLOAD, ExperimentConfig, Kind
from ui.anomaly import corruptions, upload
from ui.anomaly.corruptions import name_of
from ui.anomaly.strip import MOST, show_strip
from ui.shell import link, shell
from ui.shell.memory import kept
from ui.shell.theme import plain
from ui.widgets import numbers
from ui.widgets.form import Form
from ui.widgets.labels import labelled

LABELS = {
    "images": "Test digits, and as many anomalies",
    "corruptions": "Corruptions to detect",
    "sources": "Images from elsewhere",
}
KEYS = {name: name for name in ("severity", "corruptions", "sources")} | {"images": "anomaly images"}
LEAST_IMAGES, MOST_IMAGES = 10, 10_000


@dataclass(frozen=True)
class ImagesForm(Form):
    images: int
    severity: float
    corruptions: list[str]
    sources: list[str]

    @classmethod
    def usual(cls) -> Self:
        return cls(1000, 1.0, list(CORRUPTIONS), [name for name in FOREIGN if FOREIGN[name].available()])

    @classmethod
    def of(cls, config: ExperimentConfig) -> Self:
        """What an experiment was started with; its uploads are gone."""
        form = replace(cls.usual(), images=config.images, severity=max(config.severity, corruptions.LEAST))
        if config.kind == Kind.CORRUPTIONS:
            return replace(form, corruptions=list(config.corruptions))
        return replace(form, sources=[name for name in config.sources if name in FOREIGN])

    def config(self, kind: Kind, view: shell.View) -> ExperimentConfig:
        """Raises ConfigError for what cannot be, in the labels of the fields."""
        most = min(MOST_IMAGES, len(view.digits.test))
        with labelled(LABELS):
            return ExperimentConfig.of(
                kind,
                dataset=view.digits.name,
                reference=view.reference,
                images=numbers.checked(LABELS["images"], self.images, LEAST_IMAGES, most),
                **(self.corrupted() if kind is Kind.CORRUPTIONS else self.foreign()),
            )

    def corrupted(self) -> dict[str, Any]:
        names = tuple(name for name in CORRUPTIONS if name in self.corruptions)
        return {"corruptions": names, "severity": float(self.severity)}

    def foreign(self) -> dict[str, Any]:
        """With the visitor's own images, where there are any."""
        sources = tuple(name for name in FOREIGN if name in self.sources and FOREIGN[name].available())
        own = upload.kept()
        if own is not None:
            return {"sources": (*sources, UPLOAD), "upload": own.stored, "upload_name": own.name}
        if not sources:
            raise ConfigError("Choose at least one source of images that is here, or upload some.")
        return {"sources": sources}


def linked(kind: Callable[[], Kind]) -> list[link.Field]:
    """The fields of the URL; those that the chosen `kind` does not ask for hold nothing."""

    def key(name: str, *kinds: Kind) -> Callable[[], str]:
        return lambda: KEYS[name] if kind() in kinds else link.NOWHERE

    corrupted, foreign = Kind.CORRUPTIONS, Kind.FOREIGN
    return [
        link.count("images", key("images", corrupted, foreign), LEAST_IMAGES, MOST_IMAGES, LABELS["images"]),
        link.number("severity", key("severity", corrupted), corruptions.LEAST, 1, "Severity"),
        link.several("corruptions", key("corruptions", corrupted), CORRUPTIONS, LABELS["corruptions"]),
        link.several("sources", key("sources", foreign), FOREIGN, LABELS["sources"]),
    ]


def ask(view: shell.View, kind: Kind) -> ImagesForm:
    """The fields of this kind, with the images that they choose."""
    ImagesForm.usual().fill_in(KEYS)
    numbers.ask(LABELS["images"], KEYS["images"], width=320)
    if kind is Kind.CORRUPTIONS:
        ask_corruptions(view)
    else:
        ask_sources()
    return ImagesForm.entered(KEYS)


def ask_corruptions(view: shell.View) -> None:
    severity = corruptions.choose_severity()
    corruptions.show_gallery(view.digits, severity)
    st.pills(
        LABELS["corruptions"],
        list(CORRUPTIONS),
        selection_mode="multi",
        format_func=name_of,
        key=KEYS["corruptions"],
        persist_state="session",
        wrap=True,
    )


def ask_sources() -> None:
    chosen = st.pills(
        LABELS["sources"],
        list(FOREIGN),
        selection_mode="multi",
        format_func=lambda name: FOREIGN[name].title,
        key=KEYS["sources"],
        persist_state="session",
        wrap=True,
    )
    tell_what_is_missing()
    for name in chosen:
        if FOREIGN[name].available():
            show_strip(samples(name), f"**{FOREIGN[name].title}**: {FOREIGN[name].description}")
    upload.ask()
    own = upload.kept()
    if own is not None:
        show_strip(own.preview, f"**Your images**: {plain(own.summary)}")
    upload.offer_to_change()


def tell_what_is_missing() -> None:
    missing = [source for source in FOREIGN.values() if not source.available()]
    if missing:
        commands = ", ".join(
            f"{each.title} `python -m ae_core data fetch {each.collection}`" for each in missing
        )
        st.caption(f":material/download: Not here yet, and left out until fetched: {commands}")


@kept(entries=8)
def samples(source: str) -> np.ndarray:
    return FOREIGN[source].images(MOST)
