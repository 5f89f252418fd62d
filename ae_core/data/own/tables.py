"""Tables with an image in each row: CSV as on Kaggle, Parquet as on Hugging Face or of pixels too."""

import gzip
import io
import json
import math
import re
from collections.abc import Iterator

import numpy as np
import pandas
import pyarrow
import pyarrow.parquet

from ae_core.data.own.bundle import Bundle, Limits, Member
from ae_core.data.own.collected import Collected
from ae_core.data.own.naming import LABEL_COLUMNS, ONE_CLASS, part_named
from ae_core.data.own.pictures import what_else
from ae_core.data.uploads import arrays
from ae_core.data.uploads.archives import readable_name
from ae_core.drawing import file_kinds
from ae_core.drawing.levels import range_of
from ae_core.errors import UploadError
from ae_core.words import counted

ROWS = 5_000  # at a time
SIDES = 8, 128  # of images whose pixels are columns
MOST_CELLS = SIDES[1] ** 2 + 100  # of a row: beside its pixels and its label
PARQUET_SIGNATURE = b"PAR1"
CSV_ENDINGS = (".csv", ".tsv", ".txt")
UNREADABLE = (ValueError, TypeError, KeyError, OverflowError, MemoryError, pandas.errors.ParserError)


def is_parquet(head: bytes) -> bool:
    return head.startswith(PARQUET_SIGNATURE)


def is_csv(name: str, head: bytes) -> bool:
    if head.startswith(arrays.GZIP_SIGNATURE):
        return name.lower().removesuffix(".gz").endswith(CSV_ENDINGS)
    return file_kinds.kind_of(head) is file_kinds.CSV


def collect(bundle: Bundle, heads: dict[str, bytes], into: Collected) -> None:
    """All tables of the bundle. Raises UploadError."""
    unlabelled = []
    tables = [each for each in bundle.members if is_table(each.name, heads[each.name])]
    for member in bundle.members:
        if member not in tables:
            into.skipped[what_else(heads[member.name])] += 1
    for number, member in enumerate(tables):
        into.on_progress(number / len(tables))
        if is_parquet(heads[member.name]):
            take_parquet(member, into)
        elif len(tables) > 1 and not has_labels(member):
            unlabelled.append(member)  # such as the test images of a contest
        else:
            take_csv(member, into)
    if unlabelled and not len(into):
        take_csv(unlabelled[0], into)
    elif unlabelled:
        into.skipped["a table without labels"] += len(unlabelled)


def is_table(name: str, head: bytes) -> bool:
    return is_parquet(head) or is_csv(name, head)


# ---- CSV ---------------------------------------------------------------------------------------------------


def text_of(member: Member, limits: Limits) -> bytes:
    """The text of a CSV file, unpacked. Raises UploadError."""
    try:
        data = member.read()
        if data.startswith(arrays.GZIP_SIGNATURE):
            with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
                data = file.read(limits.unpacked + 1)
    except UploadError:
        raise
    except Exception as error:  # as in an archive that is damaged
        raise arrays.damaged(f"table {readable_name(member.name)}", error) from error
    if len(data) > limits.unpacked:
        raise UploadError(
            f"Unpacked, {readable_name(member.name)} has more than {limits.unpacked / 10**6:,.0f} MB, which "
            "is what is allowed: take fewer rows."
        )
    return data


def first_cells(text: bytes) -> list[str]:
    line = text[:200_000].decode("utf-8-sig", errors="replace").splitlines()[:1]
    return [cell.strip().strip('"') for cell in line[0].split(separator_of(line[0]))] if line else []


def separator_of(line: str) -> str:
    return max(",;\t", key=line.count)


def is_heading(cells: list[str]) -> bool:
    return any(not _is_number(cell) for cell in cells[1:])


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def has_labels(member: Member) -> bool:
    cells = first_cells(member.head())
    return not is_heading(cells) or cells[0].lower() in LABEL_COLUMNS


