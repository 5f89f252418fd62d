"""Digits: the easiest and the hardest test digits under the model in view."""

import pandas
import streamlit as st

from ae_core.data.digits import Digits
from ae_core.models.inference import encode, reconstruct
from ae_core.scores.error_scale import ErrorScale
from ae_core.words import percent, three_digits
from ui.digits import gallery, linked, threshold
from ui.pictures import figures
from ui.shell import cached, link, shell
from ui.shell.theme import plain
from ui.widgets import classes, error_scale, formulas, numbers, scores, show

PER_PAGE = 20


def choose(digits: Digits, table: pandas.DataFrame) -> pandas.DataFrame:
    """The digits that the visitor asked for, in the order asked for."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        order = st.segmented_control(
            "Order", linked.ORDERS, required=True, key="order", persist_state="session"
        )
        labels = classes.choose(digits, persist_state="session")
        chosen = table[linked.in_range(table["score"])]
    if labels:
        chosen = chosen[chosen["label"].isin(labels)]
    return chosen.sort_values("score", ascending=order == linked.ORDERS[1], kind="stable")


def choose_page(pages: int) -> None:
    numbers.nearest(f"Page, of {pages:,}", "page", 1, pages)


def ask_and_answer(view: shell.View) -> cached.Evaluation:
    """The page's question, the choice of a score beside it, and the answer by that score."""
    words, choice = st.columns([3, 1], gap="medium", vertical_alignment="bottom")
    with choice:
        scores.choose(view)
        evaluation = scores.evaluation(view)
    by_class = evaluation.test.groupby("label")["score"].mean()
    part = "; its network has no part in this score" if evaluation.score.is_baseline else ""
    hardest, easiest = by_class.idxmax(), by_class.idxmin()
    name = view.digits.class_name
    with words:
        show.title(
            f"The **{plain(name(hardest))}** on average, the **{plain(name(easiest))}** least: mean score "
            f"{three_digits(by_class[hardest])} against {three_digits(by_class[easiest])}. "
            f"Model in view: {view.trained.title}{part}.",
        )
    return evaluation


@shell.fragment
def show_gallery(view: shell.View, evaluation: cached.Evaluation) -> None:
    table = choose(view.digits, evaluation.test)
    scale = error_scale.of(view)
    threshold.remember(scale)
    if table.empty:
        noun = view.digits.noun
        st.info(f"No test {noun} fits this choice. Widen the score range, or choose more {noun}s.")
        return
    pages = -(-len(table) // PER_PAGE)
    page = linked.page_among(pages)
    shown = table.iloc[(page - 1) * PER_PAGE : page * PER_PAGE]
    images = view.digits.test.images[shown["index"]]
    p_values = evaluation.calibrator.p_values(shown["score"])
    captions = [
        figures.digit_caption(view.digits.one_of(label), score, p_value)
        for label, score, p_value in zip(shown["label"], shown["score"], p_values, strict=True)
    ]
    chosen = gallery.choose(
        shown["index"].to_numpy(),
        images,
        reconstruct(view.trained.model, images),
        scale.full,
        captions,
        alt=view.digits.say(
            f"Page {page} of the chosen test digits, each above its reconstruction and signed error"
        ),
        called=view.digits.say("Test digits"),
    )
    words, page_choice = st.columns([6, 1], vertical_alignment="top")
    with page_choice:
        choose_page(pages)
    with words:
        st.caption(
            f"{len(table):,} of {len(evaluation.test):,} test {view.digits.noun}s. Each above its "
            "reconstruction and its signed error. **Click one to see it large.**"
        )
        error_scale.show_legend(view, scale)
    show_digit(view, evaluation, scale, chosen)


def show_digit(view: shell.View, evaluation: cached.Evaluation, scale: ErrorScale, index: int) -> None:
    """One digit large: its pictures, its score and what that means, its code."""
    row = evaluation.test.iloc[index]
    image = view.digits.test.images[index : index + 1]
    p_value = float(evaluation.calibrator.p_values(row["score"]))
    with st.container(border=True, key="part-digit"):
        pictures, facts = st.columns([3, 4], gap="large")
        with pictures:
            made = reconstruct(view.trained.model, image)
            show.triptych(image, made, scale.full, f"test {view.digits.noun}")
            st.markdown(
                f"Test {view.digits.noun} **{index:,}**, **{plain(view.digits.one_of(int(row['label'])))}**. "
                f"Score **{three_digits(row['score'])}**: "
                f"at most **{percent(p_value)}** of validation {view.digits.noun}s score at least as high "
                f"(p-value). Ink {percent(row['ink'])} of full."
            )
        with facts:
            code = encode(view.trained.model, image)[0]
            st.plotly_chart(
                figures.code_bars(code), key="code", config=figures.QUIET, alt="Values of its latent code"
            )
        formulas.offer(evaluation.detector, image[0], f"this {view.digits.noun}")


view = shell.view()
link.adopt(linked.fields(view.digits))
evaluation = ask_and_answer(view)
show_gallery(view, evaluation)
with st.container(key="part-scores"):
    threshold.show_scores(view, evaluation)
