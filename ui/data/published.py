"""Published sets by name: what each is, its size, source and licence, and the button that fetches it."""

import streamlit as st

from ae_core.data.own.published import PUBLISHED, Published, start_published
from ui.shell import cached, download, shell


def show() -> None:
    present = {each.name for each in cached.own_data()}
    for name, published in PUBLISHED.items():
        with st.container(border=True):
            st.markdown(f"**{published.title}**: {published.content}")
            st.caption(
                f"{published.megabytes} MB to download · {published.source} · licence: {published.licence}"
            )
            show_state(name, published, name in present)


def show_state(name: str, published: Published, is_here: bool) -> None:
    if is_here:
        st.button(
            f"Look at {published.title}",
            icon=":material/visibility:",
            on_click=shell.choose,
            args=("data", name),
        )
    elif download.shows(name, published.title):
        st.caption("You may leave or reload: it goes on by itself, for all who use this server.")
    else:
        st.button(
            f"Get {published.title}", icon=":material/download:", on_click=start_published, args=(name,)
        )
