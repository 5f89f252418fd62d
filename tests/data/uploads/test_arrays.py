"""Arrays are read by their range, turned by their paper, chosen among by name, and too large ones sampled."""

import gzip
import io
import tracemalloc

import numpy as np
import pytest
from sklearn.datasets import load_digits

from ae_core.data.uploads import arrays
from ae_core.data.uploads.reading import Ink, ReadAs, from_upload
from ae_core.errors import SeveralArraysError, UploadError
from tests.data.made_files import encoded, idx, npy, npz, zipped


@pytest.fixture(scope="module")
def digits(embedded):
    """Twenty test digits, uint8 [20, 28, 28]."""
    return embedded.test.images[::50]


# ---- the range ---------------------------------------------------------------------------------------------

MEAN, DEVIATION = 0.1307, 0.3081  # of MNIST, as PyTorch's example normalises it
FORMS = {
    # how a library stores x from 0 to 1: the type, the values, and what is said of them
    "true or false": (bool, lambda x: x > 0.5, "0 to 1"),
    "binary": (np.uint8, lambda x: x > 0.5, "0 to 1"),
    "binary int64": (np.int64, lambda x: x > 0.5, "0 to 1"),
    "binary float": (np.float64, lambda x: x > 0.5, "0 to 1"),
    "plus and minus 1": (np.int8, lambda x: np.where(x > 0.5, 1, -1), "-1 to 1"),
    "4 bits": (np.uint8, lambda x: x * 15, "0 to 15"),
    "0 to 16": (np.int32, lambda x: x * 16, "0 to 16"),
    "scikit-learn": (np.float64, lambda x: np.rint(x * 16), "0 to 16"),
    "0 to 16 resized": (np.float32, lambda x: x * 15.8, "0 to 16"),
    "per cent": (np.uint8, lambda x: x * 100, "0 to 100"),
    "8 bits": (np.uint8, lambda x: x * 255, "0 to 255"),
    "8 bits as float": (np.float32, lambda x: x * 255, "0 to 255"),
    "signed bytes": (np.int8, lambda x: x * 255 - 128, "-128 to 127"),
    "10 bits": (np.uint16, lambda x: x * 1023, "0 to 1,023"),
    "12 bits": (np.uint16, lambda x: x * 4095, "0 to 4,095"),
    "16 bits": (np.uint16, lambda x: x * 65535, "0 to 65,535"),
    "0 to 1": (np.float32, lambda x: x, "0 to 1"),
    "half floats": (np.float16, lambda x: x, "0 to 1"),
    "-1 to 1": (np.float32, lambda x: 2 * x - 1, "-1 to 1"),
    "-0.5 to 0.5": (np.float32, lambda x: x - 0.5, "-0.5 to 0.5"),
    "around 0 in bytes": (np.float32, lambda x: 255 * x - 127.5, "-127.5 to 127.5"),
    "standardised": (np.float32, lambda x: (x - MEAN) / DEVIATION, "-0.4242 to 2.821"),
    "any other": (np.float64, lambda x: 70 * x - 30, "-30 to 40"),
    "large numbers": (np.int64, lambda x: x * 10**6, "0 to 1,000,000"),
}


@pytest.mark.parametrize("form", FORMS)
def test_values_are_read_by_their_type_and_range_and_this_is_told(digits, form):
    kind, stored, told = FORMS[form]
    values = stored(digits / digits.max()).astype(float)
    if np.issubdtype(kind, np.integer):
        values = np.rint(values)
    upload = from_upload("a.npy", npy(values.astype(kind)))
    assert f"were read as {told}, black to white." in upload.summary
    wanted = np.where(digits > 127, 255, 0) if len(np.unique(values)) == 2 else digits
    half_a_step = 255 / (len(np.unique(values)) - 1) / 2
    assert np.abs(upload.images.astype(float) - wanted).max() <= half_a_step + 5


def test_interpolation_that_leads_beyond_0_and_1_is_cut_off(digits):
    values = digits / 255
    values[0, 0, :2] = -0.04, 1.05
    upload = from_upload("a.npy", npy(values))
    np.testing.assert_array_equal(upload.images[1:], digits[1:])
    assert upload.images[0, 0, :2].tolist() == [0, 255]


