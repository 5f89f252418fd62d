"""What browsers fetch besides pages: models to work with themselves, and the code that does it."""

import hashlib
from pathlib import Path
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from streamlit import config

from ae_core.errors import LabError
from ae_core.models.network import Network
from ae_core.models.portable import portable
from ui.shell import cached

NETWORK_JS = Path(__file__).with_name("network.js").read_text()
# An address names the very bytes that are behind it, so a browser never needs to ask twice.
FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
FOR_A_SESSION = {"Cache-Control": "private, no-store"}


def code_address() -> str:
    """Of the module that runs a network in the browser."""
    return f"{base()}/lab/network-{hashlib.sha256(NETWORK_JS.encode()).hexdigest()[:12]}.js"


def model_address(reference: str, model: Network) -> str:
    return f"{base()}/lab/models/{quote(reference)}/{model.fingerprint}"


def base() -> str:
    path = str(config.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{path}" if path else ""


def send_code(_: Request) -> Response:
    return Response(NETWORK_JS, media_type="text/javascript", headers=FOR_EVER)


def send_model(request: Request) -> Response:
    try:
        model = cached.model(request.path_params["reference"]).model
        if model.fingerprint != request.path_params["fingerprint"]:
            return PlainTextResponse("This model has changed.", status_code=404)
        return Response(portable(model), media_type="application/octet-stream", headers=FOR_EVER)
    except LabError as error:
        return PlainTextResponse(str(error), status_code=404)


def send_home(request: Request) -> Response:
    """Home has no name of its own in addresses; people try one."""
    return RedirectResponse(str(request.url.replace(path=f"{base()}/")))
