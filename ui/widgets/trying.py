"""What a visitor does to runs, which may be refused: on Train and on Runs."""

from collections.abc import Callable

import streamlit as st

from ae_core.errors import LabError
from ui.shell.theme import plain


def try_to(act: Callable[..., object], *arguments: object) -> bool:
    """Does it, or tells why not: two tabs may press at once, and a disk may be full. Whether it was done."""
    try:
        act(*arguments)
    except LabError as error:
        st.toast(plain(str(error)), icon=":material/info:")
    except OSError as error:
        st.toast(f"The run's folder cannot be written: {error.strerror or error}.", icon=":material/error:")
    else:
        return True
    return False
