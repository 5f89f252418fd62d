"""Anomaly: thresholds on scores, what fools them, and experiments that measure how well they detect."""

import streamlit as st

from ui import anomaly_lessons, navigation, shell

navigation.guard()
view = shell.view()
anomaly_lessons.show_answer(view)
anomaly_lessons.show_threshold(view)
st.header("What fools a score?", anchor=False)
anomaly_lessons.show_lessons(view)
