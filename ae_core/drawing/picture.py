"""An upload made into pixels: the bytes of a picture file in, a small RGBA array out.

What comes from outside is looked at before it is decoded: its length, its signature, then the size its
header announces. Only a picture that passes all three costs memory.
"""

import io
import math
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageOps
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from ae_core.drawing.file_kinds import SAVE_AS_PNG, kind_of
from ae_core.drawing.key_colour import without_key
from ae_core.drawing.large_png import reduced_png
from ae_core.drawing.levels import eight_bits, white_of_samples
from ae_core.errors import PictureError

MAX_BYTES = 32 * 2**20  # what the server takes: a phone's 108-megapixel photograph has 25 to 30 MB
MAX_PIXELS = 110_000_000
# What cannot be decoded small or row by row. 100 MB as RGBA is what a decode may cost.
MAX_PIXELS_WHOLE = 25_000_000
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


@dataclass(frozen=True)
class Checked:
    """A picture whose header is sound, not yet decoded."""

    data: bytes
    file: ImageFile

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.file.size

    @property
    def pixels(self) -> int:
        return self.file.width * self.file.height

    @property
    def is_deep(self) -> bool:
        """Whether it has colours or grey with alpha in 16 bits, of which Pillow keeps eight."""
        return self.is_png and self.data[24] == 16 and self.file.mode != "I;16"

    @property
    def is_png(self) -> bool:
        return isinstance(self.file, PngImageFile)

    @property
    def whole(self) -> str:
        """What this kind is called if it must be held as a whole to be decoded; empty where it need not."""
        if self.is_png:
            return "an interlaced PNG" if self.file.info.get("interlace") else ""
        if isinstance(self.file, JpegImageFile):
            return "a progressive JPEG" if self.file.info.get("progressive") else ""
        return f"a {self.file.format}"


def open_picture(data: bytes) -> np.ndarray:
    """The picture in `data` (the bytes of a PNG or JPEG file of any colour mode) as it is meant to be seen.

    Returns uint8 RGBA [H, W, 4], turned upright as its EXIF note says, the longer side at most
    LONGEST_SIDE pixels. Raises PictureError for anything else, for more than MAX_BYTES or MAX_PIXELS
    (MAX_PIXELS_WHOLE for progressive JPEG and interlaced PNG), and for a damaged file.
    """
    return decode(look_at(data))


def look_at(data: bytes, formats: tuple[Format, ...] = PHOTOGRAPHS) -> Checked:
    """The picture in `data`, checked by its header alone and not yet decoded.

    Raises PictureError as `open_picture` does, for another format than `formats` too.
    """
    reader = _format_of(data, formats).reader
    try:
        # The reader's class rather than Image.open: that one tries every format it knows on a stranger's
        # bytes, and its DecompressionBombWarning could only be held back with process-wide warning filters.
        checked = Checked(data, reader(io.BytesIO(data)))
    except Exception as error:  # a decoder fed with damaged bytes raises nearly anything
        raise _damaged(error) from error
    _check_size(checked)
    return checked


def decode(checked: Checked, longest_side: int = LONGEST_SIDE) -> np.ndarray:
    """The pixels of a picture that was looked at, as from `open_picture`; of several frames the first.

    Raises PictureError for a damaged file.
    """
    try:
        return _upright_rgba(checked, longest_side)
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
        f"The upload is {_name_of(data)}; only {', '.join(names)} and {last} are allowed: {_remedy_for(data)}"
    )


def _name_of(data: bytes) -> str:
    kind = kind_of(data)
    if kind is None:
        begin = data[:200]
        is_text = begin.isascii() and "".join(begin.decode("ascii").split()).isprintable() and begin.strip()
        return "no picture but text" if is_text else "no picture that is known here"
    return kind.name if kind.is_picture else f"no picture but {kind.name}"


def _remedy_for(data: bytes) -> str:
    kind = kind_of(data)
    remedy = kind.remedy if kind and kind.is_picture else SAVE_AS_PNG
    return remedy[0].lower() + remedy[1:]