def test_scikit_learns_digits_have_ink():
    images = load_digits().images[:50]
    upload = from_upload("digits.npy", npy(images))
    assert (len(upload), upload.fitted, upload.inverted) == (50, 50, 0)
    assert "(float64 from 0 to 16) were read as 0 to 16" in upload.summary
    assert upload.images.max(axis=(1, 2)).min() > 200


def test_a_person_who_knows_the_range_better_is_followed(digits):
    dim = digits // 4  # 0 to 63, read as per cent
    assert "0 to 100" in from_upload("a.npy", npy(dim)).summary
    named = from_upload("a.npy", npy(dim), read_as=ReadAs(values="0:255"))
    np.testing.assert_array_equal(named.images, dim)
    full = from_upload("a.npy", npy(dim), read_as=ReadAs(values="lowest:highest"))
    assert full.images.max() == 255
    cut = from_upload("a.npy", npy(digits), read_as=ReadAs(values="100:200"))
    np.testing.assert_array_equal(cut.images == 0, digits <= 100)
    np.testing.assert_array_equal(cut.images == 255, digits >= 200)


@pytest.mark.parametrize("text", ["0", "16:0", "0:nan", "0:inf", "black:white", "0:1:2", ""])
def test_a_range_that_is_none_is_refused(digits, text):
    with pytest.raises(UploadError, match="LOW:HIGH with LOW below HIGH, such as 0:16, or auto, or lowest"):
        from_upload("a.npy", npy(digits), read_as=ReadAs(values=text))


# ---- the paper ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scale", [1, 2])
def test_arrays_of_dark_ink_on_white_are_turned_and_this_is_told(digits, scale):
    large = np.kron(255 - digits, np.ones((scale, scale), np.uint8))
    upload = from_upload("a.npy", npy(large))
    upright = from_upload("a.npy", npy(255 - large))
    np.testing.assert_array_equal(upload.images, upright.images)
    assert (upload.inverted, upright.inverted) == (20, 0)
    assert "20 turned from dark on light to light on dark" in upload.summary


def test_an_array_has_one_paper_for_all_its_images(digits):
    """One image drawn over its border is data and no reason to turn it alone."""
    mixed = digits.copy()
    mixed[3] = 255
    upload = from_upload("a.npy", npy(mixed))
    np.testing.assert_array_equal(upload.images, mixed)
    assert "By the border of most images, its ink is light on dark." in upload.summary


@pytest.mark.parametrize("scale", [1, 2])
def test_a_person_may_turn_images_or_leave_them(digits, scale):
    light = np.kron(digits, np.ones((scale, scale), np.uint8))
    upright = from_upload("a.npy", npy(light)).images
    for form, data in {
        "array": npy(255 - light),
        "pictures": zipped((f"{n}.png", encoded(255 - image)) for n, image in enumerate(light)),
    }.items():
        turned = from_upload(form, data, read_as=ReadAs(ink=Ink.DARK))
        np.testing.assert_array_equal(turned.images, upright, err_msg=form)
        assert turned.inverted == 20
        left = from_upload(form, data, read_as=ReadAs(ink=Ink.LIGHT))
        assert left.inverted == 0
        assert left.images.mean() > upright.mean()


# ---- several arrays ----------------------------------------------------------------------------------------


def keras(digits):
    """As Keras keeps MNIST: mnist.npz."""
    labels = np.arange(20, dtype=np.uint8)
    return npz(x_test=digits[:5], y_test=labels[:5], x_train=digits[5:], y_train=labels[5:])


def test_several_arrays_of_images_are_not_guessed_among(digits):
    with pytest.raises(SeveralArraysError) as asked:
        from_upload("mnist.npz", keras(digits))
    assert asked.value.arrays == {"x_test": "[5, 28, 28] uint8", "x_train": "[15, 28, 28] uint8"}
    assert "x_test [5, 28, 28] uint8, x_train [15, 28, 28] uint8" in str(asked.value)


