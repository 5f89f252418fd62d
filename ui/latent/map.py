"""The map of the test digits' codes: which map, and how it is coloured."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from ae_core.glossary import explained
from ae_core.latent.geometry import map_of
from ae_core.words import percent
from ui.latent import figures, selection, tsne
from ui.latent.codes import Codes
from ui.pictures import canvas, draft, hover, sheets
from ui.pictures.figures import WITH_TOOLS
from ui.shell import cached, shell
from ui.shell.theme import by_theme
from ui.widgets import export, scores

COMPONENTS, TSNE = "principal components", "t-SNE"
MAP, COLOUR = "map kind", "map colour"  # in the session


@shell.fragment
def show_map(codes: Codes) -> None:
    controls = st.container(horizontal=True, vertical_alignment="bottom")
    with controls:
        wanted = choose_map(codes)
        colouring = st.segmented_control(
            "Colour",
            figures.COLOURINGS,
            required=True,
            key=COLOUR,
            persist_state="session",
        )
        scores.choose(codes.view)
    finished = tsne.places(codes) if wanted == TSNE else None
    if wanted == TSNE and finished is None:
        tsne.show_request(codes)
    figure = draw(codes, colouring, finished)
    with controls:
        export.offer_html(figure, "map")
    with hover.scene():
        event = draft.plotly_chart(
            figure,
            key="map",
            on_select="rerun",
            selection_mode=("points", "box", "lasso"),
            config=WITH_TOOLS,
            alt=codes.view.digits.say("Map of the test digits' codes"),
        )
        hover.show_pictures(sheets.addresses(codes.view))
    if finished is not None:
        st.caption(tsne.MEANING)
    selection.show(codes, figures.digits_of(event.selection.points, len(codes.test)))


def choose_map(codes: Codes) -> str:
    """Which of the maps; two values are their own."""
    if codes.size == 2:
        return COMPONENTS
    return st.segmented_control(
        "Map",
        [COMPONENTS, TSNE],
        required=True,
        help=f"{explained('PCA')} **t-SNE**: {explained('t-SNE')}",
        key=MAP,
        persist_state="session",
    )


def draw(codes: Codes, colouring: str, finished: np.ndarray | None) -> go.Figure:
    """finished: the t-SNE map [N, 2]; None draws the code's own values or its principal components."""
    image = canvas.digit()
    code = None if image is None else codes.of(image)
    if finished is not None:
        place = None if code is None else tsne.place_of(codes, code, finished)
        facts = facts_of(scores.evaluation(codes.view), codes.view.digits.class_names)
        return figures.code_map(finished, facts, None, colouring=colouring, drawing=place)
    if code is None:
        return without_drawing(*codes.key, scores.evaluation(codes.view).score.name, colouring)
    return of_codes(
        codes, facts_of(scores.evaluation(codes.view), codes.view.digits.class_names), colouring, code
    )


@cached.of_model(entries=16, key=by_theme)
def without_drawing(reference: str, dataset: str, score: str, colouring: str) -> go.Figure:
    """As most visitors see it; 10,000 points take a while."""
    facts = facts_of(cached.evaluation(reference, dataset, score), cached.digits(dataset).class_names)
    return of_codes(Codes(shell.view()), facts, colouring, None)  # whose keys these are


def of_codes(codes: Codes, facts: figures.Facts, colouring: str, code: np.ndarray | None) -> go.Figure:
    """code: the drawing's."""
    if codes.size == 1:
        return figures.one_number(codes.test[:, 0], facts, colouring=colouring, drawing=code)
    place = None if code is None else map_of(code[None], codes.axes)[0]
    return figures.code_map(codes.map, facts, axis_titles(codes), colouring=colouring, drawing=place)


def facts_of(evaluation: cached.Evaluation, names: tuple[str, ...]) -> figures.Facts:
    found = evaluation.test["score"].to_numpy()
    labels, p_values = evaluation.test["label"].to_numpy(), evaluation.calibrator.p_values(found)
    return figures.Facts(labels, found, p_values, names)


def axis_titles(codes: Codes) -> tuple[str, str]:
    if codes.size == 2:
        return "First latent dimension", "Second latent dimension"
    return tuple(
        f"PC {number} ({word} principal component): {percent(share)} of the variance"
        for number, word, share in zip((1, 2), ("first", "second"), codes.axes.share, strict=False)
    )
