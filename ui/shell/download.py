"""The offer to fetch full MNIST, and its progress bar."""

import streamlit as st

from ae_core.data import fetch
from ui.shell import cached
from ui.shell.theme import plain


def offer() -> None:
    """A button while nothing was asked for; a bar while it comes; a message where it failed."""
    download = fetch.current_download()
    if download is not None and not download.done:
        progress()
        return
    if download is not None and download.error:
        st.error(plain(download.error))
    for damage in cached.data_state()["files"].values():
        if damage not in ("sound", "missing"):
            st.error(plain(damage))
    if st.button(
        "Get full MNIST",
        icon=":material/download:",
        help="Downloads 11 MB once. Until then everything works with the embedded digits.",
        width="stretch",
    ):
        fetch.start_download()
        st.rerun()


@st.fragment(run_every=0.5)
def progress() -> None:
    download = fetch.current_download()
    if download is None or download.done:
        cached.data_state.clear()
        st.rerun()
    how_far = f"{100 * download.fraction:.0f} %" if download.fraction else "no answer from the network yet"
    st.progress(download.fraction, text=f"Fetching full MNIST: {how_far}")
