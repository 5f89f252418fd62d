"""Latent: what lives inside the code."""

import streamlit as st

from ae_core.words import counted, percent
from ui.latent import dials, neighbours, walk
from ui.latent import map as latent_map
from ui.latent.codes import Codes
from ui.shell import navigation, shell
from ui.widgets import show

navigation.guard()
view = shell.view()
codes = Codes(view)
share = percent(codes.directions.share[:2].sum())
show.title(
    "What lives inside the code?",
    f"Each test digit is **{counted(codes.size, 'number')}** to this model. "
    + (
        "Here they are, as they stand."
        if codes.size <= 2
        else f"Two main directions hold **{share}** of how the codes differ."
    )
    + f" Model in view: {view.trained.title}.",
)
latent_map.show_map(codes)
if codes.size == 2:
    st.header("Every point draws something", anchor=False)
    dials.show_plane(codes)
st.header("Turn the code's own dials", anchor=False)
dials.show_sliders(codes)
st.header("From one digit to another", anchor=False)
walk.show_walk(codes)
st.header("Who is near?", anchor=False)
neighbours.show_neighbours(codes)
neighbours.show_accuracies(codes)
