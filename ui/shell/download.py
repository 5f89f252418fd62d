"""The offer to fetch full MNIST, and the progress bar of any such download, which goes on by itself."""

from collections.abc import Callable

import streamlit as st

from ae_core.data import fetch
from ui.shell import cached
from ui.shell.theme import plain


def offer() -> None:
    """A button while nothing was asked for; a bar while it comes; a message where it failed."""
    if shows("mnist", "full MNIST", cached.data_state.clear):
        return
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


def shows(name: str, called: str, at_end: Callable[[], None] = lambda: None) -> bool:
    """Whether that download is under way, and its bar is shown; one that failed says why.

    at_end: what else is to be done when it has ended, before the page is drawn anew.
    """
    download = fetch.current_download(name=name)
    if download is None:
        return False
    if not download.done:
        progress(name, called, at_end)
        return True
    if download.error:
        st.error(plain(download.error))
    return False


@st.fragment(run_every=0.5)
def progress(name: str, called: str, at_end: Callable[[], None]) -> None:
    download = fetch.current_download(name=name)
    if download is None or download.done:
        at_end()
        st.rerun()
    how_far = f"{100 * download.fraction:.0f} %" if download.fraction else "no answer from the network yet"
    st.progress(download.fraction, text=f"Fetching {called}: {how_far}")
