"""Anomaly: thresholds on scores, what fools them, and experiments that measure how well they detect."""

import streamlit as st

from ui.anomaly import experiment as anomaly_experiment
from ui.anomaly import lessons, linked, published, result
from ui.shell import link, shell

view = shell.view()
experiment = anomaly_experiment.STEERING.current()
link.adopt(linked.fields(view, experiment))
lessons.show_answer(view)
lessons.show_threshold(view)

st.header("What fools a score?", anchor=False)
lessons.show_lessons(view, experiment)

st.header("Measure it: an experiment", anchor=False)
form, progress = st.columns([3, 2], gap="large")
with form:
    anomaly_experiment.ask(view, experiment)
with progress:
    anomaly_experiment.STEERING.choose(experiment)
    if experiment is None:
        st.info(
            "Start an experiment: its parts appear beneath as they finish. You may leave, reload or open a "
            "second tab.",
            icon=":material/play_arrow:",
        )
    else:
        anomaly_experiment.show_progress(experiment)
if experiment is not None:
    result.show(experiment)

st.header("How do others do?", anchor=False)
published.show_table(experiment)