def take_csv(member: Member, into: Collected) -> None:
    name = readable_name(member.name)
    text = text_of(member, into.limits)
    cells = first_cells(text)
    heading = 0 if is_heading(cells) else None
    separator = separator_of(text[:200_000].decode("utf-8-sig", errors="replace").split("\n", 1)[0])
    check_rows(text, separator.encode(), name)
    try:
        chunks = pandas.read_csv(
            io.BytesIO(text),
            header=heading,
            sep=separator,
            chunksize=ROWS,
            low_memory=False,
            encoding="utf-8-sig",
        )
        rows = [pixels_of(chunk, name) for chunk in chunks]
    except UploadError:
        raise
    except UNREADABLE as error:
        raise UploadError(
            f"{name} is no table of images ({error}): it needs a label and one column for each pixel, as in "
            "label, pixel0, pixel1, ..., pixel783."
        ) from error
    if not rows or not sum(len(labels) for _, labels in rows):
        raise UploadError(f"{name} has no rows: a table needs one row for each image.")
    take_rows(
        np.concatenate([pixels for pixels, _ in rows]),
        [each for _, some in rows for each in some],
        name,
        into,
    )


def check_rows(text: bytes, separator: bytes, name: str) -> None:
    """Raises UploadError for a row with more cells than the first.

    pandas would take the first of them for an index, and minutes where there are millions.
    """
    cells = 0
    for number, line in enumerate(io.BytesIO(text), start=1):
        found = line.count(separator) + 1
        cells = cells or found
        if found > MOST_CELLS or (found > cells and b'"' not in line):
            raise UploadError(
                f"{name} has {found:,} cells in line {number:,}, where {min(cells, MOST_CELLS):,} are "
                "allowed: each row needs a label and one cell for each pixel, as the first has."
            )


def take_rows(pixels: np.ndarray, labels: list[object], name: str, into: Collected) -> None:
    """pixels: [N, side²]; labels: one for each."""
    side = math.isqrt(pixels.shape[1])
    whole = np.isfinite(pixels).all(axis=1)
    if not whole.all():
        into.skipped["a row with missing pixels"] += int((~whole).sum())
        pixels, labels = (
            pixels[whole],
            [each for each, is_whole in zip(labels, whole, strict=True) if is_whole],
        )
    if not len(pixels):
        raise UploadError(f"{name} has no row with all its pixels.")
    chosen = into.sample(len(pixels), name)
    levels = range_of(pixels)
    into.note_levels(name, levels)
    grey = levels.grey(pixels[chosen]).reshape(-1, side, side)
    known = np.array([labels[place] for place in chosen], dtype=object)
    into.array(grey, None if all(each is UNLABELLED for each in labels) else known, part_named(name))


UNLABELLED = object()


def pixels_of(table: pandas.DataFrame, name: str) -> tuple[np.ndarray, list[object]]:
    """Pixels float32 [N, side²] and labels of the rows of a table. Raises UploadError."""
    label = label_column(table)
    others = [column for column in table.columns if column is not label and column != label]
    pixels = [column for column in others if not is_index(column)] if not is_square(len(others)) else others
    if not is_square(len(pixels)):
        raise UploadError(
            f"{name} has {counted(len(others), 'column')} beside the label: that is no square image. 784 "
            "are needed for 28 × 28 pixels, as in label, pixel0, ..., pixel783."
        )
    wrong = [column for column in pixels if len(table) and table[column].dtype.kind not in "buif"]
    if wrong:
        texts = [str(each) for each in table[wrong[0]]]
        example = next((each for each in texts if not _is_number(each)), max(texts, key=len))
        raise UploadError(
            f"{name} has {example[:40]!r} in the column {str(wrong[0])[:40]!r}: a pixel is a number, "
            "0 to 255."
        )
    values = table[in_place(pixels)].to_numpy(np.float32)
    return values, [UNLABELLED] * len(table) if label is None else [_known(each) for each in table[label]]


def in_place(columns: list[object]) -> list[object]:
    """Columns of pixels in the order of their numbers, pixel0 or 1x1, or as they stand."""
    numbers = {column: tuple(map(int, re.findall(r"\d{1,6}", str(column)))) for column in columns}
    kinds = {re.sub(r"\d+", "", str(column)) for column in columns}
    are_all_told = len(kinds) == 1 and len(set(numbers.values())) == len(columns)
    return sorted(columns, key=numbers.__getitem__) if are_all_told else columns


def _known(label: object) -> object:
    return None if label is None or label != label else label


