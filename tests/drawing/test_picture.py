"""Every kind of PNG and JPEG opens as it is meant to be seen; everything else is refused in plain words."""

import io
import struct
import subprocess
import sys
import tracemalloc
import warnings
import zlib

import numpy as np
import pytest
import pyvips
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFilter

from ae_core.drawing import picture
from ae_core.drawing.ink import digit_from_drawing
from ae_core.drawing.picture import LONGEST_SIDE, MAX_BYTES, MAX_PIXELS, open_picture
from ae_core.errors import PictureError


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


def png_chunk(name, content):
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png_header(width, height):
    """A PNG that announces `width` × `height` pixels of grey and holds next to none."""

    parts = {
        b"IHDR": struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0),
        b"IDAT": zlib.compress(b"\0" * 1000),
        b"IEND": b"",
    }
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(name, content) for name, content in parts.items())


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


# ---- values that mean black and white otherwise ------------------------------------------------------------


def png_of(samples, depth, key=None):
    """A PNG with the bit depths and key colours that Pillow cannot write. samples: [H, W, 1 to 4]."""
    height, width, bands = samples.shape
    if depth == 16:
        rows = samples.astype(">u2").view(np.uint8).reshape(height, -1)
    else:
        bits = np.unpackbits(samples.astype(np.uint8), axis=-1)[..., -depth:]
        rows = np.packbits(bits.reshape(height, -1), axis=-1)
    size = struct.pack(">IIBBBBB", width, height, depth, {1: 0, 2: 4, 3: 2, 4: 6}[bands], 0, 0, 0)
    parts = [png_chunk(b"IHDR", size)]
    if key is not None:
        parts.append(png_chunk(b"tRNS", struct.pack(f">{bands}H", *key)))
    parts.append(png_chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row.tobytes() for row in rows))))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts) + png_chunk(b"IEND", b"")


@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
@pytest.mark.parametrize("bands", [1, 2, 3, 4])
def test_fewer_bits_in_16_are_read_by_their_largest_value(bits, bands):
    """Cameras and medical tools write 10, 12 and 14 bits as they are."""
    top = 2**bits - 1
    seven = np.rint(a_seven()[..., None].astype(float) * top / 255).astype(np.uint16)
    samples = np.repeat(seven, bands, axis=-1)
    if bands in (2, 4):
        samples[..., -1] = 65535
    opened = open_picture(png_of(samples, 16))
    np.testing.assert_array_equal(grey_of(opened), a_seven())
    assert (opened[..., 3] == 255).all()


@pytest.mark.parametrize("light_ink", [True, False])
@pytest.mark.parametrize("is_palette", [True, False])
def test_one_bit_pictures_are_read_as_grey_ones_of_the_same_two_levels(embedded, light_ink, is_palette):
    for digit in embedded.test.images[::200]:
        shown = np.asarray(Image.fromarray(digit).resize((280, 280), Image.Resampling.BICUBIC)) > 127
        wanted = digit_from_drawing(open_picture(encoded(Image.fromarray(shown * np.uint8(255))))).image
        one_bit = Image.fromarray(shown if light_ink else ~shown)
        if is_palette:  # its numbers are turned around too
            numbers = shown.astype(np.uint8)
            one_bit = Image.frombytes("P", shown.shape, numbers.tobytes())
            one_bit.putpalette([0] * 3 + [255] * 3 if light_ink else [255] * 3 + [0] * 3)
        data = encoded(one_bit, bits=1) if is_palette else encoded(one_bit)
        np.testing.assert_array_equal(digit_from_drawing(open_picture(data)).image, wanted)


@pytest.mark.parametrize(
    ("key", "ink"),
    [
        ((0, 0, 0), (255, 255, 255)),
        ((255, 255, 255), (0, 0, 0)),
        ((255, 255, 255), (255, 0, 0)),
        ((255, 0, 255), (0, 0, 0)),
        ((0, 255, 0), (255, 255, 255)),
        ((128, 128, 128), (0, 0, 0)),
    ],
)
def test_edges_blended_with_a_key_colour_are_no_rim_around_the_ink(embedded, key, ink):
    for digit in embedded.test.images[::200]:
        large = Image.fromarray(digit).resize((280, 280), Image.Resampling.BICUBIC)
        soft = np.asarray(large.filter(ImageFilter.GaussianBlur(8)), dtype=float)
        share = np.rint(soft * 255 / soft.max())[..., None] / 255
        blended = np.rint(share * ink + (1 - share) * key).astype(np.uint8)
        wanted = digit_from_drawing(open_picture(encoded(Image.fromarray(np.uint8(share[..., 0] * 255)))))
        for data in (
            encoded(Image.fromarray(blended), transparency=key),
            png_of(blended.astype(np.uint16) * 257, 16, [257 * level for level in key]),
        ):
            found = digit_from_drawing(open_picture(data)).image
            assert np.square((found.astype(float) - wanted.image) / 255).mean() < 0.005


