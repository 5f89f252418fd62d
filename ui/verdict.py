"""The verdict on a drawing: what the model makes of it, where its score lies, and what others say."""

import numpy as np
import streamlit as st

from ae_core.errors import LabError
from ae_core.ink import InkResult
from ae_core.models.inference import encode, reconstruct, reconstruction_errors
from ae_core.neighbours import nearest
from ui import cached, figures, mosaic, shell, show
from ui.theme import percent, three_digits

NEIGHBOURS = 5


def judge(view: shell.View, evaluation: cached.Evaluation, result: InkResult) -> None:
    image = result.image[None]
    score = float(reconstruction_errors(view.trained.model, image)[0])
    p_value = float(evaluation.calibrator.p_values(score))
    with st.container(horizontal=True, vertical_alignment="center"):
        words, rate_choice = st.container(key="verdict"), st.container(width=240)
    with rate_choice:
        rate = choose_rate(evaluation)
    with words:
        show_verdict(evaluation, score, p_value, rate)
    show_pictures(view, image)
    threshold = evaluation.calibrator.threshold(rate)
    errors = evaluation.test["error"].to_numpy()
    st.plotly_chart(
        figures.score_histogram(errors, threshold, {"your drawing": score}, height=230),
        key="place",
        config=figures.QUIET,
        alt="Where the drawing's score lies among those of the test digits",
    )
    show_neighbours(view, image)
    with st.expander("How the drawing became 28 × 28 pixels", icon=":material/footprint:"):
        show_steps(result)
    with st.expander("The same drawing under other models", icon=":material/compare:"):
        compare(view, image)


def choose_rate(evaluation: cached.Evaluation) -> float:
    finest = 100 / (len(evaluation.calibrator.scores) + 1)
    return (
        st.slider(
            "False-alarm rate",
            float(np.ceil(finest * 10) / 10),
            20.0,
            5.0,
            0.1,
            format="%.1f %%",
            key="draw rate",
            persist_state="session",
            help="The share of normal digits flagged by mistake. Lower: fewer false alarms, more misses.",
        )
        / 100
    )


def show_verdict(evaluation: cached.Evaluation, score: float, p_value: float, rate: float) -> None:
    if p_value <= rate:
        st.subheader(":red[Anomaly:] not like the digits it learned", anchor=False)
    else:
        st.subheader(":green[Normal:] drawn again like a digit", anchor=False)
    st.markdown(
        f"Score **{three_digits(score)}** · p-value **{percent(p_value)}**: so many of "
        f"{len(evaluation.calibrator.scores):,} held-out normal digits score at least as high."
    )


def show_pictures(view: shell.View, image: np.ndarray) -> None:
    reconstruction = reconstruct(view.trained.model, image)
    tiles = {
        "as the network sees it": mosaic.ink_tiles(image),
        "reconstruction": mosaic.ink_tiles(reconstruction),
        "signed error": mosaic.error_tiles(image, reconstruction),
    }
    for column, (caption, tile) in zip(st.columns(3), tiles.items(), strict=True):
        with column:
            show.picture(tile[0], caption, width="stretch")
    st.caption(f"Signed error: {show.ERROR_LEGEND}.")


def show_neighbours(view: shell.View, image: np.ndarray) -> None:
    codes = cached.training_codes(view.reference, view.digits.name)
    found, distances = nearest(codes, encode(view.trained.model, image)[0], NEIGHBOURS)
    train = view.digits.train
    labels = ", ".join(str(label) for label in train.labels[found])
    st.markdown(f"**The {NEIGHBOURS} training digits with the nearest codes**: {labels}")
    tiles = mosaic.ink_tiles(train.images[found])
    st.image(
        mosaic.data_uri(mosaic.grid([tiles], scale=4, gap=2)),
        width=480,
        alt=f"Nearest training digits: {labels}",
    )
    st.caption("Distance in the code: " + ", ".join(three_digits(distance) for distance in distances))


def show_steps(result: InkResult) -> None:
    columns = st.columns(len(result.steps))
    for column, (caption, step) in zip(columns, result.steps.items(), strict=True):
        with column:
            show.picture(mosaic.ink_tiles(step[None])[0], caption, width="stretch")
    if result.inverted:
        st.caption("The picture was dark on light; its ink was turned to white on black.")


def compare(view: shell.View, image: np.ndarray) -> None:
    others = [reference for reference in shell.choices()["model"] if reference != view.reference]
    chosen = st.multiselect(
        "Models to compare",
        others,
        format_func=shell.title_of,
        key="compare models",
        persist_state="session",
        max_selections=7,
        placeholder="Choose models",
    )
    references = [view.reference, *(reference for reference in chosen if reference in others)]
    for column, reference in zip(st.columns(max(4, len(references))), references, strict=False):
        with column:
            compare_one(view, reference, image)


def compare_one(view: shell.View, reference: str, image: np.ndarray) -> None:
    try:
        trained = cached.model(reference)
    except LabError as error:
        st.error(str(error))
        return
    score = float(reconstruction_errors(trained.model, image)[0])
    p_value = float(cached.evaluation(reference, view.digits.name).calibrator.p_values(score))
    reconstruction = reconstruct(trained.model, image)
    show.picture(mosaic.ink_tiles(reconstruction)[0], shell.title_of(reference), width="stretch")
    st.markdown(f"score **{three_digits(score)}**  \np-value **{percent(p_value)}**")
