"""A way back to what was made before: runs, experiments."""

from collections.abc import Callable, Mapping

import streamlit as st


def choose(
    kind: str,
    labels: Mapping[str, str],
    present: str | None,
    look_at: Callable[[str], None],
    more: str | None = None,
) -> None:
    """labels: by id; present: the id of the one in view, if any; more: where those not listed are found."""
    if not labels:
        return
    # A new widget whenever a label changes: the browser would go on sending the old one, which means nothing.
    key = f"choose {kind} {present or ''} of {hash(tuple(labels.values()))}"
    st.selectbox(
        f"{kind.capitalize()} in view",
        list(labels),
        index=list(labels).index(present) if present in labels else None,
        format_func=labels.get,
        placeholder=f"Choose an earlier {kind}",
        key=key,
        help=more,
        on_change=lambda: look_at(st.session_state[key]) if st.session_state[key] else None,
    )
