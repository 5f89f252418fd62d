"""The form of an experiment on the Anomaly page: what is normal, what is the anomaly, what it will take."""

import re
from typing import Any

import numpy as np
import streamlit as st

from ae_core.data.corruptions import CORRUPTIONS
from ae_core.data.foreign import FOREIGN
from ae_core.errors import ConfigError, LabError
from ae_core.studies.experiment import MAX_PARTS, RECIPES, UPLOAD, Experiment, ExperimentConfig, Kind
from ae_core.training.estimate import estimate_seconds
from ae_core.words import counted, duration
from ui.anomaly import corruptions, upload
from ui.anomaly.corruptions import name_of
from ui.pictures import mosaic
from ui.shell import shell
from ui.shell.memory import kept
from ui.shell.theme import plain
from ui.widgets import numbers
from ui.widgets.labels import labelled

KINDS = {
    Kind.HELD_OUT: ("Held-out digit", "Trained on **nine digits**; the tenth is the anomaly."),
    Kind.ONE_CLASS: ("One class", "Trained on **one digit**; the nine others are the anomalies."),
    Kind.CORRUPTIONS: (
        "Corruptions",
        "The model in view scores test digits and **the same ones, corrupted**.",
    ),
    Kind.FOREIGN: ("Foreign images", "The model in view scores test digits and **images from elsewhere**."),
}
LATENT_DIMS = (2, 4, 8, 16, 32, 64)
SMALL = 10_000  # fewer training digits than these need more passes, in smaller steps
SMALL_EPOCHS = {Kind.ONE_CLASS: 30, Kind.HELD_OUT: 20}
SMALL_BATCH = 32
# What all scores of a part take on two cores: to be fitted, and for each image. An estimate, no promise.
FITTING_SECONDS, SCORING_SECONDS = 2.0, 0.7e-3
SEEDS, IMAGES = "Seeds", "Test digits, and as many anomalies"
LABELS = {
    "latent_dim": "Latent dimension",
    "epochs": "Epochs each",
    "corruptions": "Corruptions to detect",
    "sources": "Images from elsewhere",
}
DIGITS = {Kind.ONE_CLASS: "Digits that are normal in turn", Kind.HELD_OUT: "Digits held out in turn"}
PREVIEW = 12  # images a strip


def ask(view: shell.View, present: Experiment | None) -> ExperimentConfig | None:
    """The whole form; what it asks for, or None where that cannot be, which is then said.

    present: the experiment in view.
    """
    if present:
        begin_with(present.config, len(view.digits.train))
    st.session_state["kind"] = st.session_state.get("kind") or str(Kind.HELD_OUT)
    kind = Kind(
        st.segmented_control(
            "What is the anomaly?",
            [str(each) for each in KINDS],
            format_func=lambda each: KINDS[Kind(each)][0],
            required=True,
            key="kind",
            persist_state="session",
        )
    )
    st.markdown(KINDS[kind][1])
    if kind.trains:
        show_training(view, kind)
    elif kind is Kind.CORRUPTIONS:
        show_corruptions(view)
    else:
        show_foreign()
    try:
        config = wanted(view)
    except LabError as error:
        st.error(plain(str(error)))
        return None
    show_cost(view, config)
    return config


def begin_with(config: ExperimentConfig, training_digits: int) -> None:
    """Fills in what an experiment was started with where the visitor has entered nothing yet.

    training_digits: of the data set in view. What cannot be chosen here keeps its default.
    """
    if "kind" in st.session_state:
        return
    kind = config.kind
    held = {"kind": kind}
    if config.trains:
        held |= {f"{kind} digits": list(config.digits), f"{kind} seeds": len(config.seeds)}
        held[f"{kind} epochs {training_digits < SMALL}"] = config.train.epochs
        if config.model.latent_dim in LATENT_DIMS:
            held[f"{kind} latent_dim"] = config.model.latent_dim
    else:
        held |= {"anomaly images": config.images, "severity": max(config.severity, corruptions.LEAST)}
        if kind == Kind.CORRUPTIONS:
            held["corruptions"] = list(config.corruptions)
        else:
            held["sources"] = [each for each in config.sources if each in FOREIGN]  # uploads are gone
    for key, value in held.items():
        st.session_state[key] = value


