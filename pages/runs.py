"""Runs: all of them in one table, and any of them side by side."""

import streamlit as st

from ae_core.runs.overview import best
from ae_core.words import counted, three_digits
from ui.runs import acts, bring, table, view
from ui.shell import link, navigation, shell
from ui.shell.theme import plain
from ui.widgets import show


def answer(rows: list) -> str:
    if not rows:
        return "No run yet. Train one, and it stands here with its curve and its digits."
    told = f"**{counted(len(rows), 'run')}** on file"
    found = best(rows)
    if found is None or found.facts is None or found.facts.test_error is None:
        return f"{told}; none has a test error yet."
    return (
        f"{told}. The lowest test error on {found.listed.config.dataset}: "
        f"**{three_digits(found.facts.test_error)}** by **{plain(found.listed.name)}**."
    )


link.adopt(table.linked())
all_rows = table.all_rows()
show.title(answer(all_rows))
acts.DELETION.offer_undo()
if not all_rows:
    st.page_link(
        navigation.PAGES / "train.py",
        label="Train a model",
        icon=":material/arrow_forward:",
        query_params=shell.url_values(),
    )
else:
    rows = table.ask(all_rows)
    table.show(rows, len(all_rows))
    view.show_chosen(shell.view(), table.tags_of(row.listed for row in all_rows))
    if table.must_be_watched(rows):
        table.keep_watch(rows)
bring.ask(shell.view())
