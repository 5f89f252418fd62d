"""Own data sets as real libraries and systems write them; what is damaged, hostile or mistaken is refused."""

import gzip
import io
import json
import stat
import zipfile

import numpy as np
import pandas
import pyarrow
import pyarrow.parquet
import pytest

from ae_core.data.own.bundle import BROWSER, Limits, bundle_of
from ae_core.data.own.importing import Wanted, import_files, import_path, read
from ae_core.data.own.naming import given_names
from ae_core.data.own.record import MAX_CLASSES, Way
from ae_core.data.own.store import OwnData
from ae_core.data.sources import load_digits
from ae_core.data.torchvision_parts import torchvision
from ae_core.errors import DamagedError, DataError, UploadError
from tests.data.made_files import encoded, idx, npy, npz, zipped


@pytest.fixture(scope="module")
def few_digits(embedded):
    """100 test digits, 10 of each: images and labels."""
    return embedded.test.images[::10].copy(), embedded.test.labels[::10].copy()


@pytest.fixture(autouse=True)
def own_root(tmp_path, monkeypatch):
    monkeypatch.setenv("AE_RUNS", str(tmp_path / "runs"))


def read_files(*files, way=Way.HANDWRITING, limits=BROWSER, names=(), seed=42):
    """The data set that these files, (name, bytes), give."""
    return read(bundle_of(list(files), limits), Wanted("shoes", way, names, seed), limits)


def refusal(*files, **more):
    with pytest.raises(UploadError) as error:
        read_files(*files, **more)
    return str(error.value)


def pairs(digits):
    """All images of a data set with the names of their classes, as a sorted list."""
    splits = (digits.train, digits.validation, digits.test)
    return sorted(
        (digits.class_name(label), image.tobytes())
        for split in splits
        for image, label in zip(split.images, split.labels, strict=True)
    )


def wanted_pairs(images, labels):
    return sorted((str(label), image.tobytes()) for image, label in zip(images, labels, strict=True))


def csv_of(images, labels, **options):
    """As on Kaggle, by pandas."""
    table = pandas.DataFrame(images.reshape(len(images), -1)).add_prefix("pixel")
    table.insert(0, "label", labels)
    return table.to_csv(**options).encode()


def parquet_of(images, labels, names):
    """As Hugging Face's datasets write it: bytes and path, the names of classes in the schema's metadata."""
    table = pyarrow.table(
        {"image": [{"bytes": encoded(image), "path": None} for image in images], "label": labels.astype(int)}
    )
    features = {"image": {"_type": "Image"}, "label": {"names": names, "_type": "ClassLabel"}}
    metadata = {"huggingface": json.dumps({"info": {"features": features}})}
    file = io.BytesIO()
    pyarrow.parquet.write_table(table.replace_schema_metadata(metadata), file)
    return file.getvalue()


def archive_of_macos(images, labels):
    """Folders are classes; beside each file macOS puts another, and .DS_Store into each folder."""
    files = [("digits/.DS_Store", b"\0\0\0\1Bud1")]
    for number, (image, label) in enumerate(zip(images, labels, strict=True)):
        files.append((f"digits/{label}/{number}.png", encoded(image)))
        files.append((f"__MACOSX/digits/{label}/._{number}.png", b"\0\5\x16\7"))
    return zipped(files)


# ---- what is read ------------------------------------------------------------------------------------------


def test_every_format_gives_the_same_images_with_the_same_labels(few_digits):
    images, labels = few_digits
    both = [("train-images-idx3-ubyte.gz", idx(images)), ("train-labels-idx1-ubyte.gz", idx(labels))]
    windows = [
        (f"digits\\{label}\\{n}.png", encoded(image))
        for n, (image, label) in enumerate(zip(*few_digits, strict=True))
    ]
    forms = {
        "ZIP of macOS": [("a.zip", archive_of_macos(images, labels))],
        "ZIP of Windows": [("a.zip", zipped(windows))],
        "CSV": [("train.csv", csv_of(images, labels, index=False))],
        "CSV with an index": [("train.csv", csv_of(images, labels))],
        "CSV without a heading": [("train.csv", csv_of(images, labels, index=False, header=False))],
        "CSV in a ZIP": [("a.zip", zipped([("train.csv", csv_of(images, labels, index=False))]))],
        "CSV, gzipped": [("a.csv.gz", gzip.compress(csv_of(images, labels, index=False)))],
        "Parquet": [("a.parquet", parquet_of(images, labels, [str(each) for each in range(10)]))],
        "IDX, gzipped": [(name, gzip.compress(data)) for name, data in both],
        "IDX in a ZIP": [("a.zip", zipped(both))],
        "NumPy": [("images.npy", npy(images)), ("labels.npy", npy(labels.astype(np.int64)))],
        "npz from 0 to 1": [("a.npz", npz(images=images / 255, labels=labels[:, None]))],
    }
    for form, files in forms.items():
        imported = read_files(*files)
        assert pairs(imported.digits) == wanted_pairs(images, labels), form
        assert imported.record.sizes == (60, 20, 20), form


