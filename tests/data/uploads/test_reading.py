"""Every allowed form of an upload is read alike, every hostile or mistaken one is refused in words."""

import gzip
import stat
import struct
import tracemalloc
import zipfile
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ae_core.data.uploads import archives, arrays, reading
from ae_core.data.uploads.reading import from_upload
from ae_core.drawing import picture
from ae_core.drawing.ink import digit_from_drawing
from ae_core.errors import PictureError, UploadError
from tests.data.made_files import encoded, idx, npy, npy_header, npz, zipped


@pytest.fixture(scope="module")
def digits(embedded):
    """Twenty test digits, uint8 [20, 28, 28]."""
    return embedded.test.images[::50]


def refusal(data, name="given.bin"):
    """The message, after what every one must have: an end, a remedy or what is allowed, and no riddle."""
    with pytest.raises(UploadError) as error:
        from_upload(name, data)
    text = str(error.value)
    assert text.endswith((".", ")"))
    assert "Traceback" not in text
    return text


# ---- what is read ------------------------------------------------------------------------------------------


def test_every_form_of_the_same_images_gives_the_same_images(digits):
    forms = {
        "zip": zipped((f"{number}.png", encoded(image)) for number, image in enumerate(digits)),
        "stored zip": zipped(
            ((f"a/{n}.png", encoded(image)) for n, image in enumerate(digits)), compression=zipfile.ZIP_STORED
        ),
        "idx": idx(digits),
        "idx.gz": gzip.compress(idx(digits)),
        "npy": npy(digits),
        "fortran": npy(np.asfortranarray(digits)),
        "flat": npy(digits.reshape(-1, 784)),
        "channel last": npy(digits[..., None]),
        "channel first": npy(digits[:, None]),
        "big-endian": npy(digits.astype(">i4")),
        "int64": npy(digits.astype(np.int64)),
        "float 0 to 255": npy(digits.astype(np.float32)),
        "float 0 to 1": npy(digits / 255),
        "npz": npz(images=digits),
        "npz with labels": npz(images=digits, labels=np.arange(20)),
    }
    for form, data in forms.items():
        upload = from_upload(form, data)
        np.testing.assert_array_equal(upload.images, digits, err_msg=form)
        assert upload.images.dtype == np.uint8, form
        assert not upload.images.flags.writeable, form
        assert len(upload) == len(upload.names) == 20, form
        assert (upload.fitted, upload.inverted) == (0, 0), form


def test_true_is_white():
    images = np.zeros((2, 28, 28), bool)
    images[:, 10:20, 14] = True
    np.testing.assert_array_equal(from_upload("a.npy", npy(images)).images, images * np.uint8(255))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP", "WEBP"])
def test_every_kind_of_picture_is_read_and_made_into_mnists_form(digits, kind):
    """As a drawing is: dark ink on white paper is turned around, cut out, fitted and centred."""
    large = 255 - np.kron(digits[3], np.ones((5, 5), np.uint8))
    options = {"quality": 95} if kind in ("JPEG", "WEBP") else {}
    for data in (encoded(large, kind, **options), zipped([("x", encoded(large, kind, **options))])):
        upload = from_upload("seven", data)
        assert (len(upload), upload.fitted, upload.inverted) == (1, 1, 1)
        wanted = digit_from_drawing(np.dstack([large] * 3 + [np.full_like(large, 255)])).image
        assert np.abs(upload.images[0].astype(int) - wanted).mean() < 3


def test_small_pictures_of_dark_ink_on_white_are_turned_around(digits):
    upload = from_upload(
        "a.zip", zipped((f"{n}.png", encoded(255 - image)) for n, image in enumerate(digits))
    )
    np.testing.assert_array_equal(upload.images, digits)
    assert (upload.fitted, upload.inverted) == (0, 20)
    assert "20 turned from dark on light" in upload.summary


def test_arrays_of_another_size_are_made_into_mnists_form(digits):
    small = np.kron(digits, np.ones((2, 2), np.uint8))
    upload = from_upload("a.npy", npy(small))
    assert upload.images.shape == (20, 28, 28)
    assert upload.fitted == 20
    assert "20 fitted into 28 × 28" in upload.summary.lower()


def test_colour_and_transparency_are_seen_through(digits):
    opaque = np.dstack([np.zeros((28, 28, 3), np.uint8), digits[0]])  # black ink, no paper
    upload = from_upload("a.zip", zipped([("a.png", encoded(opaque))]))
    assert np.abs(upload.images[0].astype(int) - digits[0]).max() <= 1


