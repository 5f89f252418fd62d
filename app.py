"""Autoencoder Lab: `streamlit run app.py`."""

from starlette.routing import Route
from streamlit.starlette import App

from ui.shell.first_paint import page_routes
from ui.shell.one_of_several import middleware
from ui.shell.serving import answer, lifespan

SHEET = "/lab/sheets/{dataset}/{fingerprint}"
ROUTES = [
    Route("/lab/network-{version}.js", answer("ui.shell.routes", "send_code")),
    Route("/lab/models/{reference}/{fingerprint}", answer("ui.shell.routes", "send_model")),
    Route(SHEET + ".png", answer("ui.pictures.sheets", "send_digits")),
    Route(SHEET + "/{reference}/{model}.png", answer("ui.pictures.sheets", "send_reconstructions")),
    Route("/home", answer("ui.shell.routes", "send_home")),
    *page_routes(),
]

app = App("ui/shell/lab.py", lifespan=lifespan, routes=ROUTES, middleware=middleware())
