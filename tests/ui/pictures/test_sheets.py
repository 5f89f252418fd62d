"""Sheets of digits by address: the pictures of the very digits and model that are named, or a sentence."""

import io

import numpy as np
import pytest
from PIL import Image
from starlette.requests import Request
from starlette.responses import Response

from ae_core import zoo
from ae_core.data.sources import load_digits
from ae_core.models.inference import reconstruct
from ui.pictures import mosaic, sheets


def ask(dataset: str, fingerprint: str, reference: str = "", model: str = "") -> Response:
    asked = {"dataset": dataset, "fingerprint": fingerprint, "reference": reference, "model": model}
    request = Request({"type": "http", "path_params": asked})
    return sheets.send_reconstructions(request) if reference else sheets.send_digits(request)


@pytest.fixture(scope="module")
def known() -> dict[str, str]:
    """The fingerprints that addresses hold."""
    return {"digits": load_digits("embedded").fingerprint, "model": zoo.load("dense-8").fingerprint}


def pixels(sheet: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(sheet)).convert("RGB"))


def test_the_digits_and_their_reconstructions_are_sent_once_for_ever(known):
    images = load_digits("embedded").test.images
    made = reconstruct(zoo.load("dense-8"), images)
    answers = {
        ask("embedded", known["digits"]): images,
        ask("embedded", known["digits"], "zoo:dense-8", known["model"]): made,
    }
    for answer, pictures in answers.items():
        assert "immutable" in answer.headers["cache-control"]
        np.testing.assert_array_equal(pixels(answer.body), pixels(mosaic.sheet(pictures)))


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (("embedded", "0000"), "digits of embedded have changed"),
        (("embedded", "{digits}", "zoo:dense-8", "0000"), "zoo:dense-8 has changed"),
        (("embedded", "{digits}", "zoo:nothing", "0000"), "nothing"),
        (("shoes", "0000"), "shoes"),
        (("../../etc/passwd", "0000"), "passwd"),
    ],
)
def test_what_is_not_there_or_has_changed_is_said(known, asked, words):
    answer = ask(*(each.format(**known) for each in asked))
    assert answer.status_code == 404
    assert words in answer.body.decode()
