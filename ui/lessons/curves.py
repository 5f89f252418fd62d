"""Errors against epochs and sizes of the code, in place in a lesson."""

import numpy as np
import pandas
import streamlit as st

from ae_core import zoo
from ae_core.glossary import explained
from ae_core.lessons import code_size, lesson, notebook, small_trainings
from ae_core.lessons.conditions import Seen, runs_with
from ae_core.words import three_digits
from ui.lessons.figures import bars, courses, error_by_size
from ui.lessons.numbers import EMBEDDED
from ui.pictures import mosaic
from ui.pictures.figures import QUIET
from ui.shell import cached, shell
from ui.shell.memory import kept
from ui.shell.theme import plain

FEW = "few digits"  # in the session
MOST_RUNS = 3  # of the visitor's, in one figure
DASHES = ("solid", "dot", "dashdot")


# -- the size of the code


@kept(entries=8, spinner="Trying the shipped models")
def sizes(dataset: str) -> pandas.DataFrame:
    """A row for each shipped dense model."""
    rows = []
    for name in zoo.names():
        if name.startswith("dense-"):
            errors = cached.evaluation(f"zoo:{name}", dataset).test["error"].to_numpy()
            rows.append(code_size.cost_row(name, cached.model(f"zoo:{name}").model, errors))
    return pandas.DataFrame(rows).sort_values("latent_dim")


@kept(entries=8)
def linear_errors(dataset: str) -> np.ndarray:
    return code_size.linear_errors(cached.digits(dataset))


def show_error_by_size(part: lesson.ErrorBySize, view: shell.View, _: Seen) -> None:
    dataset = view.digits.name
    figure = error_by_size(sizes(dataset), linear_errors(dataset), detection=part.detection)
    st.plotly_chart(figure, key="by size", config=QUIET, alt="Test error against latent dimension")
    st.caption(
        f"The shipped dense models and PCA, on the {len(view.digits.test):,} test digits of {dataset}."
    )


# -- a linear autoencoder


@kept(entries=1, spinner="Training a linear autoencoder")
def linear() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """See `small_trainings`: its course, its spectrum, its directions."""
    digits = cached.digits(EMBEDDED)
    return (
        small_trainings.linear_course(digits),
        small_trainings.linear_spectrum(digits),
        small_trainings.linear_directions(digits),
    )


def show_linear(part: lesson.LinearBesidePca, _: shell.View, __: Seen) -> None:
    course, spectrum, directions = linear()
    size = directions.shape[1]
    if part.view == "errors":
        show_linear_errors(course[0], float(linear_errors(EMBEDDED)[size]), size)
    elif part.view == "spectrum":
        show_spectrum(spectrum)
    else:
        for title, images in zip(("Linear autoencoder", "PCA"), directions, strict=True):
            st.markdown(f"**{title}**: what each of the {size} values adds to an image")
            strength = np.abs(images).max(axis=(1, 2), keepdims=True)
            tiles = mosaic.code_tiles((images / strength).reshape(size, -1))
            st.image(mosaic.data_uri(mosaic.grid([tiles], scale=1)), width="stretch", alt=title)
    st.caption(
        f"{size} latent dimensions, no hidden layer; trained here for {course.shape[1]} epochs on the "
        f"{len(cached.digits(EMBEDDED).train):,} embedded training digits, on which PCA is fitted too."
    )


def show_linear_errors(errors: np.ndarray, best: float, size: int) -> None:
    epochs = np.arange(1, len(errors) + 1)
    lines = {
        "linear autoencoder": (epochs, errors, "training", "solid"),
        f"PCA, {size} components: {three_digits(best)}": (epochs[[0, -1]], [best, best], "reference", "dash"),
    }
    st.plotly_chart(
        courses(lines, "Test error: MSE per pixel"),
        key="linear errors",
        config=QUIET,
        alt="Test error of a linear autoencoder falls to that of PCA",
    )


def show_spectrum(spectrum: np.ndarray) -> None:
    own, of_pca, cosines = spectrum
    groups = {"linear autoencoder": (own, "training"), "PCA": (of_pca, "reference")}
    names = [str(each + 1) for each in range(len(own))]
    figure = bars(groups, "Variance of reconstructions", "Principal component", names)
    st.plotly_chart(figure, key="spectrum", config=QUIET, alt="Variance along each principal component")
    st.caption(
        f"Cosines of the angles between both subspaces: {', '.join(f'{each:.3f}' for each in cosines)}."
    )


# -- few digits


@kept(entries=8, spinner="Training on few digits")
def few_course(count: int) -> np.ndarray:
    return small_trainings.few_course(cached.digits(EMBEDDED), count)


def show_few(_: lesson.FewDigits, __: shell.View, ___: Seen) -> None:
    count = st.segmented_control(
        "Training digits",
        small_trainings.FEW,
        format_func=lambda each: f"{each:,}",
        key=FEW,
        persist_state="session",
        help=explained("Training digits", "This is how many it has, here and now."),
    )
    if not count:
        st.info("Choose how many digits it may see.", icon=":material/arrow_upward:")
        return
    training, validation = few_course(count)
    epochs = np.arange(1, len(training) + 1)
    lines = {
        "training error": (epochs, training, "training", "solid"),
        "validation error": (epochs, validation, "validation", "solid"),
    }
    st.plotly_chart(
        courses(lines, "MSE per pixel"), key="few", config=QUIET, alt="Training and validation error by epoch"
    )
    st.caption(
        f"After {len(epochs)} epochs: training error {three_digits(training[-1])}, validation error "
        f"{three_digits(validation[-1])}, **{validation[-1] / training[-1]:.1f} times** as much. The dense "
        f"network of 32 latent dimensions, on embedded digits."
    )


# -- runs of the visitor's


def show_losses(part: lesson.LossCurves, _: shell.View, seen: Seen) -> None:
    lines, store = {}, cached.store()
    for dash, run in zip(DASHES, runs_with(part.settings, seen)[:MOST_RUNS], strict=False):
        metrics, name = store.at(run.id).metrics(), plain(store.at(run.id).name)
        for kind in ("training", "validation"):
            losses = metrics["train_loss" if kind == "training" else "validation_loss"]
            lines[f"{name}: {kind}"] = metrics["number"], losses, kind, dash
    if part.notebook:
        told = notebook.VALIDATION
        lines["the notebook: validation"] = list(told), list(told.values()), "reference", "dash"
    if not lines:
        st.info("Your run's losses will stand here.", icon=":material/show_chart:")
        return
    st.plotly_chart(
        courses(lines, "MSE per pixel"),
        key="losses",
        config=QUIET,
        alt="Training and validation loss by epoch",
    )
    if part.notebook:
        st.caption(f"The notebook's losses after some of its epochs: {notebook.SOURCE}, on full MNIST.")
