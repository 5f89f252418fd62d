"""The verdict on a drawing: what the model makes of it, where its score lies, and what others say."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from ae_core.config import DEFAULT_SCORE
from ae_core.drawing.ink import InkResult, digit_from_drawing
from ae_core.errors import EmptyDrawingError, LabError, PictureError
from ae_core.models.inference import reconstruct
from ae_core.scores.detector import Explanation
from ae_core.scores.table import SCORES, Score
from ae_core.scores.verdicts import Verdict
from ae_core.words import percent, three_digits
from ui.draw import live
from ui.pictures import figures, mosaic
from ui.pictures.drawing import Drawing
from ui.shell import cached, shell
from ui.shell.theme import plain
from ui.widgets import formulas, scores, show
from ui.widgets.false_alarms import choose_rate

STEPS = "How the drawing became 28 × 28 pixels"
ALONE = "largest shape alone"
OTHERS = "other shape"
COMPARISON = "The same drawing under other models"


def show_verdict(view: shell.View, drawn: Drawing) -> None:
    """The verdict on what is on the canvas.

    The pictures come first, for they can follow the pen before a score is fitted. The histogram is there
    before a drawing is, and filled last: it takes the browser longest.
    """
    top, pictures, place, more = (st.container() for _ in range(4))
    result = read(drawn)
    with pictures:
        live.show_drawing(view, result.image if isinstance(result, InkResult) else None)
    with top.container(horizontal=True, vertical_alignment="center"):
        words, choice = st.container(key="verdict"), st.container(width=240)
    with words:  # a score that is fitted first says so where the verdict will be
        evaluation = scores.evaluation(view)
    with choice:
        scores.choose(view)
        rate = choose_rate(evaluation.calibrator)
    score = None
    if isinstance(result, PictureError):
        words.error(str(result), icon=":material/block:")
    elif isinstance(result, LabError):
        words.info(str(result), icon=":material/draw:")
    else:
        found = evaluation.detector.explain(result.image, rate, known_codes(view))
        score = found.verdict.score
        with words:
            show_words(view, evaluation, found.verdict)
            show_shapes(result)
            if result.remark_on_size:
                st.markdown(f":material/zoom_out_map: {result.remark_on_size}")
            if drawn.remark:
                st.caption(f":material/photo_camera: Of the picture that you uploaded: {plain(drawn.remark)}")
        with more:
            show_neighbours(view, found)
            formulas.offer(evaluation.detector, result.image, "your drawing")
            folded(STEPS, ":material/footprint:", lambda: show_steps(result))
            folded(COMPARISON, ":material/compare:", lambda: compare(view, evaluation.score, result.image))
    with place:
        show_place(view, evaluation, score, rate)
    known_codes(view)  # there before the first stroke asks for them


def read(drawn: Drawing) -> InkResult | LabError:
    """What is on the canvas, or why there is nothing to judge."""
    if drawn.refusal:
        return PictureError(drawn.refusal)
    if drawn.picture is None:
        return EmptyDrawingError("Draw a digit on the canvas, or start from a sample.")
    try:
        return digit_from_drawing(
            drawn.picture, on_black=True, largest_alone=st.session_state.get(ALONE, False)
        )
    except LabError as error:
        return error


def show_shapes(result: InkResult) -> None:
    """Where there is more than one: that they are scored together, and the way to score the largest alone."""
    if result.shapes > 1 or OTHERS in result.left_out:
        told = (
            "One of several shapes is scored, the largest." if result.shapes == 1 else result.remark_on_shapes
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f":material/join_full: {told}", width="content")
            st.toggle("Score the largest alone", key=ALONE)


def folded(label: str, icon: str, show_part: Callable[[], None]) -> None:
    """A part that is made only while it is open, so that it slows no stroke."""
    part = st.expander(label, icon=icon, key=label, on_change="rerun")
    if part.open:
        with part:
            show_part()


def show_words(view: shell.View, evaluation: cached.Evaluation, found: Verdict) -> None:
    digits = view.digits.say("training digits" if evaluation.score.is_baseline else "digits it learned")
    if found.is_anomaly:
        what = "outline" if found.is_by_outline else "score"
        st.subheader(f":red[Anomaly:] its {what} is unusual for {digits}", anchor=False)
    else:
        st.subheader(f":green[Normal:] its score is usual for {digits}", anchor=False)
    if evaluation.score.judges_making:
        st.warning(
            f"**{evaluation.score.title}** sees how a picture was made, and the lab makes every drawing "
            "into a digit: this verdict is on the lab's pen, not on your digit. Another score sees that.",
            icon=":material/draw:",
        )
    st.markdown(
        f"Score **{three_digits(found.score)}** · p-value **{percent(found.p_value)}**: at most this share "
        f"of {len(evaluation.calibrator.scores):,} validation {view.digits.noun}s scores at least as high."
    )
    if found.reason:
        parts = " · ".join(f"{SCORES[name].title} **{percent(p)}**" for name, p in found.parts.items())
        st.caption(
            f"{found.reason} p-values of the parts: {parts}. That of both together, "
            f"**{percent(found.p_value)}**, is not the least of them: with two chances more digits are this "
            "unusual in one."
        )


def show_place(view: shell.View, evaluation: cached.Evaluation, score: float | None, rate: float) -> None:
    """Where the score lies among those of the test digits; without a score, where it will be marked."""
    st.plotly_chart(
        figures.score_histogram(
            evaluation.test["score"].to_numpy(),
            evaluation.calibrator.threshold(rate),
            evaluation.score.title,
            {} if score is None else {"your drawing": score},
            height=230,
            noun=view.digits.noun,
        ),
        key="place",
        config=figures.QUIET,
        alt=view.digits.say("Where the drawing's score lies among those of the test digits"),
    )
    st.caption(scores.described(evaluation.score))


def known_codes(view: shell.View) -> np.ndarray:
    """Of the training digits of the classes that the model was trained on, as its detectors know them."""
    codes = cached.training_codes(view.reference, view.digits.name)
    classes = view.classes
    return codes[np.isin(view.digits.train.labels, classes)] if classes else codes


def show_neighbours(view: shell.View, found: Explanation) -> None:
    train = view.digits.train.only(view.classes)
    labels = plain(", ".join(view.digits.class_name(label) for label in train.labels[found.nearest]))
    st.markdown(
        f"**The {len(found.nearest)} training {view.digits.noun}s of {view.digits.name} with the nearest "
        f"codes**: {labels}"
    )
    tiles = mosaic.ink_tiles(train.images[found.nearest])
    st.image(
        mosaic.data_uri(mosaic.grid([tiles], scale=4, gap=2)),
        width=480,
        alt=f"Nearest training {view.digits.noun}s: {labels}",
    )
    st.caption(
        "Distance between latent codes: " + ", ".join(three_digits(distance) for distance in found.distances)
    )


def show_steps(result: InkResult) -> None:
    columns = st.columns(len(result.steps))
    for column, (caption, step) in zip(columns, result.steps.items(), strict=True):
        with column:
            show.picture(mosaic.ink_tiles(step[None])[0], caption, width="stretch")
    for told in result.remarks:
        st.caption(plain(told))


def compare(view: shell.View, score: Score, image: np.ndarray) -> None:
    others = [reference for reference in shell.choices()["model"] if reference != view.reference]
    chosen = st.multiselect(
        "Models to compare",
        others,
        format_func=shell.title_in_list(),
        key="compare models",
        persist_state="session",
        max_selections=7,
        placeholder="Choose models",
    )
    if score.is_baseline:
        st.caption(f"{score.title} uses no network: only another size of the code can change its score.")
    references = [view.reference, *(reference for reference in chosen if reference in others)]
    for column, reference in zip(st.columns(max(4, len(references))), references, strict=False):
        with column:
            compare_one(reference, view.digits.name, score, image)


def compare_one(reference: str, dataset: str, score: Score, image: np.ndarray) -> None:
    """By the same score where it suits that model, else by the default, which is then named."""
    try:
        model = cached.model(reference).model
        evaluation = cached.evaluation(
            reference, dataset, score.name if score.suits(model) else DEFAULT_SCORE
        )
    except LabError as error:
        st.error(plain(str(error)))
        return
    value = evaluation.score_of(image)
    p_value = float(evaluation.calibrator.p_values(value))
    show.picture(
        mosaic.ink_tiles(reconstruct(model, image[None]))[0],
        plain(shell.title_of(reference)),
        width="stretch",
    )
    st.markdown(f"score **{three_digits(value)}**  \np-value **{percent(p_value)}**")
    if evaluation.score != score:
        st.caption(f"Score: {evaluation.score.title}")
