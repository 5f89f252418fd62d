"""Test images that are nearly the same as one in training: what a model knows by heart is no test."""

import streamlit as st

from ae_core.data.digits import Digits
from ae_core.data.duplicates import NEAR, Duplicates, near_duplicates
from ae_core.words import counted, percent
from ui.pictures import mosaic
from ui.shell import cached
from ui.shell.memory import kept

PAIRS = 12
LOOKED = "looked for duplicates"  # in the session, since the page was drawn
LOOK_SECONDS = 1.5  # from one look at whether it is known to the next


@kept(entries=16)
def found(dataset: str) -> Duplicates:
    return near_duplicates(cached.digits(dataset))


def show(digits: Digits) -> None:
    """What was found, once it is: full MNIST takes some seconds, and nobody waits for it."""
    is_known = found.begin(digits.name)
    st.session_state[LOOKED] = False
    st.fragment(show_found, run_every=None if is_known else LOOK_SECONDS)(digits, is_known)


def show_found(digits: Digits, was_known: bool) -> None:
    is_first_look = not st.session_state[LOOKED]
    st.session_state[LOOKED] = True
    if not found.begin(digits.name):
        comparisons = len(digits.test) * len(digits.train)
        st.caption(f":material/hourglass_top: Comparing {comparisons / 1e6:,.1f} million pairs of images ...")
        return
    if not was_known and not is_first_look:
        st.rerun()  # ends the looking; on the first look it would take away what the page says once
    show_pairs(digits, found(digits.name))


def show_pairs(digits: Digits, pairs: Duplicates) -> None:
    among = counted(len(digits.test), f"test {digits.noun}")
    meaning = f"a root mean square difference of at most {percent(NEAR)} of the full intensity"
    if not len(pairs):
        st.markdown(f"**None** of {among} has a near duplicate in training: {meaning}.")
        return
    st.markdown(
        f"Near duplicates in training: **{len(pairs):,}** of {among} "
        f"({percent(len(pairs) / len(digits.test))}), "
        f"**{pairs.identical:,}** of them identical. Near is {meaning}."
    )
    test, training = digits.test.images[pairs.test[:PAIRS]], digits.train.images[pairs.training[:PAIRS]]
    st.image(
        mosaic.data_uri(mosaic.grid([mosaic.ink_tiles(test), mosaic.ink_tiles(training)], scale=2)),
        width=57 * len(test),
        alt="The nearest pairs: test images above the training images that are nearly the same",
    )
    which = "The pair" if len(pairs) == 1 else f"The {len(test)} nearest pairs"
    st.caption(
        f"{which}: test above training. A few tell nothing; many make every test "
        "result look better than it is."
    )
