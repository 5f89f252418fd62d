"""What takes long to find out: a page is drawn without it, looks for it now and then, then shows it."""

from collections.abc import Callable
from itertools import count

import streamlit as st

LOOK_SECONDS = 1.0  # from one look to the next


def show(is_known: Callable[[], bool], draw: Callable[[bool], None], pace: float = LOOK_SECONDS) -> None:
    """is_known: also begins to find out; draw: is told whether it is known; pace: seconds between looks."""
    was_known, looks = is_known(), count()

    def look() -> None:
        is_first, known = next(looks) == 0, is_known()
        if known and not was_known and not is_first:
            st.rerun()  # ends the looking; on the first look it would take away what the page says once
        draw(known)

    st.fragment(look, run_every=None if was_known else pace)()
