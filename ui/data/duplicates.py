"""Test images that are nearly the same as one in training: what a model knows by heart is no test."""

import streamlit as st

from ae_core.data.digits import Digits
from ae_core.data.duplicates import NEAR, Duplicates, near_duplicates
from ae_core.words import counted, percent
from ui.pictures import mosaic
from ui.shell import cached
from ui.shell.memory import kept
from ui.widgets import later

PAIRS = 12


@kept(entries=16)
def found(dataset: str) -> Duplicates:
    return near_duplicates(cached.digits(dataset))


def show(digits: Digits) -> None:
    """What was found, once it is: full MNIST takes some seconds, and nobody waits for it."""

    def draw(is_known: bool) -> None:
        if is_known:
            show_pairs(digits, found(digits.name))
            return
        comparisons = len(digits.test) * len(digits.train)
        st.caption(f":material/hourglass_top: Comparing {comparisons / 1e6:,.1f} million pairs of images ...")

    later.show(lambda: found.begin(digits.name), draw)


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
