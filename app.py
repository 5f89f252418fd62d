"""Autoencoder Lab: `streamlit run app.py`."""

from streamlit.starlette import App

from ui.shell.serving import ROUTES, lifespan

app = App("ui/shell/lab.py", lifespan=lifespan, routes=ROUTES)
