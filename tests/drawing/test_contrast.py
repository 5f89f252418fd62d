"""Photographs, scans and screenshots are read as their clean pictures are; clean pictures as one sheet."""

import io

import numpy as np
import pytest
from PIL import Image

from ae_core.data.digits import Digits
from ae_core.drawing.contrast import contrast_to_paper
from ae_core.drawing.ink import digit_from_drawing
from ae_core.drawing.paper import contrast_to_sheet, lightness
from ae_core.drawing.picture import open_picture
from ae_core.errors import EmptyDrawingError
from benchmarks.camera import KINDS, photograph, rgba
from benchmarks.photographs import NEAR

SIDE = 480
Y, X = np.mgrid[-1 : 1 : SIDE * 1j, -1 : 1 : SIDE * 1j]
PAGES = {
    "brighter in the middle by 20 %": 225 * (1 - 0.2 * (X * X + Y * Y) / 2),
    "brighter in the middle by 25 %": 225 * (1 - 0.25 * (X * X + Y * Y) / 2),
    "half in shadow": (185 + 27 * X + 18 * Y) * np.where(X + 0.3 * Y < 0.35, 0.55, 1),
}


def field(digit: np.ndarray, side: int = 280) -> np.ndarray:
    """The digit's ink, 0 to 1, enlarged in the middle of a larger field."""
    large = np.asarray(Image.fromarray(digit).resize((side, side), Image.Resampling.BICUBIC)) / 255
    return np.pad(large, (SIDE - side) // 2)


def taken(picture: np.ndarray, seed: int = 0) -> np.ndarray:
    """What a camera makes of a picture: a little noise and a JPEG."""
    noisy = picture + np.random.default_rng(seed).normal(0, 2, picture.shape)
    file = io.BytesIO()
    Image.fromarray(np.clip(np.rint(noisy), 0, 255).astype(np.uint8)).save(file, "JPEG", quality=85)
    return open_picture(file.getvalue())


def apart(image: np.ndarray, other: np.ndarray) -> float:
    return float(np.square((image.astype(float) - other) / 255).mean())


@pytest.mark.slow
@pytest.mark.parametrize("kind", list(KINDS))
def test_a_photograph_is_read_as_its_clean_picture(embedded: Digits, kind: str):
    right = []
    for seed, digit in enumerate(embedded.test.images[[17, 404, 951]]):
        photo, clean = photograph(kind, digit, seed + 1000)
        found, wanted = digit_from_drawing(open_picture(photo)), digit_from_drawing(clean)
        right.append(apart(found.image, wanted.image) < NEAR)
    assert sum(right) >= 2


@pytest.mark.parametrize("page", list(PAGES))
def test_the_light_on_a_page_is_no_ink(embedded: Digits, page: str):
    for seed, digit in enumerate(embedded.test.images[::200]):
        ink = field(digit)
        result = digit_from_drawing(taken(PAGES[page] * (1 - 0.75 * ink), seed))
        assert result.inverted
        assert apart(result.image, digit_from_drawing(rgba(255 * (1 - ink))).image) < NEAR


@pytest.mark.parametrize("seed", [41, 61, 86, 97])
def test_a_shadow_that_ends_along_a_stroke_takes_nothing_of_it(embedded: Digits, seed: int):
    photo, clean = photograph("half_shadow", embedded.test.images[6 * seed], seed)
    found = digit_from_drawing(open_picture(photo))
    assert apart(found.image, digit_from_drawing(clean).image) < NEAR / 2


@pytest.mark.parametrize("page", list(PAGES))
def test_a_page_without_a_stroke_is_asked_for_one(page: str):
    with pytest.raises(EmptyDrawingError, match="Draw one digit"):
        digit_from_drawing(taken(PAGES[page]))


@pytest.mark.parametrize(
    ("kind", "name"), [("ruled", "printed line"), ("boxed", "frame"), ("scanner_strip", "border strip")]
)
def test_what_is_left_out_is_told(embedded: Digits, kind: str, name: str):
    photo, clean = photograph(kind, embedded.test.images[60], 5)
    assert digit_from_drawing(open_picture(photo)).left_out[name] > 0
    assert not digit_from_drawing(clean).left_out


def test_clean_pictures_are_read_as_one_sheet(embedded: Digits):
    """To the last bit, wherever the digit stands and whatever the paper."""
    for seed, digit in enumerate(embedded.test.images[::125]):
        ink = field(digit, side=200)
        shifted = np.roll(ink, (-139, -139), axis=(0, 1))  # its box ends at the picture's corner
        for picture in (rgba(255 * ink), rgba(255 * (1 - shifted)), taken(230 - 180 * ink, seed)):
            expected = contrast_to_sheet(lightness(picture))
            assert np.array_equal(contrast_to_paper(picture).ink, expected.ink)


@pytest.mark.parametrize("ink_side", [40, 120])
def test_a_box_of_its_own_ink_is_kept(ink_side: int):
    """A square that stands alone is what was drawn; a box is left out only where something is in it."""
    page = np.full((280, 280), 255.0)
    edge = slice(140 - ink_side, 140 + ink_side)
    page[edge, edge] = 0
    page[140 - ink_side + 8 : 132 + ink_side, 140 - ink_side + 8 : 132 + ink_side] = 255
    result = digit_from_drawing(rgba(page))
    assert result.box == (140 - ink_side, 140 - ink_side, 140 + ink_side, 140 + ink_side)


@pytest.mark.parametrize(
    ("ink", "paper"),
    [((200, 60, 60), (60, 131, 60)), ((250, 230, 0), (224, 224, 224)), ((20, 20, 200), (70, 0, 70))],
)
def test_ink_as_light_as_its_paper_is_told_by_its_colour(embedded: Digits, ink: tuple, paper: tuple):
    share = field(embedded.test.images[300])[..., None]
    colours = np.rint(np.array(paper) + share * (np.array(ink) - np.array(paper))).astype(np.uint8)
    opaque = np.full((SIDE, SIDE, 1), 255, np.uint8)
    wanted = digit_from_drawing(rgba(255 * (1 - share[..., 0])))
    assert apart(digit_from_drawing(np.dstack([colours, opaque])).image, wanted.image) < 0.01
