"""What a run is called in lists: two of one recipe can be told apart by when they were made."""

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

import streamlit as st

from ae_core.runs.run import Listed

LISTED = 200  # of the newest: a browser gets no longer list to choose from


def label(run: Listed) -> str:
    """The time first, for narrow lists cut off the end: 14:32:05 · dense-2, 25 epochs on mnist · 1f3a.

    One that has learned nothing says so next. The last characters of its id make each label the only one: the
    browser knows choices by them.
    """
    made = datetime.fromtimestamp(run.config.created, visitor_zone())
    today = made.date() == datetime.now(made.tzinfo).date()
    name = f"learned nothing: {run.name}" if run.caution else run.name
    return f"{made:{'%H:%M:%S' if today else '%d %b %H:%M:%S'}} · {name} · {run.id[-4:]}"


def visitor_zone() -> tzinfo:
    """The time zone that the visitor's browser tells, else that of the runs' ids."""
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (KeyError, ValueError, OSError):  # unknown to this machine
        return UTC