def label_column(table: pandas.DataFrame) -> object:
    """The column of labels: the one that is called so, else the first of 1 + side² columns; None for none."""
    for column in table.columns:
        if str(column).strip().lower() in LABEL_COLUMNS:
            return column
    return table.columns[0] if is_square(len(table.columns) - 1) else None


def is_index(column: object) -> bool:
    """Whether it numbers the rows, as pandas writes it unless it is told not to."""
    return str(column).strip().lower() in ("", "unnamed: 0", "id", "index", "imageid")


def is_square(count: int) -> bool:
    side = math.isqrt(max(0, count))
    return side * side == count and SIDES[0] <= side <= SIDES[1]


# ---- Parquet -----------------------------------------------------------------------------------------------


def take_parquet(member: Member, into: Collected) -> None:
    name = readable_name(member.name)
    try:
        file = pyarrow.parquet.ParquetFile(io.BytesIO(member.read()))
        take_table(file, name, into)
    except UploadError:
        raise
    except (pyarrow.ArrowException, *UNREADABLE, OSError) as error:
        raise arrays.damaged(f"Parquet file {name}", error) from error


def take_table(file: pyarrow.parquet.ParquetFile, name: str, into: Collected) -> None:
    schema = file.schema_arrow
    unpacked = sum(
        file.metadata.row_group(group).total_byte_size for group in range(file.metadata.num_row_groups)
    )
    if unpacked > into.limits.unpacked:
        raise UploadError(f"Unpacked, {name} has {unpacked / 10**6:,.0f} MB: take fewer rows.")
    if not file.metadata.num_rows:
        raise UploadError(f"{name} has no rows: a table needs one row for each image.")
    image = next((field.name for field in schema if is_picture_type(field.type)), None)
    if image is None:
        rows = [pixels_of(batch.to_pandas(), name) for batch in file.iter_batches(ROWS)]
        take_rows(
            np.concatenate([each for each, _ in rows]),
            [label for _, some in rows for label in some],
            name,
            into,
        )
        return
    label = label_field(schema, image)
    chosen = set(into.sample(file.metadata.num_rows, name).tolist())
    names = names_in(schema, label)
    for place, (data, value) in enumerate(rows_of(file, image, label)):
        if place not in chosen:
            continue
        into.progress(place, file.metadata.num_rows)
        if data is None:
            into.skipped["a row whose picture is not in the table"] += 1
        else:
            into.picture(data, names.get(value, value), part_named(name))


def is_picture_type(kind: pyarrow.DataType) -> bool:
    """Whether values are a file's bytes, alone or as Hugging Face's pairs of bytes and path."""
    if pyarrow.types.is_struct(kind):
        inner = [field.type for field in kind if field.name == "bytes"]
        return any(pyarrow.types.is_null(each) or is_picture_type(each) for each in inner)
    return pyarrow.types.is_binary(kind) or pyarrow.types.is_large_binary(kind)


def label_field(schema: pyarrow.Schema, image: str) -> str | None:
    """The column of labels: one that is called so, else the only one of whole numbers or texts."""
    named = [name for name in schema.names if name.lower() in LABEL_COLUMNS]
    simple = [
        field.name
        for field in schema
        if field.name != image
        and (pyarrow.types.is_integer(field.type) or pyarrow.types.is_string(field.type))
    ]
    return named[0] if named else (simple[0] if len(simple) == 1 else None)


def rows_of(
    file: pyarrow.parquet.ParquetFile, image: str, label: str | None
) -> Iterator[tuple[bytes | None, object]]:
    """A picture's bytes, None where they are elsewhere, and its label."""
    columns = [image] if label is None else [image, label]
    for batch in file.iter_batches(500, columns=columns):
        values = batch.to_pydict()
        labels = values[label] if label is not None else [ONE_CLASS] * len(batch)
        for each, known in zip(values[image], labels, strict=True):
            yield (each.get("bytes") if isinstance(each, dict) else each), known


def names_in(schema: pyarrow.Schema, label: str | None) -> dict[object, str]:
    """What the classes are called, by label, where the file says it as Hugging Face's files do."""
    try:
        features = json.loads((schema.metadata or {})[b"huggingface"])["info"]["features"]
        return dict(enumerate(map(str, features[label]["names"])))
    except (KeyError, TypeError, ValueError):
        return {}
