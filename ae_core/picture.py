"""An upload made into pixels: PNG or JPEG bytes in, a small RGBA array out.

What comes from outside is looked at before it is decoded: its length, its signature, then the size its
header announces. Only a picture that passes all three costs memory.
"""

import io

import numpy as np
from PIL import Image, ImageOps
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from ae_core.errors import PictureError

MAX_BYTES = 8 * 1024 * 1024
MAX_PIXELS = 25_000_000  # a phone's 24-megapixel photograph fits; 100 MB as RGBA is what a decode may cost
LONGEST_SIDE = 1024  # a digit is read at 20 pixels: more than this only costs time

_READERS = {b"\x89PNG\r\n\x1a\n": PngImageFile, b"\xff\xd8\xff": JpegImageFile}

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
    reader = _reader_for(data)
    try:
        # The reader's class rather than Image.open: that one tries every format it knows on a stranger's
        # bytes, and its DecompressionBombWarning could only be held back with process-wide warning filters.
        picture = reader(io.BytesIO(data))
    except Exception as error:  # a decoder fed with damaged bytes raises nearly anything
        raise _damaged(error) from error
    _check_size(picture)
    try:
        return _upright_rgba(picture)
    except Exception as error:
        raise _damaged(error) from error


def _reader_for(data: bytes) -> type[PngImageFile] | type[JpegImageFile]:
    if not data:
        raise PictureError("The upload is empty (0 bytes): choose a PNG or JPEG picture and upload it again.")
    if len(data) > MAX_BYTES:
        raise PictureError(
            f"The upload has {len(data) / 2**20:.1f} MiB; at most {MAX_BYTES // 2**20} MiB are allowed: "
            "make the picture smaller or crop it to the digit, then upload it again."
        )
    for signature, reader in _READERS.items():
        if data.startswith(signature):
            return reader
    raise PictureError(
        f"The upload is {_name_of(data)}; only PNG and JPEG are allowed: save it as PNG and upload that."
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
        f"The picture is damaged or incomplete ({error}); a whole PNG or JPEG file is needed: "
        "save or send it again and upload the new copy."
    )


def _upright_rgba(picture: Image.Image) -> np.ndarray:
    picture.draft(None, (LONGEST_SIDE, LONGEST_SIDE))  # lets a JPEG decode at a half, quarter or eighth
    picture.load()
    if picture.mode.startswith("I"):
        picture = _from_16_bits(picture)
    elif picture.mode in ("1", "P") or "transparency" in picture.info:
        picture = picture.convert("RGBA")  # palette numbers and key colours must not be averaged
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.BOX)
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