def test_the_array_that_is_named_is_read(digits):
    for name, wanted in (("x_test", digits[:5]), ("x_train", digits[5:])):
        upload = from_upload("mnist.npz", keras(digits), read_as=ReadAs(array=name))
        np.testing.assert_array_equal(upload.images, wanted)
        assert f"They are the array {name}." in upload.summary
        assert upload.skipped == {"an array that holds no images": 2, "an array that was not chosen": 1}


def test_a_name_that_is_not_there_is_refused_with_those_that_are(digits):
    for name in ("x", "y_train"):
        with pytest.raises(
            UploadError, match=rf"called '{name}'; it holds x_test \[5, 28, 28\] uint8, x_train"
        ):
            from_upload("mnist.npz", keras(digits), read_as=ReadAs(array=name))
    for data in (npy(digits), encoded(digits[0]), zipped([("a.png", encoded(digits[0]))])):
        with pytest.raises(UploadError, match="'x_train'"):
            from_upload("a", data, read_as=ReadAs(array="x_train"))


def test_arrays_that_were_packed_together_are_read_as_a_npz_is(digits):
    labels = np.arange(20, dtype=np.uint8)
    for pack in (bytes, gzip.compress):  # MNIST's own files are gzipped
        files = [("t/train-images-idx3-ubyte", pack(idx(digits))), ("t/labels", pack(idx(labels)))]
        upload = from_upload("mnist.zip", zipped([*files, ("readme.txt", b"MNIST")]))
        np.testing.assert_array_equal(upload.images, digits)
    both = zipped([("train.npy", npy(digits)), ("notes.txt", b"mine"), ("test.npy", npy(digits[:3]))])
    with pytest.raises(SeveralArraysError, match="test "):
        from_upload("a.zip", both)
    assert len(from_upload("a.zip", both, read_as=ReadAs(array="test"))) == 3


# ---- too many images ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "packed",
    [npy, idx, lambda images: gzip.compress(idx(images)), lambda images: npz(a=images)],
    ids=["npy", "idx", "idx.gz", "npz"],
)
def test_of_too_many_images_a_sample_is_read_and_this_is_told(embedded, monkeypatch, packed):
    monkeypatch.setattr(arrays, "MAX_IMAGES", 100)
    monkeypatch.setattr(arrays, "BLOCK", 7 * 784)  # does not divide the array
    images = embedded.train.images[:1000]
    upload, again = (from_upload("a", packed(images)) for _ in range(2))
    assert len(upload) == 100
    positions = [int(name) - 1 for name in upload.names]
    np.testing.assert_array_equal(upload.images, images[positions])
    assert positions == sorted(set(positions))
    assert positions[-1] > 500  # the last classes of a sorted array are among them
    assert "has 1,000: 100 of them were drawn by chance" in upload.summary
    assert upload.names == again.names


def test_a_large_array_costs_no_more_memory_than_what_is_kept_of_it(monkeypatch):
    monkeypatch.setattr(arrays, "MAX_IMAGES", 1000)
    images = np.zeros((60_000, 28, 28), np.uint8)
    images[:, 10:18, 14] = np.random.default_rng(0).integers(1, 256, (60_000, 8))
    for data in (npz(x_train=images), gzip.compress(idx(images), 1)):
        tracemalloc.start()
        upload = from_upload("mnist", data)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert len(upload) == 1000
        assert peak < images.nbytes / 2


def test_what_cannot_be_sampled_is_refused(embedded, monkeypatch):
    monkeypatch.setattr(arrays, "MAX_IMAGES", 100)
    with pytest.raises(UploadError, match=r"Fortran order.*numpy\.ascontiguousarray"):
        from_upload("a.npy", npy(np.asfortranarray(embedded.train.images[:101])))


def test_a_sample_of_a_damaged_file_is_refused(embedded, monkeypatch):
    """Though what was damaged was not among what is kept."""
    monkeypatch.setattr(arrays, "MAX_IMAGES", 1)
    data = bytearray(zipped([("a.npy", npy(embedded.test.images[:50]))], compression=0))
    data[io.BytesIO(bytes(data)).getvalue().index(b"NUMPY") + 30_000] ^= 255
    with pytest.raises(UploadError, match="damaged"):
        from_upload("a.npz", bytes(data))
