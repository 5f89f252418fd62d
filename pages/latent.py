"""Latent: what lives inside the code."""

import streamlit as st

from ae_core.words import counted, percent
from ui.latent import linked, neighbours, plane, sliders, walk
from ui.latent import map as latent_map
from ui.latent.codes import Codes
from ui.shell import link, shell
from ui.widgets import show

view = shell.view()
codes = Codes(view)
link.adopt(linked.fields(codes))
share = percent(codes.axes.share[:2].sum())
show.title(
    f"Each test {view.digits.noun} is a latent code of **{counted(codes.size, 'value')}** to this model. "
    + (
        "Here they are, as they stand."
        if codes.size <= 2
        else f"Two principal components hold **{share}** of the codes' variance."
    )
    + f" Model in view: {view.trained.title}.",
)
latent_map.show_map(codes)
if codes.size == 2:
    st.header("The decoded plane: every code is an image", anchor=False)
    plane.show_plane(codes)
st.header("Sliders along the principal components", anchor=False)
sliders.show_sliders(codes)
st.header("Interpolation: from one digit to another", anchor=False)
walk.show_walk(codes)
st.header("Nearest neighbours", anchor=False)
neighbours.show_neighbours(codes)
neighbours.show_accuracies(codes)
