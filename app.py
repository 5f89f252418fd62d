"""Autoencoder Lab: `streamlit run app.py`."""

import streamlit as st

from ui import navigation, shell

st.set_page_config(page_title="Autoencoder Lab", page_icon=str(shell.ICON), layout="wide")
page = navigation.enter()
shell.show()
page.run()