def test_a_key_colour_that_is_not_the_paper_leaves_the_picture_as_it_is():
    """As when a tool picks a colour that is nowhere in the picture."""
    grey = np.dstack([a_seven()] * 3)
    grey[50:60, 10:20] = 1
    opened = open_picture(encoded(Image.fromarray(grey), transparency=(1, 1, 1)))
    kept = opened[..., 3] > 0
    np.testing.assert_array_equal(opened[kept, :3], grey[kept])
    assert (~kept).sum() == 100


@pytest.mark.parametrize("depth", [1, 2, 4])
def test_a_key_level_of_a_few_bits_is_found(depth):
    top = 2**depth - 1
    opened = open_picture(png_of((a_seven() // 255 * top)[..., None], depth, [top]))
    np.testing.assert_array_equal(opened[..., 3] == 255, a_seven() == 0)


# ---- photographs of a hundred megapixels -------------------------------------------------------------------


def enlarged_seven(width):
    seven = pyvips.Image.new_from_array(a_seven()[:75], interpretation="b-w").cast("uchar")
    return seven.resize(width / 100, kernel="nearest")


def large_file(kind):
    """108 million pixels as a phone takes them, of the seven's upper part."""
    seven = enlarged_seven(12_000)
    if kind == "JPEG":
        return seven.jpegsave_buffer(Q=75)
    colour = seven.bandjoin([seven, seven]).copy(interpretation="srgb")
    return colour.pngsave_buffer(compression=1)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_hundred_megapixels_cost_no_more_memory_than_25_did(tmp_path, kind):
    (tmp_path / "large").write_bytes(large_file(kind))
    code = f"""
import resource, sys
from pathlib import Path
import numpy as np, pyvips
from ae_core.drawing.picture import open_picture
data = Path({str(tmp_path / "large")!r}).read_bytes()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
opened = open_picture(data)
unit = 1 if sys.platform == "darwin" else 1024
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * unit)
np.save({str(tmp_path / "opened.npy")!r}, opened)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 100e6
    opened = np.load(tmp_path / "opened.npy")
    assert opened.shape == (768, 1024, 4)
    wanted = Image.fromarray(a_seven()[:75]).resize((1024, 768), Image.Resampling.NEAREST)
    assert (np.abs(grey_of(opened) - np.asarray(wanted, dtype=float)) > 32).mean() < 0.01


def test_a_large_picture_that_must_be_held_as_a_whole_is_refused_by_name():
    for data, name in (
        (enlarged_seven(6000).jpegsave_buffer(interlace=True), "a progressive JPEG"),
        (enlarged_seven(6000).pngsave_buffer(interlace=True, compression=1), "an interlaced PNG"),
    ):
        with pytest.raises(PictureError, match=f"at most 25 million are allowed of {name}"):
            open_picture(data)


def test_a_large_picture_that_is_far_longer_than_wide_is_decoded_small(monkeypatch):
    monkeypatch.setattr(picture, "MAX_PIXELS_WHOLE", 10**6)
    opened = open_picture(encoded(Image.new("L", (9000, 200), 200), "JPEG"))
    assert opened.shape == (round(1024 * 200 / 9000), 1024, 4)


@pytest.mark.parametrize("kept", [0.3, 0.9])
def test_a_truncated_large_png_is_refused(kept, monkeypatch):
    monkeypatch.setattr(picture, "MAX_PIXELS_WHOLE", 1000)
    noise = np.random.default_rng(0).integers(0, 256, (90, 90, 3), dtype=np.uint8)
    whole = encoded(Image.fromarray(noise))
    np.testing.assert_array_equal(open_picture(whole)[..., :3], noise)
    with pytest.raises(PictureError, match="damaged or incomplete"):
        open_picture(whole[: int(kept * len(whole))])


# ---- what is refused ---------------------------------------------------------------------------------------


def test_an_empty_upload_is_refused():
    with pytest.raises(PictureError, match="empty"):
        open_picture(b"")


def test_too_many_bytes_are_refused_with_both_numbers():
    with pytest.raises(PictureError, match=r"33\.0 MiB; at most 32 MiB") as refusal:
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
    ("width", "height"), [(20_000, 20_000), (12_000, 12_000), (MAX_PIXELS + 1, 1), (11_001, 10_000)]
)
def test_a_bomb_is_refused_by_its_header(width, height):
    tracemalloc.start()
    with pytest.raises(PictureError, match=f"{width:,} × {height:,}.*at most 110 million"):
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


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"a letter to the editor", "no picture but text"),
        (bytes(range(1, 9)), "no picture that is known here"),
    ],
)
def test_a_refusal_says_what_the_file_is_without_repeating_its_bytes(data, what):
    with pytest.raises(PictureError, match=f"^The upload is {what};"):
        open_picture(data)
