"""Draw: a drawing of one's own, as the network sees it, and the verdict on it."""

import secrets

import numpy as np
import streamlit as st

from ae_core import samples
from ae_core.errors import EmptyDrawingError, LabError
from ae_core.ink import InkResult, digit_from_drawing
from ae_core.models.inference import encode, reconstruct, reconstruction_errors
from ae_core.neighbours import nearest
from ae_core.picture import open_picture
from ui import cached, canvas, figures, mosaic, navigation, shell, show
from ui.theme import percent, three_digits

NEIGHBOURS = 5


def show_tools(view: shell.View) -> int:
    """Brush, clear, samples, upload; the width of the brush in pixels."""
    brush = st.slider("Brush width", 8, 40, 20, format="%d px", key="brush", persist_state="session")
    starts = {
        "A digit": lambda: samples.real_digit(view.digits, secrets.randbits(32)),
        "A letter": lambda: samples.letter(secrets.randbits(32)),
        "A scribble": lambda: samples.scribble(secrets.randbits(32)),
    }
    with st.container(horizontal=True, gap="small"):
        st.button("Clear", icon=":material/delete:", on_click=canvas.clear)
        for label, make in starts.items():
            st.button(label, on_click=lambda make=make: canvas.put(make()))
    st.file_uploader(
        "Or a picture: PNG or JPEG, dark on light or light on dark",
        type=["png", "jpg", "jpeg"],
        key="upload",
        on_change=take_upload,
    )
    refusal = st.session_state.get("upload refused")
    if refusal:
        st.error(refusal)
    return brush


def take_upload() -> None:
    """Puts the uploaded picture on the canvas, its ink white on black."""
    upload = st.session_state["upload"]
    st.session_state["upload refused"] = ""
    if upload is None:
        return
    try:
        canvas.put(samples.on_canvas(digit_from_drawing(open_picture(upload.getvalue())).ink))
    except LabError as error:
        st.session_state["upload refused"] = str(error)


@st.fragment
def draw_and_judge(view: shell.View) -> None:
    with st.container(horizontal=True, gap="large"):
        board = st.container(width=canvas.SIDE + 10)  # on a phone the verdict wraps beneath it
        verdict = st.container(width="stretch")
    with board:
        st.caption("**Your canvas**")
        holder = st.container()
        brush = show_tools(view)
        with holder:
            drawn = canvas.ask(brush)
    with verdict:
        evaluation = view.evaluation()
        try:
            if drawn is None:
                raise EmptyDrawingError("Draw a digit on the canvas, or start from a sample.")
            result = digit_from_drawing(drawn)
        except LabError as error:
            st.info(str(error), icon=":material/draw:")
            return
        judge(view, evaluation, result)


def judge(view: shell.View, evaluation: cached.Evaluation, result: InkResult) -> None:
    image = result.image[None]
    score = float(reconstruction_errors(view.trained.model, image)[0])
    p_value = float(evaluation.calibrator.p_values(score))
    words, rate_choice = st.columns([5, 3], vertical_alignment="center")
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


navigation.guard()
show.title(
    "Is your drawing a digit it knows?",
    "Draw with mouse, pen or finger. After each stroke the model draws it again from its code; "
    "what it cannot draw is unusual.",
)
draw_and_judge(shell.view())
