"""The wall: a line for each class with the mean of its training images and some of them."""

import html
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st

from ui.pictures import mosaic
from ui.shell import cached, link, shell
from ui.shell.memory import kept

A_LINE = 16  # images
MANY = 20  # classes, from which on the wall is scrolled
HEIGHT = 760  # pixels of a wall that is scrolled
SEED, MOST_SEED = "sample wall", 9999  # in the session: what the images are drawn by
STYLE = Path(__file__).with_name("classes.css").read_text()


@dataclass(frozen=True)
class Line:
    """mean and some: pictures as addresses."""

    name: str
    count: int
    mean: str
    some: str


@kept(entries=32)
def lines(dataset: str, seed: int) -> list[Line]:
    digits, random = cached.digits(dataset), np.random.default_rng(seed)
    train, found = digits.train, []
    for label in digits.classes:
        images = train.images[train.labels == label]
        if not len(images):
            continue
        mean = images.mean(axis=0, dtype=np.float32)[None] / 255
        some = images[random.permutation(len(images))[:A_LINE]]
        found.append(Line(digits.class_name(label), len(images), uri(mean), uri(some)))
    return found


def uri(images: np.ndarray) -> str:
    return mosaic.data_uri(mosaic.grid([mosaic.ink_tiles(images)], scale=1))


@shell.fragment
def show(view: shell.View) -> None:
    digits, seed = view.digits, st.session_state[SEED]
    wall = st.container(height=HEIGHT if len(digits.classes) > MANY else "content", border=False)
    wall.html(
        f"<style>{STYLE}</style><div class='ae-wall'>{''.join(map(written, lines(digits.name, seed)))}</div>"
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Others", icon=":material/shuffle:", on_click=choose_others)
        st.caption(
            "Left the **mean** of all training images of a class, right some of them, drawn by chance. A "
            "sharp mean says that they are much alike, a blurred one that they differ."
        )


def linked() -> list[link.Field]:
    """What the URL of the page holds."""
    return [link.count("others", SEED, 0, MOST_SEED, "Others", 0, is_control=False)]


def choose_others() -> None:
    st.session_state[SEED] = (st.session_state[SEED] + 1) % (MOST_SEED + 1)


def written(line: Line) -> str:
    name = html.escape(line.name)
    return (
        f"<div class='ae-class'><b>{name}</b><small>{line.count:,}</small>"
        f"<img class='ae-mean' src='{line.mean}' alt='Mean of the training images of {name}'>"
        f"<img src='{line.some}' alt='Some training images of {name}'></div>"
    )
