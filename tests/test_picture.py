"""Every kind of PNG and JPEG opens as it is meant to be seen; everything else is refused in plain words."""

import io
import struct
import tracemalloc
import warnings
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from ae_core.errors import PictureError
from ae_core.ink import digit_from_drawing
from ae_core.picture import LONGEST_SIDE, MAX_BYTES, MAX_PIXELS, open_picture


@pytest.fixture(autouse=True)
def no_warning_leaks():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def encoded(picture, kind="PNG", **options):
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def a_seven(paper=255, ink=0):
    """Grey [120, 100]: a seven with its bar at the top, so that up, down, left and right all differ."""
    grey = np.full((120, 100), paper, dtype=np.uint8)
    grey[20:32, 20:80] = ink
    grey[32:100, 66:80] = ink
    return grey


def grey_of(rgba):
    return rgba[..., :3].mean(axis=2)


def png_header(width, height):
    """A PNG that announces `width` × `height` pixels of grey and holds next to none."""

    def chunk(name, content):
        return (
            struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        )

    size = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + size + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


# ---- what opens --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_every_png_mode_shows_the_same_seven(mode):
    opened = open_picture(encoded(Image.fromarray(a_seven()).convert(mode)))
    assert opened.dtype == np.uint8
    assert opened.shape == (120, 100, 4)
    np.testing.assert_array_equal(grey_of(opened), a_seven())
    assert (opened[..., 3] == 255).all()


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_every_jpeg_mode_shows_the_same_seven(mode):
    picture = Image.fromarray(a_seven()).convert("RGB").convert(mode)
    opened = open_picture(encoded(picture, "JPEG", quality=95))
    assert opened.shape == (120, 100, 4)
    assert np.abs(grey_of(opened) - a_seven()).mean() < 2


def test_16_bits_are_scaled_not_clipped():
    levels = np.array([[0, 255, 257, 32768, 65535]], dtype=np.uint16)
    opened = open_picture(encoded(Image.fromarray(levels)))
    np.testing.assert_array_equal(opened[0, :, 0], [0, 1, 1, 128, 255])
    assert (opened[..., 3] == 255).all()


def test_transparency_survives_in_every_form():
    grey, shown = a_seven(paper=77), a_seven() == 0
    palette = Image.fromarray(np.where(shown, 1, 0).astype(np.uint8))
    palette = Image.frombytes("P", palette.size, palette.tobytes())
    palette.putpalette([77, 77, 77, 0, 0, 0])
    uploads = {
        "alpha": encoded(Image.fromarray(np.dstack([grey, grey, grey, shown * np.uint8(255)]))),
        "grey and alpha": encoded(Image.fromarray(np.dstack([grey, shown * np.uint8(255)]))),
        "palette": encoded(palette, transparency=0),
        "key level": encoded(Image.fromarray(grey), transparency=77),
        "key colour": encoded(Image.fromarray(np.dstack([grey] * 3)), transparency=(77, 77, 77)),
        "16-bit key level": encoded(Image.fromarray(grey.astype(np.uint16) * 257), transparency=77 * 257),
    }
    for name, data in uploads.items():
        opened = open_picture(data)
        np.testing.assert_array_equal(opened[..., 3] == 255, shown, err_msg=name)
        np.testing.assert_array_equal(opened[..., 3] == 0, ~shown, err_msg=name)
        assert (opened[shown, :3] == 0).all(), name


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
@pytest.mark.parametrize(
    ("orientation", "stored"),
    [
        (1, lambda seven: seven),
        (2, np.fliplr),
        (3, lambda seven: np.rot90(seven, 2)),
        (6, lambda seven: np.rot90(seven, 1)),
        (8, lambda seven: np.rot90(seven, -1)),
    ],
)
def test_a_turned_photograph_is_set_upright(kind, orientation, stored):
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(Image.fromarray(np.ascontiguousarray(stored(a_seven()))), kind, exif=exif)
    opened = open_picture(data)
    assert opened.shape == (120, 100, 4)
    assert np.abs(grey_of(opened) - a_seven()).mean() < 3


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_large_picture_is_reduced(dtype):
    large = np.kron(a_seven(), np.ones((12, 12), dtype=np.uint8)).astype(dtype) * (
        257 if dtype == np.uint16 else 1
    )
    exif = Image.Exif()
    exif[0x0112] = 6
    opened = open_picture(encoded(Image.fromarray(large), compress_level=1, exif=exif))
    assert opened.shape == (round(LONGEST_SIDE * 100 / 120), LONGEST_SIDE, 4)
    assert set(np.unique(opened[::50, ::50, 0])) == {0, 255}