def wanted(view: shell.View) -> ExperimentConfig:
    """What the form says. Raises LabError for what cannot be."""
    kind = Kind(st.session_state["kind"])
    with labelled(LABELS | {"digits": DIGITS.get(kind, "")}):
        chosen = chosen_training(view, kind) if kind.trains else chosen_images(view, kind)
        return ExperimentConfig.of(kind, dataset=view.digits.name, **chosen)


# -- the kinds that train


def show_training(view: shell.View, kind: Kind) -> None:
    recipe, small = RECIPES[kind], is_small(view)
    st.session_state.setdefault(f"{kind} digits", list(range(10)) if kind is Kind.ONE_CLASS else [1, 8])
    st.session_state.setdefault(f"{kind} latent_dim", recipe.model.latent_dim)
    st.pills(
        DIGITS[kind],
        list(range(10)),
        selection_mode="multi",
        key=f"{kind} digits",
        persist_state="session",
        wrap=True,
    )
    size, epochs, seeds = st.columns(3)
    size.selectbox(LABELS["latent_dim"], LATENT_DIMS, key=f"{kind} latent_dim", persist_state="session")
    with epochs:
        default = SMALL_EPOCHS[kind] if small else recipe.train.epochs
        st.session_state.setdefault(f"{kind} epochs {small}", default)
        numbers.ask(LABELS["epochs"], f"{kind} epochs {small}")
    with seeds:
        told = "Trainings of each digit; how far they spread says how much is chance."
        st.session_state.setdefault(f"{kind} seeds", 1)
        numbers.ask(SEEDS, f"{kind} seeds", help=told)
    show_sides(view, kind)


def show_sides(view: shell.View, kind: Kind) -> None:
    """The first digit chosen, as an example: what is learned, what is to be detected."""
    digits = st.session_state[f"{kind} digits"]
    if not digits:
        return
    test = view.digits.test
    is_chosen = test.labels == min(digits)
    normal = is_chosen if kind is Kind.ONE_CLASS else ~is_chosen
    for caption, chosen in ((":green[normal]", normal), (":red[anomaly]", ~normal)):
        some = np.random.default_rng(0).permutation(np.flatnonzero(chosen))[:PREVIEW]
        show_strip(test.images[some], f"{caption}, with the {min(digits)} {chosen_word(kind)}")


def chosen_word(kind: Kind) -> str:
    return "alone learned" if kind is Kind.ONE_CLASS else "held out"


def is_small(view: shell.View) -> bool:
    return len(view.digits.train) < SMALL


def chosen_training(view: shell.View, kind: Kind) -> dict[str, Any]:
    state, recipe, small = st.session_state, RECIPES[kind], is_small(view)
    train = recipe.train.with_changes(epochs=state[f"{kind} epochs {small}"])
    return {
        "digits": tuple(sorted(state[f"{kind} digits"])),
        "seeds": tuple(range(numbers.checked(SEEDS, state[f"{kind} seeds"], 1, MAX_PARTS))),
        "model": recipe.model.with_changes(latent_dim=state[f"{kind} latent_dim"]),
        "train": train.with_changes(batch_size=SMALL_BATCH) if small else train,
    }


# -- the kinds that score with the model in view


def show_corruptions(view: shell.View) -> None:
    ask_image_count()
    severity = corruptions.choose_severity()
    corruptions.show_gallery(view.digits, severity)
    st.session_state.setdefault("corruptions", list(CORRUPTIONS))
    st.pills(
        LABELS["corruptions"],
        list(CORRUPTIONS),
        selection_mode="multi",
        format_func=name_of,
        key="corruptions",
        persist_state="session",
        wrap=True,
    )


