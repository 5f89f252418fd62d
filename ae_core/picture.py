"""An upload made into pixels: the bytes of a picture file in, a small RGBA array out.

What comes from outside is looked at before it is decoded: its length, its signature, then the size its
header announces. Only a picture that passes all three costs memory.
"""

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageOps
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from ae_core.errors import PictureError

MAX_BYTES = 8 * 1024 * 1024
MAX_PIXELS = 25_000_000  # a phone's 24-megapixel photograph fits; 100 MB as RGBA is what a decode may cost
LONGEST_SIDE = 1024  # a digit is read at 20 pixels: more than this only costs time


@dataclass(frozen=True)
class Format:
    """A kind of picture file: what it has at `offset` tells it from others."""

    name: str
    signature: bytes
    reader: type[ImageFile]
    offset: int = 0


PNG = Format("PNG", b"\x89PNG\r\n\x1a\n", PngImageFile)
JPEG = Format("JPEG", b"\xff\xd8\xff", JpegImageFile)
GIF = Format("GIF", b"GIF8", GifImageFile)
BMP = Format("BMP", b"BM", BmpImageFile)
WEBP = Format("WebP", b"WEBP", WebPImageFile, offset=8)
PHOTOGRAPHS = (PNG, JPEG)
ALL_FORMATS = (PNG, JPEG, GIF, BMP, WEBP)

# Signatures of what people upload by mistake, so that the refusal can name it: (offset, bytes, name).
_OTHER_FORMATS = (
    (0, b"GIF8", "a GIF"),
    (0, b"BM", "a BMP"),
    (8, b"WEBP", "a WebP picture"),
    (0, b"II*\x00", "a TIFF"),
    (0, b"MM\x00*", "a TIFF"),
    (4, b"ftypavif", "an AVIF picture"),
    (4, b"ftyp", "a HEIC picture or a film"),
    (0, b"%PDF", "a PDF"),
    (0, b"<svg", "an SVG drawing"),
    (0, b"<?xml", "an SVG drawing or another XML file"),
    (0, b"8BPS", "a Photoshop file"),
    (0, b"\x00\x00\x01\x00", "an icon"),
    (0, b"PK\x03\x04", "a ZIP archive or an office document"),
)


def open_picture(data: bytes) -> np.ndarray:
    """The picture in `data` (the bytes of a PNG or JPEG file of any colour mode) as it is meant to be seen.

    Returns uint8 RGBA [H, W, 4], turned upright as its EXIF note says, the longer side at most
    LONGEST_SIDE pixels. Raises PictureError for anything else, for more than MAX_BYTES or MAX_PIXELS,
    and for a damaged file.
    """
    return decode(look_at(data))


def look_at(data: bytes, formats: tuple[Format, ...] = PHOTOGRAPHS) -> ImageFile:
    """The picture in `data` with its `size`, checked by its header alone and not yet decoded.

    Raises PictureError as `open_picture` does, for another format than `formats` too.
    """
    reader = _format_of(data, formats).reader
    try:
        # The reader's class rather than Image.open: that one tries every format it knows on a stranger's
        # bytes, and its DecompressionBombWarning could only be held back with process-wide warning filters.
        picture = reader(io.BytesIO(data))
    except Exception as error:  # a decoder fed with damaged bytes raises nearly anything
        raise _damaged(error) from error
    _check_size(picture)
    return picture


def decode(picture: ImageFile, longest_side: int = LONGEST_SIDE) -> np.ndarray:
    """The pixels of a picture that was looked at, as from `open_picture`; of several frames the first.

    Raises PictureError for a damaged file.
    """
    try:
        return _upright_rgba(picture, longest_side)
    except Exception as error:
        raise _damaged(error) from error


def is_picture(data: bytes, formats: tuple[Format, ...] = PHOTOGRAPHS) -> bool:
    """Whether `data` begins as a file of one of the formats does."""
    return any(data.startswith(each.signature, each.offset) for each in formats)


def _format_of(data: bytes, formats: tuple[Format, ...]) -> Format:
    if not data:
        raise PictureError("The upload is empty (0 bytes): choose a PNG or JPEG picture and upload it again.")
    if len(data) > MAX_BYTES:
        raise PictureError(
            f"The upload has {len(data) / 2**20:.1f} MiB; at most {MAX_BYTES // 2**20} MiB are allowed: "
            "make the picture smaller or crop it to the digit, then upload it again."
        )
    for each in formats:
        if data.startswith(each.signature, each.offset):
            return each
    *names, last = (each.name for each in formats)
    raise PictureError(
        f"The upload is {_name_of(data)}; only {', '.join(names)} and {last} are allowed: "
        "save it as PNG and upload that."
    )


def _name_of(data: bytes) -> str:
    for offset, signature, name in _OTHER_FORMATS:
        if data[offset : offset + len(signature)] == signature:
            return name
    return f"no picture that is known here (it starts with {data[:8]!r})"


def _check_size(picture: Image.Image) -> None:
    width, height = picture.size
    if width * height > MAX_PIXELS:
        raise PictureError(
            f"The picture measures {width:,} × {height:,} or {width * height / 1e6:,.0f} million pixels; "
            f"at most {MAX_PIXELS // 10**6} million are allowed: make it smaller or crop it to the digit."
        )


def _damaged(error: Exception) -> PictureError:
    return PictureError(
        f"The picture is damaged or incomplete ({error}); a whole file is needed: "
        "save or send it again and upload the new copy."
    )


def _upright_rgba(picture: Image.Image, longest_side: int) -> np.ndarray:
    picture.draft(None, (longest_side, longest_side))  # lets a JPEG decode at a half, quarter or eighth
    picture.load()
    if picture.mode.startswith("I"):
        picture = _from_16_bits(picture)
    elif picture.mode in ("1", "P") or "transparency" in picture.info:
        picture = picture.convert("RGBA")  # palette numbers and key colours must not be averaged
    picture.thumbnail((longest_side, longest_side), Image.Resampling.BOX)
    return np.array(ImageOps.exif_transpose(picture).convert("RGBA"))


def _from_16_bits(picture: Image.Image) -> Image.Image:
    """16-bit grey as LA with 8 bits: Pillow's own conversion would clip everything above 255 to white."""
    levels = np.asarray(picture).astype(np.int64)
    grey = np.clip((levels + 128) // 257, 0, 255).astype(np.uint8)
    see_through = levels == picture.info.get("transparency", -1)
    alpha = np.where(see_through, 0, 255).astype(np.uint8)
    small = Image.fromarray(np.stack([grey, alpha], axis=-1))
    small.info.update({name: note for name, note in picture.info.items() if name == "exif"})
    return small