def test_a_given_test_part_stays_the_test(few_digits):
    images, labels = few_digits
    other = images[::-1, ::-1]  # for these to be told from the others
    keras = [("mnist.npz", npz(x_train=images, y_train=labels, x_test=other[::-1], y_test=labels))]
    folders = [
        (f"{part}/{label}/{n}.png", encoded(image))
        for part, some in (("train", images), ("test", other[::-1]))
        for n, (image, label) in enumerate(zip(some, labels, strict=True))
    ]
    for files in (keras, [("a.zip", zipped(folders))]):
        digits = read_files(*files).digits
        assert (len(digits.train), len(digits.validation), len(digits.test)) == (80, 20, 100)
        assert {each.tobytes() for each in digits.test.images} == {each.tobytes() for each in other}


def test_what_torchvision_reads_is_read_from_the_folder_alike(few_digits, tmp_path):
    images, labels = few_digits
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for part in ("train", "t10k"):
        (raw / f"{part}-images-idx3-ubyte").write_bytes(idx(images))
        (raw / f"{part}-labels-idx1-ubyte").write_bytes(idx(labels))
    theirs = torchvision.datasets.MNIST(tmp_path, train=False)
    import_path(raw, Wanted("mine"))
    mine = load_digits("mine")
    given = wanted_pairs(theirs.data.numpy(), theirs.targets.numpy())
    assert wanted_pairs(mine.test.images, mine.test.labels) == given


def test_classes_have_the_names_of_the_file_or_of_a_person(few_digits):
    names = [f"thing {number}" for number in range(10)]
    data = parquet_of(*few_digits, names)
    assert read_files(("a.parquet", data)).digits.class_names == tuple(names)
    given = tuple("jihgfedcba")
    assert read_files(("a.parquet", data), names=given).digits.class_names == given
    some = read_files(("a.parquet", data), names={"thing 3": "boot"}).digits.class_names
    assert some == (*names[:3], "boot", *names[4:])
    for said, given in (
        ("2 names were given, but there are 10 classes", ("a", "b")),
        ("There is no class '3' to be called 'boot'", {"3": "boot"}),
        ("Two classes would be called 'thing 4'", {"thing 3": "thing 4"}),
    ):
        assert said in refusal(("a.parquet", data), names=given)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", ()),
        ("T-shirt/top, Ankle boot", ("T-shirt/top", "Ankle boot")),
        ("boot\n\nbag, large\n", ("boot", "bag, large")),
        ("0=boot, 2 = bag", {"0": "boot", "2": "bag"}),
        ("0=boot\n2=bag, large", {"0": "boot", "2": "bag, large"}),
        ("label,name\n0,boot\n2,bag, large", {"0": "boot", "2": "bag, large"}),
        ("0: boot\r\n2: bag\r\n", {"0": "boot", "2": "bag"}),
    ],
)
def test_names_of_classes_are_read_in_the_order_of_labels_or_by_them(text, names):
    assert given_names(text) == names


@pytest.mark.parametrize("text", ["boot,,bag", "boot,boot", "0=boot,0=bag", "0=boot,1=boot", "0=boot,bag"])
def test_names_of_classes_that_cannot_be_told_apart_are_refused(text):
    with pytest.raises(UploadError, match=r"[Nn]ame"):
        given_names(text)


def test_pictures_of_other_sizes_come_to_28_by_28_in_either_way(few_digits):
    """Handwriting is turned to light on dark and centred; a resized picture keeps its paper and its place."""
    images = 255 - np.kron(few_digits[0][:30], np.ones((1, 3, 4), np.uint8))
    files = [("a.zip", zipped((f"one/{n}.png", encoded(image)) for n, image in enumerate(images)))]
    written, resized = (read_files(*files, way=way).digits.test.images[0] for way in Way)
    assert np.median(written) == 0
    assert written.max() > 200
    assert np.median(resized) == 255


def test_the_split_is_fixed_by_its_seed(few_digits):
    files = [("a.npz", npz(images=few_digits[0], labels=few_digits[1]))]
    first, again, other = (read_files(*files, seed=seed).record.fingerprint for seed in (1, 1, 2))
    assert first == again != other