def test_what_was_passed_over_is_told_with_count_and_reason(digits):
    link = zipfile.ZipInfo("link.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    picture = encoded(digits[0])
    files = [
        ("folder/", b""),
        ("folder/a.png", picture),
        ("__MACOSX/folder/._a.png", b"junk"),
        (".DS_Store", b"junk"),
        ("Thumbs.db", b"junk"),
        ("../../etc/passwd.png", picture),
        ("/root/a.png", picture),
        ("C:\\windows\\a.png", picture),
        ("..\\a.png", picture),
        (link, b"/etc/passwd"),
        ("inner.zip", zipped([("b.png", picture)])),
        ("inner.gz", gzip.compress(picture)),
        ("notes.txt", b"my digits"),
        ("cut.png", picture[:60]),
        ("white.png", encoded(np.full((90, 90), 255, np.uint8))),
        ("empty.png", b""),
    ]
    upload = from_upload("mine.zip", zipped(files))
    assert upload.names == ("folder/a.png",)
    assert upload.skipped == {
        "a file of the operating system": 3,
        "a name that leads out of the archive": 4,
        "a link": 1,
        "an archive within the archive": 2,
        "no picture": 2,
        "a picture that is damaged or far too large": 1,
        "a picture without ink": 1,
    }
    assert upload.summary.startswith("1 image read from mine.zip.")
    assert "Skipped: a file of the operating system (3 times), " in upload.summary


def test_names_that_would_mislead_a_reader_are_made_harmless(digits):
    upload = from_upload("a\u202e\n.zip", zipped([("\x1b[31mred\u202e.png", encoded(digits[0]))]))
    assert all(letter.isprintable() for letter in upload.name + upload.names[0])
    assert len(from_upload("x" * 500, npy(digits)).name) <= 60


def test_progress_goes_from_nothing_to_all(digits):
    told = []
    from_upload("a.zip", zipped((f"{n}.png", encoded(image)) for n, image in enumerate(digits)), told.append)
    assert told[0] == 0
    assert told[-1] == 1
    assert told == sorted(told)
    assert len(told) > 10


# ---- what is refused: too much -----------------------------------------------------------------------------


def test_too_many_bytes(monkeypatch):
    monkeypatch.setattr(reading, "MAX_BYTES", 2**20)
    assert "1.5 MiB; at most 1 MiB" in refusal(bytes(3 * 2**19))


def test_too_many_pictures_are_refused_before_they_are_read(digits, monkeypatch):
    monkeypatch.setattr(reading, "MAX_IMAGES", 19)
    archive = zipped((f"{number}.png", encoded(image)) for number, image in enumerate(digits))
    assert "at most 19" in refusal(archive)


@pytest.mark.parametrize("shape", [(10**12, 28, 28), (10_001, 28, 28), (2**63, 784), (10_000, 1024, 1024)])
def test_a_header_that_claims_too_much_costs_no_memory(shape):
    tracemalloc.start()
    refusal(npy_header(shape))
    assert tracemalloc.get_traced_memory()[1] < 2**20
    tracemalloc.stop()


def test_an_idx_header_that_claims_too_much_costs_no_memory():
    for sizes in ((4_000_000_000, 28, 28), (10_000, 1024, 1024), (10_000, 28, 28)):
        tracemalloc.start()
        refusal(bytes([0, 0, 8, 3]) + struct.pack(">III", *sizes))
        assert tracemalloc.get_traced_memory()[1] < 2**20
        tracemalloc.stop()


def test_a_picture_that_would_unfold_into_gigabytes_is_refused_by_its_header(digits):
    def chunk(name, content):
        crc = struct.pack(">I", zlib.crc32(name + content))
        return struct.pack(">I", len(content)) + name + content + crc

    size = chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0))
    bomb = b"\x89PNG\r\n\x1a\n" + size + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    tracemalloc.start()
    with pytest.raises(PictureError, match="60,000 × 60,000"):
        from_upload("bomb.png", bomb)
    upload = from_upload("a.zip", zipped([("bomb.png", bomb), ("a.png", encoded(digits[0]))]))
    assert tracemalloc.get_traced_memory()[1] < 2**22
    tracemalloc.stop()
    assert upload.skipped == {"a picture that is damaged or far too large": 1}