def show_foreign() -> None:
    ask_image_count()
    st.session_state.setdefault("sources", [name for name in FOREIGN if FOREIGN[name].available()])
    st.pills(
        LABELS["sources"],
        list(FOREIGN),
        selection_mode="multi",
        format_func=lambda name: FOREIGN[name].title,
        key="sources",
        persist_state="session",
        wrap=True,
    )
    tell_what_is_missing()
    for name in st.session_state["sources"]:
        if FOREIGN[name].available():
            show_strip(samples(name), f"**{FOREIGN[name].title}**: {FOREIGN[name].description}")
    upload.ask()
    kept = upload.kept()
    if kept is not None:
        show_strip(kept.preview, f"**Your images**: {plain(kept.summary)}")
    upload.offer_to_change()


def tell_what_is_missing() -> None:
    missing = [source for source in FOREIGN.values() if not source.available()]
    if missing:
        commands = ", ".join(
            f"{each.title} `python -m ae_core data fetch {each.collection}`" for each in missing
        )
        st.caption(f":material/download: Not here yet, and left out until fetched: {commands}")


def ask_image_count() -> None:
    st.session_state.setdefault("anomaly images", 1000)
    numbers.ask(IMAGES, "anomaly images", width=320)


def image_count(view: shell.View) -> int:
    given = st.session_state["anomaly images"]
    return numbers.checked(IMAGES, given, 10, min(10_000, len(view.digits.test)))


@kept(entries=8)
def samples(source: str) -> np.ndarray:
    return FOREIGN[source].images(PREVIEW)


def show_strip(images: np.ndarray, caption: str) -> None:
    st.caption(caption)
    st.image(
        mosaic.data_uri(mosaic.grid([mosaic.ink_tiles(images[:PREVIEW])], scale=2)),
        width=min(PREVIEW, len(images)) * 48,
        alt=read_out(caption),
    )


def read_out(caption: str) -> str:
    """A caption without its Markdown, to be read out: ":red[anomaly]" is "anomaly", "\\*" is "*"."""
    return re.sub(r"\\(.)|:\w+\[(.*?)\]|\*\*", r"\1\2", caption)


def chosen_images(view: shell.View, kind: Kind) -> dict[str, Any]:
    state = st.session_state
    chosen = {"reference": view.reference, "images": image_count(view)}
    if kind is Kind.CORRUPTIONS:
        names = tuple(name for name in CORRUPTIONS if name in state["corruptions"])
        return chosen | {"corruptions": names, "severity": float(state["severity"])}
    sources = tuple(name for name in FOREIGN if name in state["sources"] and FOREIGN[name].available())
    kept = upload.kept()
    if kept is not None:
        chosen |= {"upload": kept.stored, "upload_name": kept.name}
        sources = (*sources, UPLOAD)
    if not sources:
        raise ConfigError("Choose at least one source of images that is here, or upload some.")
    return chosen | {"sources": sources}


# -- what it takes


def show_cost(view: shell.View, config: ExperimentConfig) -> None:
    count = f"{counted(config.part_count, 'training')} of at most {MAX_PARTS}"
    if not config.trains:
        count = f"{counted(config.part_count, 'kind')} of images, nothing to train"
    st.markdown(f"**{count}** · about **{duration(seconds_of(view, config))}**")


def seconds_of(view: shell.View, config: ExperimentConfig) -> float:
    digits = view.digits
    if not config.trains:
        images = len(digits.validation) + config.images * (1 + config.part_count)
        return FITTING_SECONDS + SCORING_SECONDS * images
    images = len(digits.test) + len(digits.validation)
    judging = FITTING_SECONDS + SCORING_SECONDS * images
    return sum(
        judging
        + estimate_seconds(
            part.model, part.train.with_changes(seed=0), int(np.isin(digits.train.labels, part.classes).sum())
        )
        for part in Experiment("", config, digits.fingerprint).parts
    )