def test_of_too_many_images_a_sample_with_its_labels_is_read_and_this_is_told(few_digits):
    limits = Limits(images=50, packed=10**8, unpacked=10**8, pixels=10**9)
    images, labels = few_digits
    known = set(wanted_pairs(images, labels))
    for files in (
        [("a.npz", npz(images=images, labels=labels))],
        [("a.csv", csv_of(images, labels, index=False))],
        [("a.zip", archive_of_macos(images, labels))],
    ):
        imported = read_files(*files, limits=limits)
        assert set(pairs(imported.digits)) <= known
        assert "50 were drawn by chance" in imported.record.report


def test_what_is_skipped_is_reported_with_its_reason(few_digits):
    images, labels = few_digits
    files = [
        (f"{label}/{n}.png", encoded(image))
        for n, (image, label) in enumerate(zip(images, labels, strict=True))
    ]
    files += [
        ("9/cut.png", encoded(images[0])[:60]),
        ("readme.md", b"# My digits"),
        ("10/lonely.png", files[0][1]),
    ]
    report = read_files(("a.zip", zipped(files))).record.report
    assert "100 images of 10 classes" in report
    for reason in (
        "damaged",
        "no picture (1)",
        "a class that has too few to train on, validate and test: 10 (1)",
    ):
        assert reason in report
    table = csv_of(images, labels, index=False).replace(b"\n0,", b"\n,", 1)
    assert "an image without a label (1)" in read_files(("a.csv", table)).record.report


# ---- what is refused ---------------------------------------------------------------------------------------


def test_hostile_archives_leave_no_trace_and_cost_nothing(few_digits, tmp_path):
    images, labels = few_digits
    good = [
        (f"{label}/{n}.png", encoded(image))
        for n, (image, label) in enumerate(zip(images, labels, strict=True))
    ]
    outside = [("../../evil.png", good[0][1]), ("/etc/evil.png", good[0][1]), ("C:\\evil.png", good[0][1])]
    bomb = [("bomb.png", b"\x89PNG\r\n\x1a\n" + bytes(10**7))]
    report = read_files(("a.zip", zipped(good + outside + bomb))).record.report
    assert "a name that leads out of the archive (3)" in report
    assert "compressed too well" in report
    assert not list(tmp_path.rglob("*evil*"))
    objects = npy(np.array([{"a": 1}] * 30), allow_pickle=True)
    assert "Python objects" in refusal(("a.npz", zipped([("x_train.npy", objects)])))
    unfolding = gzip.compress(b"label," + b",".join(b"p%d" % n for n in range(784)) + b"\n" + b"0" * 10**8)
    limits = Limits(images=50, packed=10**8, unpacked=10**7, pixels=10**9)
    assert "Unpacked" in refusal(("a.csv.gz", unfolding), limits=limits)


