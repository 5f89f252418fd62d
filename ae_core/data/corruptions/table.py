"""Every corruption by name, and `corrupt`, which applies one of them to images."""

import difflib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ae_core.config import is_number, is_whole
from ae_core.data.corruptions import backgrounds, blurs, movements, noises, strokes
from ae_core.data.digits import IMAGE_SHAPE
from ae_core.errors import ConfigError, ImageShapeError

GROUPS = ("noise", "blur", "shape", "place", "ink", "background", "no digit")
PIXELS = 28 * 28
CHUNK = 500  # images at a time: their intermediate arrays stay small

# Of images float32 [N, 28, 28] on 0 to 1, a severity above 0, and uniform random numbers float32
# [N, uniforms] in [0, 1) it makes images of any float type, which may leave 0 to 1.
Apply = Callable[[np.ndarray, float, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Corruption:
    """One way to spoil a digit.

    group: one of GROUPS. uniforms: how many random numbers one image takes; 0 where chance has no part.
    changes_shape: strokes are bent, turned, resized, torn or hidden; a digit that only moves keeps its shape.
    changes_ink: strokes are of another brightness. published: one of MNIST-C's.
    """

    name: str
    description: str
    group: str
    apply: Apply
    uniforms: int
    changes_shape: bool = False
    changes_ink: bool = False
    published: bool = True


_ALL = (
    Corruption(
        "shot_noise",
        "The grain of a photograph in too little light: each pixel counts a few photons.",
        "noise",
        noises.shot_noise,
        PIXELS,
        changes_ink=True,
    ),
    Corruption(
        "impulse_noise",
        "Single pixels anywhere turn black or white.",
        "noise",
        noises.impulse_noise,
        PIXELS,
        changes_ink=True,
    ),
    Corruption(
        "glass_blur",
        "Seen through frosted glass: blurred, and neighbouring pixels change places.",
        "blur",
        blurs.glass_blur,
        blurs.GLASS_UNIFORMS,
        changes_shape=True,
        changes_ink=True,
    ),
    Corruption(
        "motion_blur",
        "The digit leaves a trail in one direction, as if the camera had moved.",
        "blur",
        blurs.motion_blur,
        1,
        changes_shape=True,
        changes_ink=True,
    ),
    Corruption(
        "shear",
        "The digit leans over to the left or to the right.",
        "shape",
        movements.shear,
        1,
        changes_shape=True,
    ),
    Corruption(
        "scale",
        "The digit is smaller.",
        "shape",
        movements.scale,
        0,
        changes_shape=True,
    ),
    Corruption(
        "rotate",
        "The digit is turned to the left or to the right.",
        "shape",
        movements.rotate,
        1,
        changes_shape=True,
    ),
    Corruption(
        "brightness",
        "The whole image is brighter, its background too.",
        "background",
        backgrounds.brightness,
        0,
        changes_ink=True,
    ),
    Corruption(
        "translate",
        "The digit is moved along a diagonal.",
        "place",
        movements.translate,
        2,
    ),
    Corruption(
        "stripe",
        "A stripe at the left and one at the right are inverted.",
        "background",
        backgrounds.stripe,
        0,
        changes_ink=True,
    ),
    Corruption(
        "fog",
        "Clouds of fog lie over the image and the digit fades.",
        "background",
        backgrounds.fog,
        backgrounds.FOG_UNIFORMS,
        changes_ink=True,
    ),
    Corruption(
        "spatter",
        "Dark grey drops are splashed over the image and hide parts of the digit.",
        "ink",
        strokes.spatter,
        PIXELS,
        changes_shape=True,
        changes_ink=True,
    ),
    Corruption(
        "dotted_line",
        "A dotted line runs across the image.",
        "ink",
        strokes.dotted_line,
        2,
    ),
    Corruption(
        "zigzag",
        "A zigzag line runs across the image.",
        "ink",
        strokes.zigzag,
        2,
    ),
    Corruption(
        "canny_edges",
        "Only the outlines of the strokes are left.",
        "ink",
        strokes.canny_edges,
        0,
        changes_shape=True,
        changes_ink=True,
    ),
    Corruption(
        "inverted",
        "Black and white change places, by way of grey.",
        "background",
        backgrounds.invert,
        0,
        changes_ink=True,
        published=False,
    ),
    Corruption(
        "shifted",
        "The digit is moved to one side until the edge cuts it off.",
        "place",
        movements.shift,
        1,
        published=False,
    ),
    Corruption(
        "blank",
        "The digit fades until the image is black.",
        "no digit",
        backgrounds.blank,
        0,
        changes_ink=True,
        published=False,
    ),
    Corruption(
        "uniform_noise",
        "The digit fades into noise that has every grey level equally often.",
        "no digit",
        noises.uniform_noise,
        PIXELS,
        changes_ink=True,
        published=False,
    ),
)
CORRUPTIONS: dict[str, Corruption] = {each.name: each for each in _ALL}
# Of MNIST-C; where a digit only moves, or lines are drawn over it, its own strokes stay as they were.
SHAPE_OR_INK = tuple(
    each.name for each in _ALL if each.published and (each.changes_shape or each.changes_ink)
)


def corrupt(images: np.ndarray, name: str, severity: float = 1.0, seed: int = 0) -> np.ndarray:
    """`images` with the corruption called `name`, as a new array; `images` stay as they are.

    images: uint8 [N, 28, 28], N may be 0. name: a key of CORRUPTIONS. severity: 0, which changes nothing, to
    1, the strength published with MNIST-C. seed: a whole number, at least 0. Returns uint8 [N, 28, 28].
    Raises ConfigError and ImageShapeError.

    Each image takes its own random numbers: what becomes of image i depends on the seed, on i and on the
    image, not on the others and not on how many follow. A severity changes how strongly chance works, not
    what it chooses: one seed leans a digit to the same side at every severity.
    """
    corruption = _checked(images, name, severity, seed)
    if severity == 0:
        return images.copy()
    random = np.random.default_rng([seed, *name.encode()])
    result = np.empty_like(images, order="C")
    for start in range(0, len(images), CHUNK):
        part = slice(start, start + CHUNK)
        intensities = images[part].astype(np.float32) / 255
        # In rows of one image each, one after the other: so an image's numbers depend on its place alone.
        uniforms = random.random((len(intensities), corruption.uniforms), dtype=np.float32)
        corrupted = corruption.apply(intensities, float(severity), uniforms)
        result[part] = np.rint(255 * np.clip(corrupted, 0, 1))
    return result


def _checked(images: np.ndarray, name: str, severity: float, seed: int) -> Corruption:
    if name not in CORRUPTIONS:
        alike = difflib.get_close_matches(str(name), CORRUPTIONS, n=1)
        hint = f" Did you mean {alike[0]}?" if alike else ""
        raise ConfigError(f"There is no corruption {name!r};{hint} choose one of {', '.join(CORRUPTIONS)}.")
    if not (is_number(severity) and 0 <= severity <= 1):
        raise ConfigError(
            f"The severity must be a number from 0 (unchanged) to 1 (as published), got {severity!r}."
        )
    if not (is_whole(seed) and seed >= 0):
        raise ConfigError(f"The seed must be a whole number, at least 0, got {seed!r}.")
    shape, dtype = getattr(images, "shape", None), getattr(images, "dtype", None)
    if shape is None or len(shape) != 3 or tuple(shape[1:]) != IMAGE_SHAPE:
        raise ImageShapeError(
            f"Images to corrupt must have the shape [N, 28, 28], got {shape}: put one image into a batch "
            "with images[None]."
        )
    if dtype != np.uint8:
        raise ImageShapeError(
            f"Images to corrupt must be uint8 with intensities 0 to 255, got {dtype}: scale and convert them."
        )
    return CORRUPTIONS[name]
