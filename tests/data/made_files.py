"""Files of images as people make them, for the tests of what is uploaded."""

import io
import struct
import zipfile

import numpy as np
from PIL import Image


def encoded(picture, kind="PNG", **options):
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, kind, **options)
    return buffer.getvalue()


def zipped(files, **options):
    """A ZIP archive of `files`: (name or ZipInfo, bytes)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", **{"compression": zipfile.ZIP_DEFLATED, **options}) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return buffer.getvalue()


def idx(images, kind=0x08):
    sizes = b"".join(size.to_bytes(4, "big") for size in images.shape)
    return bytes([0, 0, kind, images.ndim]) + sizes + images.tobytes()


def npy(array, **options):
    buffer = io.BytesIO()
    np.save(buffer, array, **options)
    return buffer.getvalue()


def npz(**named):
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **named)
    return buffer.getvalue()


def npy_header(shape, dtype="|u1", version=(1, 0)):
    """A .npy file of a header alone, whatever it claims."""
    text = f"{{'descr': {dtype!r}, 'fortran_order': False, 'shape': {shape!r}}}\n".encode()
    length = struct.pack("<H" if version == (1, 0) else "<I", len(text))
    return b"\x93NUMPY" + bytes(version) + length + text
