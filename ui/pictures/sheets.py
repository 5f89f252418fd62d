"""Sheets of small pictures that browsers fetch by address and keep: digits of a data set, reconstructions.

Scripts cut thumbnails out of them. An address names the very pixels that are behind it.
"""

from collections.abc import Callable
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from ae_core.data.own.record import is_of_session
from ae_core.errors import LabError, NotFoundError
from ae_core.models.inference import reconstruct
from ui.pictures import mosaic
from ui.shell import cached, routes, shell
from ui.shell.memory import kept


def addresses(view: shell.View) -> list[str]:
    """Of the sheets of the test digits and of their reconstructions, as `hover.show_pictures` takes them."""
    digits = f"{routes.base()}/lab/sheets/{quote(view.digits.name)}/{view.digits.fingerprint}"
    return [f"{digits}.png", f"{digits}/{quote(view.reference)}/{view.trained.model.fingerprint}.png"]


def send_digits(request: Request) -> Response:
    return send(request, digit_sheet)


def send_reconstructions(request: Request) -> Response:
    reference = request.path_params["reference"]

    def sheet(dataset: str) -> bytes:
        if cached.model(reference).model.fingerprint != request.path_params["model"]:
            raise NotFoundError(f"The model {reference} has changed.")
        return reconstruction_sheet(reference, dataset)

    return send(request, sheet)


def send(request: Request, sheet: Callable[[str], bytes]) -> Response:
    """The sheet of a data set that is there, and still the same."""
    dataset = request.path_params["dataset"]
    try:
        digits = cached.digits(dataset)
        if digits.fingerprint != request.path_params["fingerprint"]:
            raise NotFoundError(f"The digits of {dataset} have changed.")
        return Response(sheet(dataset), media_type="image/png", headers=kept_by_browser(dataset))
    except LabError as error:
        return PlainTextResponse(str(error), status_code=404)


def kept_by_browser(dataset: str) -> dict[str, str]:
    """Images of a session are nothing for a cache that others share."""
    return routes.FOR_A_SESSION if is_of_session(dataset) else routes.FOR_EVER


@kept(entries=2)
def digit_sheet(dataset: str) -> bytes:
    return mosaic.sheet(cached.digits(dataset).test.images)


@cached.of_model(entries=8)
def reconstruction_sheet(reference: str, dataset: str) -> bytes:
    return mosaic.sheet(reconstruct(cached.model(reference).model, cached.digits(dataset).test.images))
