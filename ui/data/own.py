"""A data set of one's own from an uploaded file: previewed in both ways to 28 × 28, named, imported."""

from dataclasses import dataclass
from pathlib import PurePosixPath
from threading import Lock

import numpy as np
import streamlit as st

from ae_core.data.own.bundle import BROWSER, MEGABYTE
from ae_core.data.own.importing import Wanted, import_files, preview
from ae_core.data.own.naming import GivenNames, given_names, in_order
from ae_core.data.own.record import Way, listed, suggested
from ae_core.errors import LabError, UploadError
from ui.data import published
from ui.pictures import mosaic
from ui.shell import incoming, shell
from ui.shell.theme import plain

SHOWN = 12  # images of the preview
LONGEST_NAMES = 4_000  # characters
FIELD_HEIGHT = 68  # pixels: the least that there is
PREVIEW, REFUSED, FIELDS, DONE, WANTED = (
    "own data preview",
    "own data refused",
    "own data fields",
    "own data imported",
    "own data wanted",
)
NAME, NAMES, WAY, FOR = "own data name", "own data class names", "own data way", "own data for"
EVERYBODY, SESSION = "All who use this server", "This session only"
KEPT = {
    EVERYBODY: "It is kept beside the runs, until somebody deletes it. All who use this server see it.",
    SESSION: "You alone see its images, in all tabs of this browser, over reloads too. They are removed from "
    "the server about an hour after the last of these tabs is closed, or when you delete them. Models that "
    "learn from them stay, as all runs do, and all see those. You can keep it with its name at any time.",
}
WAYS = {Way.HANDWRITING: "As handwriting", Way.RESIZED: "Plainly resized"}
MEANING = {
    Way.HANDWRITING: "Ink told from paper, light on dark, centred as in MNIST: for digits and letters.",
    Way.RESIZED: "The whole picture made small, its paper as it is: for things, clothes, patterns.",
}
KINDS = """
- a **ZIP archive of pictures**, a folder for each class (`boots/1.png`, `sandals/7.jpg`); `train` and `test`
  folders around them are kept apart
- a **CSV** table with `label, pixel0, ..., pixel783`, as on Kaggle
- a **Parquet** table with pictures and labels, as on Hugging Face
- Keras' **`mnist.npz`** or a NumPy file of your own, an array of images and one of labels
- **IDX** files, gzipped or not: packed as a ZIP archive, or images and labels each in its field
"""
one_at_a_time = Lock()  # decoding thousands of pictures keeps a core busy, which others need too


@dataclass(frozen=True, eq=False)
class Preview:
    """Some images, uint8 [N, 28, 28], and what each is said to be, by the way they are made 28 × 28."""

    file: str
    images: dict[Way, np.ndarray]
    classes: str
    told: str


def show() -> None:
    if st.session_state.pop(WANTED, False):
        carry_out()
    left, right = st.columns([2, 3], gap="large")
    with left:
        ask_file()
    with right:
        show_preview()


def tell_imported(dataset: str) -> None:
    """The report of what this visitor has imported last, while it is in view."""
    name, report = st.session_state.get(DONE, ("", ""))
    if name == dataset:
        st.success(plain(report), icon=":material/check:")


# -- the file


def field(which: str) -> str:
    """Key of an upload field: another one after each import, for only a new uploader is empty."""
    return f"own data {which} {st.session_state.get(FIELDS, 0)}"


def ask_file() -> None:
    most = BROWSER.packed // MEGABYTE
    st.file_uploader("A file with your images", key=field("images"), on_change=take, max_upload_size=most)
    st.caption(
        f"Up to {BROWSER.images:,} images and {most} MB; `python -m ae_core data import` takes 70,000. "
        "Kept for all who use this server, or for your session only, as you choose."
    )
    with st.expander("What may be in it", icon=":material/help:"):
        st.markdown(KINDS)
    with st.expander("The labels are in a file of their own", icon=":material/label:"):
        st.file_uploader(
            "Labels: an IDX file or a NumPy array", key=field("labels"), on_change=take, max_upload_size=most
        )
    with st.expander("The names of the classes are in a file", icon=":material/format_list_numbered:"):
        st.file_uploader(
            "Names: a text file, one on each line, in the order of the labels or as 0=boot",
            key=field("names"),
            on_change=take_names,
            max_upload_size=1,
        )
    with st.expander("Published sets, by name", icon=":material/public:"):
        published.show()


def files() -> list[tuple[str, bytes]]:
    """What is in the fields: names and contents."""
    held = (incoming.held(st.session_state.get(field(which))) for which in ("images", "labels"))
    return [(file.name, file.getvalue()) for file in held if file is not None]


