"""What an uploaded file is, told from its bytes: so that a refusal can name it and say the way out.

Nothing is decoded here and nothing unpickled.
"""

from dataclasses import dataclass

HEAD = 1024  # bytes that `kind_of` looks at

SAVE_AS_PNG = "Save it as PNG and upload that."
SAVE_ARRAY = 'Save its images with numpy.save("images.npy", images) and upload that file.'


@dataclass(frozen=True)
class FileKind:
    """name: with its article; remedy: what to do instead. is_picture: whether there is a picture to save."""

    name: str
    remedy: str
    is_picture: bool = False


HEIC = FileKind(
    "a HEIC picture",
    "Save it as JPEG or PNG (an iPhone takes JPEG pictures with Settings > Camera > Formats > Most "
    "Compatible) and upload that.",
    is_picture=True,
)
AVIF = FileKind("an AVIF picture", SAVE_AS_PNG, is_picture=True)
FILM = FileKind("a film", "Save single pictures of it as PNG and upload these.", is_picture=True)
TIFF = FileKind("a TIFF picture, or a camera's raw file", SAVE_AS_PNG, is_picture=True)
PDF = FileKind(
    "a PDF", "Export its page as PNG, or take a screenshot of it, and upload that.", is_picture=True
)
SVG = FileKind("an SVG drawing", "Export it as PNG and upload that.", is_picture=True)
PYTORCH = FileKind(
    "a PyTorch file",
    "It holds a pickle, which could run a stranger's program, so it is not opened. "
    'Save its images with numpy.save("images.npy", tensor.numpy()) and upload that file.',
)
PICKLE = FileKind("a pickle", "It could run a stranger's program, so it is not opened. " + SAVE_ARRAY)
CSV = FileKind(
    "a table of text (CSV)",
    'Turn it into an array with one row an image, numpy.loadtxt(file, delimiter=","), without its labels and '
    'headings; save it with numpy.save("images.npy", array) and upload that file.',
)
HDF5 = FileKind("an HDF5 file", SAVE_ARRAY)
PARQUET = FileKind("a Parquet table", "Read it with pandas.read_parquet. " + SAVE_ARRAY)
OFFICE = FileKind(
    "an office document", "Save the pictures in it as PNG, pack them as a ZIP archive and upload that."
)
BOOK = FileKind("an e-book", OFFICE.remedy)
ANOTHER_ARCHIVE = "Pack the pictures as an ordinary ZIP archive and upload that."

_BY_SIGNATURE = (
    (0, b"GIF8", FileKind("a GIF", SAVE_AS_PNG, is_picture=True)),
    (0, b"BM", FileKind("a BMP", SAVE_AS_PNG, is_picture=True)),
    (8, b"WEBP", FileKind("a WebP picture", SAVE_AS_PNG, is_picture=True)),
    (0, b"II*\x00", TIFF),
    (0, b"MM\x00*", TIFF),
    (0, b"II+\x00", TIFF),
    (0, b"MM\x00+", TIFF),
    (4, b"ftypavi", AVIF),
    *((4, b"ftyp" + brand, HEIC) for brand in (b"hei", b"hev", b"mif1", b"msf1")),
    (4, b"ftyp", FILM),
    (0, b"\x1aE\xdf\xa3", FILM),
    (0, b"\x00\x00\x00\x0cJXL ", FileKind("a JPEG XL picture", SAVE_AS_PNG, is_picture=True)),
    (0, b"\x00\x00\x00\x0cjP  ", FileKind("a JPEG 2000 picture", SAVE_AS_PNG, is_picture=True)),
    (0, b"8BPS", FileKind("a Photoshop file", SAVE_AS_PNG, is_picture=True)),
    (0, b"\x00\x00\x01\x00", FileKind("an icon", SAVE_AS_PNG, is_picture=True)),
    *(
        (0, b"P%d\n" % number, FileKind("a PNM picture", SAVE_AS_PNG, is_picture=True))
        for number in (4, 5, 6)
    ),
    (128, b"DICM", FileKind("a DICOM picture", SAVE_AS_PNG, is_picture=True)),
    (0, b"%PDF", PDF),
    (0, b"%!PS", FileKind("a PostScript file", PDF.remedy, is_picture=True)),
    (0, b"\x89HDF\r\n\x1a\n", HDF5),
    (0, b"MATLAB 5.0", FileKind("a MATLAB file", "Read it with scipy.io.loadmat. " + SAVE_ARRAY)),
    (0, b"PAR1", PARQUET),
    (0, b"ARROW1", FileKind("an Arrow table", SAVE_ARRAY)),
    (0, b"SIMPLE  =", FileKind("a FITS file", SAVE_ARRAY)),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OFFICE),
    (0, b"7z\xbc\xaf\x27\x1c", FileKind("a 7z archive", ANOTHER_ARCHIVE)),
    (0, b"Rar!", FileKind("a RAR archive", ANOTHER_ARCHIVE)),
    (257, b"ustar", FileKind("a tar archive", ANOTHER_ARCHIVE)),
    # PyTorch's files were pickles before they were ZIP archives: this number stands at their beginning.
    (0, b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.", PYTORCH),
    *((0, b"\x80" + bytes([protocol]), PICKLE) for protocol in (2, 3, 4, 5)),
    (0, b"PK\x03\x04", FileKind("a ZIP archive or an office document", "Upload one picture.")),
)


def kind_of(data: bytes) -> FileKind | None:
    """What `data`, a file or its first HEAD bytes, is; None for what is not known here."""
    for offset, signature, kind in _BY_SIGNATURE:
        if data.startswith(signature, offset):
            return kind
    return _kind_of_text(data[:HEAD])


def kind_of_archive(names: list[str]) -> FileKind | None:
    """What a ZIP archive of files called `names` is, where it is no archive of pictures."""
    plain = [name.replace("\\", "/") for name in names]
    if any(name == "data.pkl" or name.endswith("/data.pkl") for name in plain):
        return PYTORCH
    if "[Content_Types].xml" in plain or "META-INF/manifest.xml" in plain:
        return OFFICE
    if "META-INF/container.xml" in plain:
        return BOOK
    if "config.json" in plain and any(name.endswith(".weights.h5") for name in plain):
        return FileKind("a Keras model", "It holds no images. Upload a ZIP archive of pictures or an array.")
    return None


def _kind_of_text(head: bytes) -> FileKind | None:
    try:
        text = head.decode("utf-8-sig", errors="strict" if len(head) < HEAD else "ignore").strip().lower()
    except UnicodeDecodeError:
        return None
    if not text or not all(letter.isprintable() or letter.isspace() for letter in text):
        return None
    if text.startswith("<svg") or (text.startswith(("<?xml", "<!--")) and "<svg" in text):
        return SVG
    if text.startswith(("<!doctype html", "<html")):
        return FileKind("a web page", "Save the picture in it, not the page, and upload that.")
    if text.startswith(("{", "[")):
        return FileKind("a JSON file", SAVE_ARRAY)
    if text.startswith("<?xml"):
        return FileKind("an XML file", SAVE_AS_PNG)
    lines = text.splitlines()[:3]
    if any(all(line.count(mark) >= 2 for line in lines) for mark in ",;\t") or _is_row(lines[0]):
        return CSV
    return None


def _is_row(line: str) -> bool:
    """Whether it is numbers between blanks, as numpy.savetxt writes them."""
    try:
        return len([float(part) for part in line.split()]) > 2
    except ValueError:
        return False
