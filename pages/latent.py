"""Latent: what lives inside the code."""

import streamlit as st

from ae_core.words import counted
from ui import latent_dials, latent_map, latent_neighbours, latent_walk, navigation, shell, show
from ui.latent_codes import Codes
from ui.theme import percent

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
    latent_dials.show_plane(codes)
st.header("Turn the code's own dials", anchor=False)
latent_dials.show_sliders(codes)
st.header("From one digit to another", anchor=False)
latent_walk.show_walk(codes)
st.header("Who is near?", anchor=False)
latent_neighbours.show_neighbours(codes)
latent_neighbours.show_accuracies(codes)