def test_many_large_pictures_are_refused_together(digits, monkeypatch):
    monkeypatch.setattr(arrays, "MAX_PIXELS_TOGETHER", 10 * 784)
    archive = zipped((f"{number}.png", encoded(image)) for number, image in enumerate(digits))
    assert "Together the pictures" in refusal(archive)


def test_a_member_that_is_compressed_absurdly_is_passed_over(digits):
    bomb = encoded(np.zeros((2000, 2000), np.uint8), "BMP")
    upload = from_upload("a.zip", zipped([("bomb.bmp", bomb), ("a.png", encoded(digits[0]))]))
    assert upload.skipped == {"a file compressed too well to be a picture": 1}


def test_members_that_are_too_large_alone_or_together(digits, monkeypatch):
    monkeypatch.setattr(picture, "MAX_BYTES", 8 * 2**20)
    noise = np.random.default_rng(0).bytes(9 * 2**20)
    upload = from_upload("a.zip", zipped([("a", noise), ("a.png", encoded(digits[0]))]))
    assert upload.skipped == {"a file of more than 8 MiB": 1}
    monkeypatch.setattr(archives, "MAX_UNPACKED", 3000)
    assert "Unpacked, the archive would have" in refusal(
        zipped([("a", noise[:2000]), ("b", noise[2000:4000])])
    )


def test_a_member_that_lies_about_its_size_is_not_believed(digits):
    """The directory announces 100 bytes where two million unfold: no more than the 100 are unpacked."""
    data = bytearray(zipped([("a.png", bytes(2_000_000)), ("b.png", encoded(digits[0]))]))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = data.index(signature) + offset
        data[place : place + 4] = struct.pack("<I", 100)
    tracemalloc.start()
    assert from_upload("a.zip", bytes(data)).skipped == {"a damaged file": 1}
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()


def test_too_many_members_are_refused_before_they_are_listed(monkeypatch):
    monkeypatch.setattr(archives, "MAX_MEMBERS", 5)
    assert "more than 5 files" in refusal(zipped((str(number), b"") for number in range(6)))


def test_a_gzip_bomb_is_stopped(monkeypatch):
    monkeypatch.setattr(arrays, "MAX_STREAMED", 40 * 2**20)
    bombs = gzip.compress(bytes(50 * 2**20)), gzip.compress(npy_header((70_000, 784)) + bytes(55 * 2**20))
    header = gzip.compress(b"\x93NUMPY\2\0" + struct.pack("<I", 2**30) + bytes(50 * 2**20))
    tracemalloc.start()
    assert "header is damaged" in refusal(header)
    assert "none of the files" in refusal(bombs[0])
    assert "at most 40 MiB are read" in refusal(bombs[1])
    assert tracemalloc.get_traced_memory()[1] < 2**20
    tracemalloc.stop()


# ---- what is refused: of another kind ----------------------------------------------------------------------


@pytest.mark.parametrize("data", [b"hello", b"\0" * 100, b"\xff" * 100])
def test_what_is_none_of_the_allowed_files(data):
    assert "none of the files that are known here. Allowed are a ZIP" in refusal(data)
    assert "holds something that is none" in refusal(gzip.compress(data))


def test_empty_uploads():
    assert "is empty" in refusal(b"")
    assert "holds no image" in refusal(zipped([]))
    assert "holds no image" in refusal(zipped([("folder/", b"")]))
    assert "holds no image" in refusal(npy(np.zeros((0, 28, 28), np.uint8)))
    assert "holds no image" in refusal(idx(np.zeros((0, 28, 28), np.uint8)))


def test_an_archive_without_one_good_picture_says_why():
    text = refusal(zipped([("a.txt", b"hello"), ("b.txt", b"you")]), "mine.zip")
    assert text.startswith("mine.zip holds no image that could be read. Skipped: no picture (2 times).")


def test_encrypted_members_are_told():
    data = bytearray(zipped([("a.png", b"secret")]))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    assert "an encrypted file" in refusal(bytes(data))


