"""Whose code is near whose, and how plainly the codes hold the class."""

import numpy as np
import streamlit as st

from ae_core.glossary import explained
from ae_core.latent.geometry import NEIGHBOURS, PROBED
from ae_core.models.neighbours import nearest
from ae_core.runs.run import spoken_classes
from ae_core.words import percent
from ui.latent.codes import NEAR, Codes, accuracies, ask_digit, pixel_accuracies
from ui.pictures import mosaic
from ui.shell import cached, shell
from ui.shell.memory import kept

SHOWN = 10


@cached.of_model(entries=256)
def nearest_in_code(reference: str, dataset: str, number: int) -> np.ndarray:
    """Numbers of the training digits nearest to a test digit, nearest first."""
    test = cached.test_codes(reference, dataset)
    return nearest(cached.training_codes(reference, dataset), test[number], SHOWN)[0]


@kept(entries=256)
def nearest_in_pixels(dataset: str, number: int) -> np.ndarray:
    """The same by their pixels: 48,000 pictures are looked through."""
    digits = cached.digits(dataset)
    known = digits.train.images.reshape(len(digits.train), -1).astype(np.float32)
    return nearest(known, digits.test.images[number].reshape(-1).astype(np.float32), SHOWN)[0]


@shell.fragment
def show_neighbours(codes: Codes) -> None:
    digits = codes.view.digits
    number = ask_digit(codes, NEAR)
    train = digits.train.images
    rows = {
        digits.say("the digit"): digits.test.images[[number]],
        "nearest in the latent code": train[nearest_in_code(*codes.key, number)],
        "nearest in the pixels": train[nearest_in_pixels(digits.name, number)],
    }
    for name, images in rows.items():
        st.caption(f"**{name}**")
        st.image(
            mosaic.data_uri(mosaic.grid([mosaic.ink_tiles(images)], scale=2)),
            width=60 * len(images),
            alt=name,
        )


def show_accuracies(codes: Codes) -> None:
    """How often the class can be told from a code, and from the pixels, by two simple means."""
    digits = codes.view.digits
    if len(digits.classes) == 1:
        st.caption("There is one class alone, so nothing to be named.")
        return
    in_code, in_pixels = accuracies(*codes.key), pixel_accuracies(digits.name)
    rows = {"k-NN of codes": in_code[0], "Linear probe of codes": in_code[1]}
    rows |= {"k-NN of pixels": in_pixels[0], "Linear probe of pixels": in_pixels[1]}
    with st.container(key="pairs-accuracies"):
        columns = st.columns(4)
    for column, (name, share) in zip(columns, rows.items(), strict=True):
        column.metric(name, percent(share), help=explained(name.partition(" of ")[0]), border=True)
    spoken = spoken_classes(codes.view.classes, digits.class_names)
    restriction = f"; it was trained on some classes alone ({spoken})" if codes.view.classes else ""
    known = min(PROBED, len(digits.train))
    told = digits.say(
        f"Share of the {len(digits.test):,} test digits whose class is named right, knowing the classes of "
        f"{known:,} training digits."
    )
    st.caption(
        f"{told} k-NN: the class that most of the {NEIGHBOURS} nearest neighbours "
        "have. Linear probe: a logistic regression fitted to them, which is good where flat cuts part the "
        f"classes. The model itself was trained without labels{restriction}."
    )
