"""A field for one file of any type, for the page to refuse in words, a file that is too large as well.

Streamlit's own refusals, of a type or a size, are a red icon in the browser: the page does not know of them.
"""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from ui.shell import incoming

MEGABYTE = 10**6  # as Streamlit's field counts

mount = st.components.v2.component("upload_limit", js=Path(__file__).with_name("upload.js").read_text())


def ask(
    label: str, key: str, megabytes: int, take: Callable[[bytes | None], None], refuse: Callable[[str], None]
) -> None:
    """Shows the field. key: a name without spaces.

    take: is given each file, None when it is taken away again. refuse: is told why a file that is too large
    has not come; the one before it stays in the field.
    """

    def take_file() -> None:
        file = st.session_state[key]
        take(incoming.taken(file))

    def refuse_size() -> None:
        size = st.session_state[watch]["too_large"]
        if isinstance(size, int | float):  # a browser can send anything
            refuse(
                f"The file has {size / MEGABYTE:,.1f} MB; at most {megabytes} MB are allowed: "
                "make it smaller, then upload it again."
            )

    watch = f"{key} size"
    with st.container(key=f"{key}-field", gap=None):
        st.file_uploader(label, key=key, on_change=take_file, max_upload_size=megabytes)
        limit = {"field": f"{key}-field", "limit": megabytes * MEGABYTE}
        mount(data=limit, key=watch, on_too_large_change=refuse_size, height=1)
