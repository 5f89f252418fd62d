"""Autoencoder Lab: `streamlit run app.py`."""

from streamlit.starlette import App

from ui.shell.serving import lifespan

app = App("ui/shell/lab.py", lifespan=lifespan)
