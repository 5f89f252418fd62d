"""Digits as pictures: sizes, order, and what each colour says."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from ui.pictures import mosaic
from ui.shell.theme import LIGHT

FULL = 0.75


def rgb(hexadecimal: str) -> list[int]:
    return list(bytes.fromhex(hexadecimal.removeprefix("#")))


def picture_in(address: str) -> np.ndarray:
    kind, data = address.split(",")
    assert kind == "data:image/png;base64"
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data))))


def plain(value: float, count: int = 1) -> np.ndarray:
    return np.full((count, 28, 28), value, np.float32)


def test_ink_is_white_on_near_black_and_rises_with_intensity():
    ramp = np.arange(256, dtype=np.uint8).repeat(4)[: 28 * 28].reshape(1, 28, 28)
    tiles = mosaic.ink_tiles(ramp)
    assert tiles.shape == (1, 28, 28, 3)
    assert tiles.dtype == np.uint8
    assert (np.diff(tiles.reshape(-1, 3).astype(int), axis=0) >= 0).all()
    assert mosaic.ink_tiles(np.uint8([[[0, 255]]])).tolist() == [[[[4, 6, 9], [255, 255, 255]]]]


def test_bytes_and_intensities_give_the_same_tiles(embedded):
    images = embedded.test.images[:5]
    assert np.array_equal(mosaic.ink_tiles(images), mosaic.ink_tiles(images.astype(np.float32) / 255))


def test_intensities_beyond_their_range_are_black_or_white():
    assert np.array_equal(mosaic.ink_tiles(plain(-3)), mosaic.ink_tiles(plain(0)))
    assert np.array_equal(mosaic.ink_tiles(plain(3)), mosaic.ink_tiles(plain(1)))


def test_the_errors_colours_are_those_of_the_palette():
    white, black = np.full((1, 1, 1), 255, np.uint8), np.zeros((1, 1, 1), np.uint8)
    one, nothing = np.ones((1, 1, 1), np.float32), np.zeros((1, 1, 1), np.float32)
    assert mosaic.error_tiles(white, one, FULL).ravel().tolist() == [255, 255, 255]
    assert mosaic.error_tiles(black, nothing, FULL).ravel().tolist() == [255, 255, 255]
    assert mosaic.error_tiles(white, nothing, FULL).ravel().tolist() == rgb(
        LIGHT["training"]
    )  # too dark: blue
    assert mosaic.error_tiles(black, one, FULL).ravel().tolist() == rgb(
        LIGHT["anomaly"]
    )  # too bright: vermillion


def test_a_larger_error_is_further_from_white():
    levels = np.linspace(0, FULL, 20, dtype=np.float32).reshape(1, 1, 20)
    black = np.zeros((1, 1, 20), np.uint8)
    brightness = mosaic.error_tiles(black, levels, FULL)[0, 0].astype(int).sum(axis=1)
    assert (np.diff(brightness) < 0).all()


@pytest.mark.parametrize("latent_dim", [1, 2, 3, 8, 32, 64, 784])
def test_each_number_of_a_code_has_a_block_of_its_own(latent_dim):
    """Light up one number at a time: its block is lit, and the blocks do not overlap."""
    codes = np.eye(latent_dim, dtype=np.float32)[: min(latent_dim, 64)]
    tiles = mosaic.code_tiles(codes)
    assert tiles.shape == (len(codes), 28, 28, 3)
    lit = (tiles != mosaic.INK_BLACK.astype(np.uint8)).any(axis=3)
    assert (lit.sum(axis=(1, 2)) > 0).all()
    assert (lit.sum(axis=0) <= 1).all()


def test_a_codes_colours_tell_sign_and_size():
    negative, positive, half, zero = mosaic.code_tiles(np.float32([[-2], [2], [1], [0]]))[:, 0, 0].tolist()
    assert negative == rgb(LIGHT["training"])
    assert positive == rgb(LIGHT["anomaly"])
    assert zero == [4, 6, 9]
    assert np.allclose(half, (np.array(positive) + zero) / 2, atol=1)


def test_codes_of_zeros_are_dark():
    assert (mosaic.code_tiles(np.zeros((2, 4), np.float32)) == [4, 6, 9]).all()


def test_a_grid_keeps_its_tiles_and_leaves_gaps_transparent():
    rows = [np.full((3, 4, 5, 3), 10 * (row + 1), np.uint8) for row in range(2)]
    rows[1] = rows[1][:2]  # a shorter row
    picture = mosaic.grid(rows, scale=2, gap=1)
    assert picture.shape == (2 * (2 * 4 + 1), 2 * (3 * 5 + 2), 4)
    small = picture[::2, ::2]
    assert np.array_equal(small.repeat(2, axis=0).repeat(2, axis=1), picture)  # enlarged without smoothing
    assert (small[:4, :5] == [10, 10, 10, 255]).all()
    assert (small[5:, 6:11] == [20, 20, 20, 255]).all()
    assert (small[4, :, 3] == 0).all()
    assert (small[:, 5, 3] == 0).all()
    assert (small[5:, 12:, 3] == 0).all()


@pytest.mark.parametrize("count", [1, 10, 13, 20])
def test_triptychs_show_original_reconstruction_error_in_this_order(embedded, count):
    images = embedded.test.images[:count]
    reconstructions = np.clip(images.astype(np.float32) / 255 + 0.25, 0, 1)
    picture = mosaic.triptychs(images, reconstructions, FULL, columns=10)
    lines = -(-count // 10)
    block = 3 * 28 + 2
    assert picture.shape == (
        lines * block + (lines - 1) * mosaic.LINE_GAP,
        min(count, 10) * 29 - 1,
        4,
    )
    last = count - 1
    top, left = (last // 10) * (block + mosaic.LINE_GAP), (last % 10) * 29
    kinds = (
        mosaic.ink_tiles(images),
        mosaic.ink_tiles(reconstructions),
        mosaic.error_tiles(images, reconstructions, FULL),
    )
    for place, tiles in enumerate(kinds):
        shown = picture[top + place * 29 :][:28, left : left + 28]
        assert np.array_equal(shown[..., :3], tiles[last])
        assert (shown[..., 3] == 255).all()


def test_digits_lie_over_their_errors_and_over_nothing_else(embedded):
    images = embedded.test.images[:13]
    picture = mosaic.triptychs(images, images.astype(np.float32) / 255, FULL, columns=10)
    over = mosaic.over_errors(images, columns=10)
    assert over.shape == picture.shape
    assert (over[:58, :, 3] == 0).all()
    assert np.array_equal(over[58 : 58 + 28], picture[:28])
    assert np.array_equal(over[-28:], picture[-28 * 3 - 2 :][:28])


@pytest.mark.parametrize("channels", [3, 4])
def test_a_data_address_holds_the_same_pixels(channels):
    picture = np.random.default_rng(0).integers(0, 256, (7, 11, channels), np.uint8)
    assert np.array_equal(picture_in(mosaic.data_uri(picture)), picture)


@pytest.mark.parametrize("count", [1, 99, 100, 101, 250])
@pytest.mark.parametrize("as_bytes", [True, False])
def test_a_sheet_holds_every_digit_where_a_script_looks_for_it(embedded, count, as_bytes):
    images = embedded.test.images[:count]
    made = mosaic.sheet(images if as_bytes else images.astype(np.float32) / 255)
    sheet = np.asarray(Image.open(io.BytesIO(made)).convert("RGB"))
    columns = sheet.shape[1] // 28
    assert columns == min(count, 100)
    for number in {0, count // 2, count - 1}:
        top, left = 28 * (number // columns), 28 * (number % columns)
        shown = sheet[top : top + 28, left : left + 28].astype(int)
        wanted = mosaic.ink_tiles(images[number : number + 1])[0].astype(int)
        assert np.abs(shown - wanted).max() <= 255 / 15 / 2 + 1  # the nearest of 16 greys


def test_a_sheet_of_thousands_of_digits_is_small(embedded):
    assert len(mosaic.sheet(embedded.test.images)) < 0.25 * embedded.test.images.size
