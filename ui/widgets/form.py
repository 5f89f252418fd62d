"""What stands in the fields of a form: one dataclass a form, its values in the session."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import streamlit as st


@dataclass(frozen=True)
class Form:
    """As it was entered, unchecked. keys: where the session has each field, by the field's name."""

    @classmethod
    def entered(cls, keys: Mapping[str, str]) -> Self:
        """What stands in the fields now."""
        return cls(**{name: st.session_state[key] for name, key in keys.items()})

    def fill_in(self, keys: Mapping[str, str]) -> None:
        """Puts it into the fields that hold nothing yet."""
        for name, key in keys.items():
            st.session_state.setdefault(key, getattr(self, name))