def test_links_encrypted_and_nested_archives_are_passed_over_and_told(few_digits):
    good = [
        (f"{label}/{n}.png", encoded(image)) for n, (image, label) in enumerate(zip(*few_digits, strict=True))
    ]
    link = zipfile.ZipInfo("1/link.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    files = [*good, (link, b"/etc/passwd"), ("1/inner.zip", zipped(good[:1]))]
    imported = read_files(("a.zip", zipped(files)))
    assert pairs(imported.digits) == wanted_pairs(*few_digits)
    assert imported.record.skipped == {"a link": 1, "an archive within": 1}
    locked = zipped(good).replace(b"PK\1\2\x14\3\x14\0\0\0", b"PK\1\2\x14\3\x14\0\1\0")
    assert "an encrypted file (100)" in refusal(("a.zip", locked))


def test_columns_of_pixels_are_put_in_the_order_of_their_numbers(few_digits):
    images, labels = few_digits
    for names in ([f"pixel{n}" for n in range(784)], [f"{n // 28 + 1}x{n % 28 + 1}" for n in range(784)]):
        table = pandas.DataFrame(images.reshape(len(images), -1), columns=names).assign(label=labels)
        table = table.sample(frac=1, axis=1, random_state=0)
        file = io.BytesIO()
        table.to_parquet(file)
        for given in (("a.csv", table.to_csv(index=False).encode()), ("a.parquet", file.getvalue())):
            assert pairs(read_files(given).digits) == wanted_pairs(images, labels), given[0]


def test_tables_as_pandas_writes_them_with_bytes_and_without_labels(few_digits):
    images, labels = few_digits
    table = pandas.DataFrame({"image": [encoded(each) for each in images], "label": labels.astype(str)})
    assert pairs(read_files(("a.parquet", parquet(table))).digits) == wanted_pairs(images, labels)
    alone = read_files(("a.parquet", parquet(table[["image"]])))
    assert alone.record.class_names == ("image",)
    elsewhere = pandas.DataFrame({"image": [{"bytes": None, "path": "1.png"}] * 30, "label": [0] * 30})
    told = refusal(("a.parquet", parquet(elsewhere)))
    assert "a row whose picture is not in the table (30)" in told


def parquet(table):
    file = io.BytesIO()
    table.to_parquet(file)
    return file.getvalue()


def test_classes_of_one_image_each_are_refused_and_one_class_alone_is_not(few_digits):
    images, labels = few_digits
    one_each = [(f"thing-{n}/a.png", encoded(image)) for n, image in enumerate(images[:40])]
    assert "No class has enough images" in refusal(("a.zip", zipped(one_each)))
    alone = read_files(("a.npz", npz(images=images, labels=np.zeros_like(labels))))
    assert (alone.record.class_names, alone.record.sizes) == (("0",), (64, 16, 20))


def test_damaged_empty_and_mistaken_files_are_refused_in_words(few_digits):
    images, labels = few_digits
    table = csv_of(images, labels, index=False)
    heading = table.split(b"\n")[0] + b"\n"
    many = csv_of(np.tile(images, (2, 1, 1)), np.arange(200), index=False)
    wrong_pixel = table.replace(b",0,", b",ink,", 1)
    mismatch = npz(x_train=images, y_train=labels[:-1])
    parquet = parquet_of(images, labels, list("abcdefghij"))
    for said, name, data in (
        ("empty (0 bytes)", "a.csv", b""),
        ("has no rows", "a.csv", heading),
        ("columns", "a.csv", b"label,b,c,d\n1,2,3,4\n"),
        ("pixel is a number", "a.csv", wrong_pixel),
        (f"200 different labels, such as 0, 1, 2; at most {MAX_CLASSES}", "a.csv", many),
        ("x_train has 100 images, but y_train 99 labels", "a.npz", mismatch),
        ("has 5,000,002 cells in line 2", "a.csv", heading + b"0," + b"1," * 5_000_000 + b"1\n"),
        ("has 1,000,000 cells in line 1", "a.csv", b",".join([b"1"] * 1_000_000)),
        ("a pixel is a number", "a.csv", table.replace(b",0,", b"," + b"9" * 100_000 + b",", 1)),
        ("several arrays of images", "a.npz", npz(a_images=images, a_data=images)),
        ("holds labels, but no array of images", "a.idx", idx(labels)),
        ("damaged", "a.parquet", parquet[: len(parquet) // 2] + parquet[-8:]),
        ("damaged", "a.zip", zipped([("a.png", encoded(images[0]))])[:80]),
        ("gives 1 image; at least 20", "a.png", encoded(images[0])),
        ("holds nothing that can be imported", "a.txt", b"hello"),
    ):
        assert said in refusal((name, data)), said


# ---- what is kept ------------------------------------------------------------------------------------------


def test_an_own_data_set_is_kept_replaced_and_deleted(few_digits):
    images, labels = few_digits
    files = [("digits.npz", npz(images=images, labels=labels))]
    record = import_files(files, Wanted("mine"))
    first = load_digits("mine")
    assert first.fingerprint == record.fingerprint == OwnData().record("mine").fingerprint
    assert first.class_names == tuple("0123456789")
    with pytest.raises(DataError, match="There is a data set mine already"):
        import_files(files, Wanted("mine"))
    import_files(files, Wanted("mine", seed=7, replace=True))
    assert load_digits("mine").fingerprint != first.fingerprint
    assert len(OwnData().folder.child("mine").names()) == 2
    OwnData().delete("mine")
    with pytest.raises(DataError, match="There is no data set 'mine'"):
        load_digits("mine")


@pytest.mark.parametrize("name", ["", "Shoes", "../shoes", "mnist", "a b", "x" * 41])
def test_a_bad_name_is_refused_with_one_that_would_do(name, few_digits):
    with pytest.raises(DataError):
        import_files([("a.npz", npz(images=few_digits[0]))], Wanted(name))


def test_damage_on_the_disk_is_told(few_digits):
    record = import_files([("a.npz", npz(images=few_digits[0]))], Wanted("mine"))
    folder, file = OwnData().folder.child("mine"), f"images-{record.fingerprint}.npz"
    data = bytearray(folder.read(file))
    data[len(data) // 2] ^= 255
    folder.write(file, bytes(data))
    with pytest.raises(DamagedError, match="mine"):
        load_digits("mine")
    folder.write("dataset.json", b"{")
    assert OwnData().list() == []
    OwnData().delete("mine")