def _check_size(checked: Checked) -> None:
    most = MAX_PIXELS_WHOLE if checked.whole else MAX_PIXELS
    if checked.pixels <= most:
        return
    width, height = checked.size
    text = (
        f"The picture measures {width:,} × {height:,} or {checked.pixels / 1e6:,.0f} million pixels; "
        f"at most {most // 10**6} million are allowed"
    )
    if checked.whole:
        text += f" of {checked.whole}, which can only be decoded as a whole"
    raise PictureError(f"{text}: make it smaller or crop it to the digit.")


def _damaged(error: Exception) -> PictureError:
    return PictureError(
        f"The picture is damaged or incomplete ({error}); a whole file is needed: "
        "save or send it again and upload the new copy."
    )


# ---- pixels ------------------------------------------------------------------------------------------------


def _upright_rgba(checked: Checked, longest_side: int) -> np.ndarray:
    exif, key = checked.file.info.get("exif"), _key_of(checked)
    if checked.is_deep or (checked.is_png and checked.pixels > MAX_PIXELS_WHOLE):
        picture, white = _from_samples(reduced_png(checked.data, longest_side))
    else:
        picture, white = _by_pillow(checked, longest_side)
    picture.thumbnail((longest_side, longest_side), Image.Resampling.BOX)
    if exif:
        picture.info["exif"] = exif
    rgba = np.array(ImageOps.exif_transpose(picture).convert("RGBA"))
    if key is None:
        return rgba
    red, green, blue = (min(level * 255 / white, 255) for level in key)
    return without_key(rgba, (red, green, blue))


def _key_of(checked: Checked) -> tuple[int, int, int] | None:
    """The three levels of a PNG's key colour, as the file has them but of at least 8 bits; None for none."""
    picture = checked.file
    key = picture.info.get("transparency")
    if not checked.is_png or picture.mode not in ("L", "I;16", "RGB") or key is None:
        return None
    if picture.mode == "RGB":
        red, green, blue = key
        return red, green, blue
    bits = checked.data[24]
    if bits < 8:  # Pillow brings the pixels to 8 bits, but not their key
        picture.info["transparency"] = key = key * 255 // (2**bits - 1)
    return key, key, key


def _by_pillow(checked: Checked, longest_side: int) -> tuple[Image.Image, int]:
    """The picture, and the level that is white in the file."""
    picture = checked.file
    small = longest_side, longest_side
    if checked.pixels > MAX_PIXELS_WHOLE:  # the shorter side may be far shorter, and must not hold it back
        width, height = (math.ceil(side * longest_side / max(picture.size)) for side in picture.size)
        small = width, height
    picture.draft(None, small)  # lets a JPEG decode at a half, quarter or eighth
    picture.load()
    if picture.mode.startswith("I"):  # Pillow's own conversion would clip everything above 255 to white
        samples = np.asarray(picture).astype(np.uint16)
        if "transparency" not in picture.info:
            return _from_samples(samples[..., None])
        shown = samples != picture.info["transparency"]
        return _from_samples(np.dstack([samples, shown * np.uint16(65535)]))
    if picture.mode in ("1", "P") or "transparency" in picture.info:
        return picture.convert("RGBA"), 255  # palette numbers and key colours must not be averaged
    return picture, 255


def _from_samples(samples: np.ndarray) -> tuple[Image.Image, int]:
    """samples: [H, W, 1 to 4], uint8 or uint16, the last alpha where there are 2 or 4. As `_by_pillow`."""
    bands = samples.shape[-1]
    colour, alpha = (samples, []) if bands in (1, 3) else (samples[..., :-1], [samples[..., -1:]])
    white = white_of_samples(colour)
    made = [eight_bits(colour, white), *(eight_bits(each, 65535) for each in alpha)]
    levels = np.concatenate(made, axis=-1)
    return Image.fromarray(levels[..., 0] if bands == 1 else levels), white
