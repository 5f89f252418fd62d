"""Files that are uploaded by mistake are named as what they are, with the way out."""

import io
import pickle

import numpy as np
import pandas
import pytest
import scipy.io
import torch
from PIL import Image

from ae_core.data.uploads.reading import from_upload
from ae_core.drawing.picture import open_picture
from ae_core.errors import PictureError, UploadError
from tests.data.made_files import encoded, npy, zipped

IMAGES = np.zeros((3, 28, 28), np.uint8)
HEIC = b"\0\0\0\x18ftypheic" + bytes(100)
SVG = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>'


def saved(save):
    buffer = io.BytesIO()
    save(buffer)
    return buffer.getvalue()


def csv(separator, **options):
    return saved(lambda file: np.savetxt(file, IMAGES.reshape(3, -1), delimiter=separator, **options))


FILES = {
    "HEIC": (HEIC, "a HEIC picture", "Formats > Most Compatible"),
    "AVIF": (b"\0\0\0\x18ftypavif" + bytes(100), "an AVIF picture", "as PNG"),
    "film": (b"\0\0\0\x18ftypisom" + bytes(100), "a film", "single pictures"),
    "TIFF": (encoded(IMAGES[0], "TIFF"), "a TIFF picture", "as PNG"),
    "PDF": (encoded(IMAGES[0], "PDF"), "a PDF", "screenshot"),
    "SVG": (SVG, "an SVG drawing", "Export it as PNG"),
    "icon": (encoded(IMAGES[0], "ICO"), "an icon", "as PNG"),
    "pickle": (pickle.dumps(IMAGES), "a pickle", "numpy.save"),
    "PyTorch": (
        saved(lambda file: torch.save(torch.zeros(3, 28, 28), file)),
        "a PyTorch file",
        "tensor.numpy()",
    ),
    "old PyTorch": (
        saved(lambda file: torch.save(torch.zeros(9), file, _use_new_zipfile_serialization=False)),
        "a PyTorch file",
        "numpy.save",
    ),
    "Parquet": (saved(pandas.DataFrame({"a": [1, 2]}).to_parquet), "a Parquet table", "pandas.read_parquet"),
    "MATLAB": (
        saved(lambda file: scipy.io.savemat(file, {"x": IMAGES})),
        "a MATLAB file",
        "scipy.io.loadmat",
    ),
    "HDF5": (b"\x89HDF\r\n\x1a\n" + bytes(100), "an HDF5 file", "numpy.save"),
    "CSV": (csv(","), "a table of text (CSV)", "numpy.loadtxt"),
    "CSV with headings": (
        csv(",", header="label,a,b", comments="", fmt="%d"),
        "a table of text (CSV)",
        "headings",
    ),
    "text of numpy": (csv(" "), "a table of text (CSV)", "numpy.loadtxt"),
    "Word": (
        zipped(
            [
                ("[Content_Types].xml", b"<"),
                ("word/document.xml", b"<"),
                ("word/media/a.png", encoded(IMAGES[0])),
            ]
        ),
        "an office document",
        "ZIP archive",
    ),
    "old Word": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "an office document", "ZIP archive"),
    "RAR": (b"Rar!\x1a\x07\x00" + bytes(50), "a RAR archive", "ordinary ZIP archive"),
}


@pytest.mark.parametrize("form", FILES)
def test_a_file_of_another_kind_is_named_with_the_way_out(form):
    data, name, remedy = FILES[form]
    with pytest.raises(UploadError) as refusal:
        from_upload("mine", data)
    assert f"mine is {name}" in str(refusal.value)
    assert remedy in str(refusal.value)


@pytest.mark.parametrize("form", [form for form in FILES if FILES[form][0][:2] != b"PK"])
def test_as_a_single_picture_too(form):
    with pytest.raises(PictureError) as refusal:
        open_picture(FILES[form][0])
    assert FILES[form][1] in str(refusal.value)
    assert "only PNG and JPEG are allowed" in str(refusal.value)


@pytest.mark.parametrize(
    ("file", "told"),
    [
        (HEIC, "a HEIC picture (2 times)"),
        (encoded(IMAGES[0], "TIFF"), "a TIFF picture, or a camera's raw file (2 times)"),
        (csv(","), "a table of text (CSV) (2 times)"),
    ],
)
def test_an_archive_of_another_kind_of_files_says_which(file, told):
    with pytest.raises(UploadError) as refusal:
        from_upload("mine.zip", zipped([("a", file), ("b", file)]))
    assert f"Skipped: {told}. " in str(refusal.value)
    (remedy,) = [remedy for data, _, remedy in FILES.values() if data == file]
    assert remedy in str(refusal.value)


def test_among_pictures_they_are_passed_over_by_name():
    seven = np.zeros((28, 28), np.uint8)
    seven[5:20, 14] = 255
    files = [("a.png", encoded(seven)), ("b.heic", HEIC), ("c.npy", npy(IMAGES)), ("d.svg", SVG)]
    upload = from_upload("mine.zip", zipped(files))
    assert upload.skipped == {"a HEIC picture": 1, "an array among pictures": 1, "an SVG drawing": 1}


def test_nothing_of_a_pickle_is_run():
    class Hostile:
        def __reduce__(self):
            return (pytest.fail, ("A stranger's program was run.",))

    for data in (pickle.dumps(Hostile()), saved(lambda file: torch.save(Hostile(), file))):
        with pytest.raises(UploadError, match="could run a stranger's program, so it is not opened"):
            from_upload("mine.pt", data)
        with pytest.raises(PictureError):
            open_picture(data)


@pytest.mark.parametrize(
    "text", ["hello", "Dear all,\nplease draw a 7.\n", "7", "\N{GREEK SMALL LETTER PI}" * 900]
)
def test_words_are_no_table(text):
    with pytest.raises(UploadError, match="none of the files that are known"):
        from_upload("mine.txt", text.encode())


def test_pillow_makes_what_the_signatures_say():
    """The signatures are those of real files."""
    made = {"TIFF": "a TIFF", "ICO": "an icon", "PPM": "a PNM", "JPEG2000": "a JPEG 2000", "AVIF": "an AVIF"}
    for kind, name in made.items():
        with pytest.raises(PictureError, match=name):
            open_picture(saved(lambda file, kind=kind: Image.new("L", (32, 32)).save(file, kind)))
