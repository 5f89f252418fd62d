"""Anomaly: thresholds on scores, what fools them, and experiments that measure how well they detect."""

import streamlit as st

from ui.anomaly import experiment as anomaly_experiment
from ui.anomaly import lessons as anomaly_lessons
from ui.anomaly import published as anomaly_published
from ui.anomaly import result as anomaly_result
from ui.shell import navigation, shell

navigation.guard()
view = shell.view()
anomaly_lessons.show_answer(view)
anomaly_lessons.show_threshold(view)

st.header("What fools a score?", anchor=False)
experiment = anomaly_experiment.STEERING.current()
anomaly_lessons.show_lessons(view, experiment)

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
            icon=":material/arrow_back:",
        )
    else:
        anomaly_experiment.show_progress(experiment)
if experiment is not None:
    anomaly_result.show(experiment)

st.header("How do others do?", anchor=False)
anomaly_published.show_table(experiment)
