"""How many images there are of each class, and how they are divided."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from ae_core.data.digits import Digits
from ae_core.glossary import explained
from ae_core.words import counted, percent
from ui.pictures.figures import QUIET
from ui.shell.theme import colour, plain

PARTS = {"training": "training", "validation": "validation", "test": "normal"}  # the colour of each


def counts(digits: Digits) -> np.ndarray:
    """Images of each part and class, int [3, classes]."""
    splits = (digits.train, digits.validation, digits.test)
    return np.stack([np.bincount(each.labels, minlength=len(digits.classes)) for each in splits])


def answer(digits: Digits) -> str:
    """The page's question answered in a line."""
    of_class = counts(digits).sum(axis=0)
    most, least = int(of_class.argmax()), int(of_class.argmin())
    total = int(of_class.sum())
    told = f"From **{counted(len(digits.train), digits.noun)}** of {kinds(digits)}"
    told += f"; {counted(len(digits.test), digits.noun)} test it. "
    if of_class[most] == of_class[least]:
        return f"{told}All classes have as many, {of_class[most]:,}."
    return (
        f"{told}Most are **{plain(digits.class_name(most))}** ({percent(of_class[most] / total)}), fewest "
        f"**{plain(digits.class_name(least))}** ({percent(of_class[least] / total)})."
    )


def kinds(digits: Digits) -> str:
    count = len(digits.classes)
    return "1 class" if count == 1 else f"{count} classes"


def show(digits: Digits) -> None:
    table = counts(digits)
    numbers, chart = st.columns([2, 3], gap="large", vertical_alignment="center")
    with numbers, st.container(key="four-of-data"):
        values = {
            name.capitalize(): (part.sum(), explained(f"{name.capitalize()} digits"))
            for name, part in zip(PARTS, table, strict=True)
        }
        values["Classes"] = len(digits.classes), "Kinds of images; a model is trained without knowing them."
        pairs = list(values.items())
        for two in (pairs[:2], pairs[2:]):
            for column, (name, (value, told)) in zip(st.columns(2), two, strict=True):
                column.metric(name, f"{value:,}", help=told, border=True)
    with chart:
        st.plotly_chart(
            balance(digits, table),
            key="balance",
            config=QUIET,
            alt="How many images of each class are for training, validation and test",
        )


def balance(digits: Digits, table: np.ndarray) -> go.Figure:
    """Stacked bars: a class each, its images by part."""
    names = [digits.class_name(label) for label in digits.classes]
    figure = go.Figure()
    for (part, meaning), row in zip(PARTS.items(), table, strict=True):
        figure.add_bar(
            x=names,
            y=row,
            name=part,
            marker_color=colour(meaning),
            hovertemplate=f"%{{x}}: %{{y:,}} for {part}<extra></extra>",
        )
    return figure.update_layout(
        barmode="stack",
        height=240,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "traceorder": "normal"},
        xaxis={"title": "Class" if digits.class_names else "Digit", "type": "category"},
        yaxis={"title": f"{digits.noun.capitalize()}s"},
    )
