"""Large PNG pictures read a few rows at a time, by libvips: Pillow would hold each pixel of the whole.

Also those with 16 bits a colour, of which Pillow keeps eight.
"""

from typing import Any

import numpy as np


def reduced_png(data: bytes, longest_side: int) -> np.ndarray:
    """The PNG in `data` averaged over whole squares of pixels until it is little larger than `longest_side`.

    Returns [H, W, 1 to 4] (grey or red, green, blue, then alpha if there is any, not premultiplied), uint8 or
    uint16 as in the file; palettes, key colours and fewer than 8 bits are made into these. Raises whatever
    the decoder does for a damaged file. At most 145 MB for 100 million pixels (16 bits and alpha), 95 MB for
    others; an interlaced picture is held as a whole.
    """
    import pyvips  # takes 0.1 s and starts a library that few uploads need

    pyvips.concurrency_set(1)  # each thread would hold rows of its own
    pyvips.cache_set_max(0)  # nothing of an upload is kept
    # "error" and not "warning": a wrong note about colours spoils no pixel.
    whole = pyvips.Image.pngload_buffer(data, access="sequential", fail_on="error")
    factor = max(1, max(whole.width, whole.height) // longest_side)
    if not whole.hasalpha():
        return _bands(whole.shrinkv(min(factor, whole.height)).shrinkh(min(factor, whole.width)))
    top = 255 if whole.format == "uchar" else 65535
    alpha = whole[whole.bands - 1]
    colour = whole.extract_band(0, n=whole.bands - 1)
    # What cannot be seen must not colour what can.
    premultiplied = (colour * alpha * (1 / top)).cast(whole.format).bandjoin(alpha)
    small = _bands(premultiplied.shrinkv(min(factor, whole.height)).shrinkh(min(factor, whole.width)))
    share = np.maximum(small[..., -1:], 1) / top
    straight = np.rint(small[..., :-1] / share).clip(0, top)
    return np.concatenate([straight.astype(small.dtype), small[..., -1:]], axis=-1)


def _bands(image: Any) -> np.ndarray:
    return np.atleast_3d(image.numpy())
