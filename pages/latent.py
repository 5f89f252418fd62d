"""Latent: what lives inside the code."""

import streamlit as st

from ui import latent, navigation, shell, show
from ui.theme import percent

navigation.guard()
view = shell.view()
codes = latent.Codes(view)
share = percent(codes.directions.share[:2].sum())
show.title(
    "What lives inside the code?",
    f"Each test digit is {codes.size} numbers to {view.trained.title}. "
    + (
        "Here they are, as they stand."
        if codes.size == 2
        else f"Its two main directions hold {share} of how they differ."
    ),
)
latent.show_map(codes)
if codes.size == 2:
    st.header("Every point draws something", anchor=False)
    latent.show_plane(codes)
st.header("Turn the code's own dials", anchor=False)
latent.show_sliders(codes)
st.header("From one digit to another", anchor=False)
latent.show_ways(codes)
st.header("Who is near?", anchor=False)
latent.show_neighbours(codes)