def take() -> None:
    """Looks into the file; whatever is wrong is said in the library's words."""
    state, given = st.session_state, files()
    state.update({PREVIEW: None, REFUSED: "", DONE: ("", "")})
    if not given:
        return
    try:
        state[PREVIEW] = looked_into(given)
        state[NAME] = suggested(PurePosixPath(given[0][0]).name.split(".")[0])
    except LabError as error:
        state[REFUSED] = plain(str(error))


def take_names() -> None:
    """Writes the names of a file into their field, where they can be seen and changed."""
    state, file = st.session_state, incoming.held(st.session_state.get(field("names")))
    if file is None:
        return
    try:
        names = given_names(file.getvalue()[: 2 * LONGEST_NAMES].decode("utf-8-sig"))
    except UnicodeDecodeError:
        state[REFUSED] = f"{plain(file.name)} is no text file: names stand in one, a line each."
    except LabError as error:
        state[REFUSED] = plain(str(error))
    else:
        pairs = [f"{label}={name}" for label, name in names.items()] if isinstance(names, dict) else names
        state[NAMES] = "\n".join(pairs)[:LONGEST_NAMES]


def looked_into(given: list[tuple[str, bytes]]) -> Preview:
    found = preview(given, SHOWN)
    images = {way: np.stack(each.images) for way, each in found.items() if len(each)}
    some = found[Way.RESIZED]
    if not images:
        raise UploadError(
            f"{given[0][0]} holds no image that could be read. Skipped: {listed(some.skipped)}."
        )
    classes = ", ".join(in_order(set(some.labels)))
    told = f"Not read: {listed(some.skipped)}." if some.skipped else ""
    return Preview(given[0][0], images, classes, told)


# -- what it would be


def show_preview() -> None:
    state = st.session_state
    if refusal := state.get(REFUSED):
        st.error(refusal)
    present = state.get(PREVIEW)
    if present is None:
        st.info(
            "Choose a file: some of its images appear here, made 28 × 28 in both ways, before any is kept.",
            icon=":material/upload_file:",
        )
        return
    for way, title in WAYS.items():
        if way in present.images:
            show_way(present.images[way], title, MEANING[way])
        else:
            st.caption(f"**{title}**: none of them has ink on paper.")
    st.caption(f"Classes among these: {plain(present.classes)}. {plain(present.told)}")
    ask_how(present)


def show_way(images: np.ndarray, title: str, meaning: str) -> None:
    st.caption(f"**{title}.** {meaning}")
    st.image(
        mosaic.data_uri(mosaic.grid([mosaic.ink_tiles(images)], scale=2)),
        width=48 * len(images),
        alt=f"Some of the images, {title.lower()}",
    )


def ask_how(present: Preview) -> None:
    ways = [way for way in Way if way in present.images]
    st.segmented_control(
        "The way to 28 × 28", ways, default=ways[0], format_func=WAYS.get, required=True, key=WAY
    )
    name, names = st.columns(2)
    name.text_input("Name", max_chars=40, key=NAME, help="Small letters, digits, - and _.")
    names.text_area(
        "Names of the classes",
        key=NAMES,
        height=FIELD_HEIGHT,
        max_chars=LONGEST_NAMES,
        placeholder="as in the file",
        help="In the order of the labels: boot, sandal, bag. Or by label: 0=boot, 2=bag.",
    )
    kept = st.segmented_control(
        "Kept for",
        list(KEPT),
        default=EVERYBODY,
        required=True,
        key=FOR,
        help="It can be kept for all later on.",
    )
    st.caption(KEPT[kept or EVERYBODY])
    st.button("Import", icon=":material/add_photo_alternate:", type="primary", on_click=want)


def want() -> None:
    """Asks for the import, which the page then carries out in view."""
    st.session_state[WANTED] = True


def carry_out() -> None:
    """Imports what is in the fields as the form says, and brings it into view."""
    state = st.session_state
    bar = st.progress(0.0, "Reading the images")
    try:
        wanted = Wanted(
            state.get(NAME, "").strip(),
            Way(state.get(WAY) or Way.HANDWRITING),
            names_given(),
            visitor=shell.visitor() if state.get(FOR) == SESSION else "",
        )
        with one_at_a_time:
            record = import_files(files(), wanted, lambda share: bar.progress(min(share, 1.0)))
    except LabError as error:
        state[REFUSED] = plain(str(error))
    except OSError as error:
        state[REFUSED] = f"The images cannot be stored: {error.strerror or error}."
    else:
        state.update(
            {DONE: (record.name, record.report), PREVIEW: None, REFUSED: "", FIELDS: state.get(FIELDS, 0) + 1}
        )
        st.toast(
            f"**{plain(record.name)}** is in view: more at the top of the page.", icon=":material/check:"
        )
        shell.choose_next(record.name)
    bar.empty()


def names_given() -> GivenNames:
    return given_names(st.session_state.get(NAMES) or "")