def test_a_key_colour_does_not_bleed_into_the_ink_of_a_large_picture():
    large = np.kron(a_seven(paper=77), np.ones((13, 13), dtype=np.uint8))  # 13 does not divide the reduction
    opened = open_picture(encoded(Image.fromarray(large), transparency=77))
    visible = opened[..., 3] > 0
    assert 0.1 < visible.mean() < 0.3
    assert (opened[visible, :3] == 0).all()


def test_a_long_thin_picture_keeps_a_pixel():
    assert open_picture(encoded(Image.new("L", (20_000, 3)))).shape == (1, LONGEST_SIDE, 4)


def test_a_uniform_picture_is_a_picture():
    assert (open_picture(encoded(Image.new("RGB", (9, 5), "white"))) == 255).all()


def test_all_uploads_of_one_digit_give_the_same_digit():
    seven = Image.fromarray(a_seven())
    uploads = {
        "png": encoded(seven),
        "palette": encoded(seven.convert("P")),
        "16 bits": encoded(Image.fromarray(a_seven().astype(np.uint16) * 257)),
        "light on dark": encoded(Image.fromarray(255 - a_seven())),
        "transparent": encoded(Image.fromarray(np.dstack([a_seven(), 255 - a_seven()]))),
        "jpeg": encoded(seven, "JPEG", quality=80),
        "cmyk": encoded(seven.convert("RGB").convert("CMYK"), "JPEG", quality=80),
    }
    wanted = digit_from_drawing(open_picture(uploads["png"])).image.astype(int)
    assert wanted.max() == 255
    for name, data in uploads.items():
        image = digit_from_drawing(open_picture(data)).image
        assert np.abs(image - wanted).mean() < 2, name


# ---- what is refused ---------------------------------------------------------------------------------------


def test_an_empty_upload_is_refused():
    with pytest.raises(PictureError, match="empty"):
        open_picture(b"")


def test_too_many_bytes_are_refused_with_both_numbers():
    with pytest.raises(PictureError, match=r"9\.0 MiB; at most 8 MiB") as refusal:
        open_picture(encoded(Image.new("L", (5, 5))) + bytes(MAX_BYTES + 2**20))
    assert "upload it again" in str(refusal.value)


@pytest.mark.parametrize(
    ("kind", "name"),
    [("GIF", "a GIF"), ("BMP", "a BMP"), ("WEBP", "a WebP"), ("TIFF", "a TIFF"), ("PDF", "a PDF")],
)
def test_other_formats_are_named(kind, name):
    with pytest.raises(PictureError, match=name) as refusal:
        open_picture(encoded(Image.new("L", (20, 20)), kind))
    assert "only PNG and JPEG are allowed" in str(refusal.value)


@pytest.mark.parametrize("data", [b"hello", b"\0" * 100, b"\x89PNG", b"digit,1,2,3\n" * 50])
def test_what_is_no_picture_is_refused(data):
    with pytest.raises(PictureError, match="no picture"):
        open_picture(data)


@pytest.mark.parametrize(
    ("width", "height"), [(20_000, 20_000), (12_000, 12_000), (MAX_PIXELS + 1, 1), (5001, 5000)]
)
def test_a_bomb_is_refused_by_its_header(width, height):
    tracemalloc.start()
    with pytest.raises(PictureError, match=f"{width:,} × {height:,}.*at most 25 million"):
        open_picture(png_header(width, height))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2**20


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
@pytest.mark.parametrize("kept", [0.05, 0.3, 0.6, 0.9])
def test_a_truncated_file_is_refused(kind, kept):
    noise = np.random.default_rng(0).integers(0, 256, (90, 90), dtype=np.uint8)
    whole = encoded(Image.fromarray(noise), kind)
    with pytest.raises(PictureError, match=r"damaged or incomplete.*upload the new copy"):
        open_picture(whole[: int(kept * len(whole))])


@settings(max_examples=100, deadline=None)
@given(
    kind=st.sampled_from(["PNG", "JPEG"]),
    mode=st.sampled_from(["1", "L", "LA", "P", "RGB", "RGBA", "CMYK"]),
    damage=st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=5
    ),
)
def test_damage_gives_a_picture_or_a_refusal(kind, mode, damage):
    if (kind == "JPEG") != (mode == "CMYK") and mode not in ("L", "RGB"):
        mode = "L"
    data = bytearray(encoded(Image.fromarray(a_seven()).convert("RGB").convert(mode), kind))
    for place, value in damage:
        data[int(place * len(data))] = value
    try:
        opened = open_picture(bytes(data))
    except PictureError:
        return
    assert opened.dtype == np.uint8
    assert opened.ndim == 3
    assert opened.shape[2] == 4
