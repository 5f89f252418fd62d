"""The choice of some classes of the data set in view: pills for a few, a list for many."""

import streamlit as st

from ae_core.data.digits import Digits

FEW = 12  # classes that pills have room for
MOST_NAME = 14  # characters of a name in a pill


def choose(digits: Digits, label: str = "", key: str = "labels", **more: object) -> list[int]:
    """The classes that the visitor chose; none means all. more: for the field."""
    label = label or ("Classes" if digits.class_names else "Digits")
    key = key_of(digits, key)
    more = {"help": f"None: all {'classes' if digits.class_names else 'ten'}.", **more}
    st.session_state[key] = [each for each in st.session_state.get(key, []) if each in digits.classes]
    if len(digits.classes) > FEW:
        return st.multiselect(
            label, digits.classes, format_func=digits.class_name, key=key, placeholder="All", **more
        )
    return st.pills(
        label,
        list(digits.classes),
        format_func=lambda each: shortened(digits.class_name(each)),
        selection_mode="multi",
        key=key,
        wrap=True,
        **more,
    )


def key_of(digits: Digits, key: str) -> str:
    """Where the session has the choice: each own data set has other classes."""
    return f"{key} {digits.name}" if digits.class_names else key


def shortened(name: str) -> str:
    return name if len(name) <= MOST_NAME else f"{name[: MOST_NAME - 1]}…"