@pytest.mark.parametrize("way", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_unusual_ways_to_compress_are_not_followed(way):
    assert "another way than ZIP's" in refusal(zipped([("a.png", b"x" * 99)], compression=way))


def test_idx_of_labels_and_of_other_types(digits):
    assert "labels, not images" in refusal(idx(np.arange(10, dtype=np.uint8)))
    for number, kind in ((0x0B, ">i2"), (0x0C, ">i4"), (0x0D, ">f4"), (0x0E, ">f8")):
        upload = from_upload("a", idx(digits.astype(kind), number))
        np.testing.assert_array_equal(upload.images, digits)
    assert "goes on after the last of its 20 images" in refusal(idx(digits) + b"abc")
    assert "goes on after the last of its 20 images" in refusal(gzip.compress(idx(digits) + b"abc"))


@pytest.mark.parametrize(
    ("shape", "told"),
    [
        ((28, 28, 3), "one colour picture"),
        ((5, 28, 28, 3), "colour pictures"),
        ((5, 3, 28, 28), "colour pictures"),
        ((5, 28), r"shape \[5, 28\]; images are \[N, height, width\]"),
        ((784,), r"shape \[784\]"),
        ((), r"shape \[\]"),
        ((5, 2, 28, 28), r"shape \[5, 2, 28, 28\]"),
        ((1, 1, 1, 28, 28), "shape"),
        ((5, 7, 7), "8 to 1,024"),
        ((5, 8, 1025), "8 to 1,024"),
    ],
)
@pytest.mark.parametrize("packed", [npy, lambda array: npz(array=array)])
def test_arrays_of_other_shapes(shape, told, packed):
    with pytest.raises(UploadError, match=told):
        from_upload("a.npy", packed(np.zeros(shape, np.uint8)))


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (np.full((1, 28, 28), -7), "All values of the array are -7"),
        (np.full((1, 28, 28), np.nan), "784 of the array's 784 values are infinite or no numbers (NaN)"),
        (np.pad(np.full((1, 1, 1), np.inf), ((0, 0), (0, 27), (0, 27))), "1 of the array's 784"),
        (np.full((1, 28, 28), 1j), "complex128"),
        (np.full((1, 28, 28), "a"), "<U1"),
        (np.zeros((1, 28, 28), "datetime64[s]"), "datetime64"),
        (np.zeros((1, 28, 28), [("grey", "u1")]), "grey"),
    ],
)
def test_arrays_of_other_values(values, told):
    assert told in refusal(npy(values))


def test_nothing_is_unpickled():
    class Hostile:
        def __reduce__(self):
            return (pytest.fail, ("A stranger's program was run.",))

    pickled = npy(np.array([Hostile()], dtype=object), allow_pickle=True)
    assert "Python objects" in refusal(pickled)
    assert "Python objects" in refusal(zipped([("images.npy", pickled)]))


def test_an_array_file_without_images_says_what_each_array_lacks():
    text = refusal(npz(labels=np.arange(5), colours=np.zeros((5, 28, 28, 3))))
    assert "labels: The array has the shape [5]" in text
    assert "colours: " in text
    assert "Skipped: a file compressed too well" in refusal(npz(blank=np.zeros((10_000, 28, 28))))


# ---- what is refused: damaged ------------------------------------------------------------------------------


@pytest.mark.parametrize("kept", [0.02, 0.3, 0.7, 0.999])
def test_truncated_files(digits, kept):
    archive = zipped((f"{number}.png", encoded(image)) for number, image in enumerate(digits))
    for form, data in {
        "zip": archive,
        "idx": idx(digits),
        "idx.gz": gzip.compress(idx(digits)),
        "npy": npy(digits),
        "npz": npz(images=digits),
    }.items():
        text = refusal(data[: int(kept * len(data))], form)
        assert "damaged" in text or "cut off" in text, (form, text)


@settings(max_examples=150, deadline=None)
@given(
    form=st.sampled_from(["zip", "idx", "idx.gz", "npy", "npz"]),
    damage=st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=6
    ),
    cluster=st.booleans(),
)
def test_damage_gives_images_or_a_refusal(form, damage, cluster):
    images = np.random.default_rng(0).integers(0, 256, (3, 28, 28), dtype=np.uint8)
    data = bytearray(
        {
            "zip": lambda: zipped((f"{number}.png", encoded(image)) for number, image in enumerate(images)),
            "idx": lambda: idx(images),
            "idx.gz": lambda: gzip.compress(idx(images)),
            "npy": lambda: npy(images),
            "npz": lambda: npz(images=images),
        }[form]()
    )
    reach = min(150, len(data)) if cluster else len(data)  # headers are where damage does harm
    for place, value in damage:
        data[int(place * reach)] = value
    try:
        upload = from_upload(form, bytes(data))
    except (UploadError, PictureError):
        return
    assert upload.images.dtype == np.uint8
    assert upload.images.shape == (len(upload), 28, 28)
