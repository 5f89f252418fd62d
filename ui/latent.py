"""The parts of the Latent page: the map, the decoded plane, the sliders, ways between digits, neighbours."""

import numpy as np
import streamlit as st

from ae_core.latent import Directions, Surroundings, map_of, neighbour_accuracy, plane, walk
from ae_core.models.inference import decode, encode
from ae_core.neighbours import nearest
from ui import cached, latent_figures, mosaic, shell, show, tradeoffs
from ui.figures import QUIET
from ui.theme import percent, three_digits

SELECTED = 40
PLANE_SIDE = 18
STEPS = 9
DIALS_A_ROW = 4
WAY = {"From test digit": 4, "to": 9, "minus": 7, "plus": 1}  # each begins at the first of this class


@st.cache_resource(show_spinner=False, max_entries=24)
def test_codes(reference: str, version: float, dataset: str) -> np.ndarray:  # noqa: ARG001
    return encode(cached.model(reference).model, cached.digits(dataset).test.images)


@st.cache_resource(show_spinner=False, max_entries=24)
def directions(reference: str, version: float, dataset: str) -> Directions:  # noqa: ARG001
    return Directions.of(cached.training_codes(reference, dataset))


@st.cache_resource(show_spinner="Measuring how near real codes are to each other", max_entries=24)
def surroundings(reference: str, version: float, dataset: str) -> Surroundings:  # noqa: ARG001
    return Surroundings.of(cached.training_codes(reference, dataset))


@st.cache_data(show_spinner="Asking the neighbours of every test digit", max_entries=48)
def accuracy(reference: str, version: float, dataset: str) -> float:
    digits = cached.digits(dataset)
    codes = cached.training_codes(reference, dataset)
    return neighbour_accuracy(
        codes, digits.train.labels, test_codes(reference, version, dataset), digits.test.labels
    )


@st.cache_data(show_spinner="Asking the neighbours of every test digit", max_entries=4)
def pixel_accuracy(dataset: str) -> float:
    train, test = cached.digits(dataset).train, cached.digits(dataset).test
    pixels = [split.images.reshape(len(split), -1).astype(np.float32) for split in (train, test)]
    return neighbour_accuracy(pixels[0], train.labels, pixels[1], test.labels)


class Codes:
    """Everything of the model in view that the parts below share."""

    def __init__(self, view: shell.View) -> None:
        self.view = view
        self.model = view.trained.model
        self.size = view.trained.config.latent_dim
        key = view.reference, cached.version(view.reference), view.digits.name
        self.key = key
        self.test = test_codes(*key)
        self.directions = directions(*key)
        self.map = map_of(self.test, self.directions)


# -- the map


@st.fragment
def show_map(codes: Codes) -> None:
    by_score = st.segmented_control(
        "Colour",
        ["by class", "by score"],
        default="by class",
        required=True,
        key="map colour",
        persist_state="session",
    )
    drawn = tradeoffs.drawing()
    test = codes.view.digits.test
    event = st.plotly_chart(
        latent_figures.code_map(
            codes.map,
            test.labels,
            codes.view.evaluation().test["error"].to_numpy(),
            axis_titles(codes),
            by_score=by_score == "by score",
            drawing=None if drawn is None else place_of(codes, drawn),
        ),
        key="map",
        on_select="rerun",
        selection_mode=("points", "box", "lasso"),
        alt="Map of the test digits' codes",
    )
    chosen = [int(point["customdata"][0]) for point in event.selection.points if "customdata" in point]
    if not chosen:
        st.caption("Draw around a region, or click a point, to see its digits.")
        return
    images = test.images[chosen[:SELECTED]]
    more = f", the first {SELECTED} shown" if len(chosen) > SELECTED else ""
    st.caption(f"**{len(chosen):,}** selected{more}: each above what the model draws from its code")
    show.strip(
        [mosaic.ink_tiles(images), mosaic.ink_tiles(decode(codes.model, codes.test[chosen[:SELECTED]]))],
        [],
        "Selected",
    )


def axis_titles(codes: Codes) -> tuple[str, str]:
    if codes.size == 2:
        return "First number of the code", "Second number of the code"
    shares = [*codes.directions.share, 0.0]
    return tuple(
        f"{word} direction, {percent(share)} of the variance"
        for word, share in zip(("First", "Second"), shares, strict=False)
    )


def place_of(codes: Codes, image: np.ndarray) -> np.ndarray:
    return map_of(encode(codes.model, image[None]), codes.directions)[0]


# -- two numbers: the whole plane


def show_plane(codes: Codes) -> None:
    low, high = np.percentile(codes.test, (0.5, 99.5), axis=0)
    with st.container(width=680):  # about square, as its tiles are
        st.plotly_chart(
            latent_figures.decoded_plane(
                plane(codes.model, low, high, PLANE_SIDE), PLANE_SIDE, low, high, codes.test[:2000]
            ),
            key="plane",
            config=QUIET,
            alt="Digits decoded over the plane of codes, with real codes as points",
        )
    st.caption(
        "Each tile is what the decoder draws there; each dot is a real test digit. Where there are no dots "
        "the tiles are often no digits: nothing has taught the decoder what belongs there."
    )


# -- sliders along the principal directions


@st.fragment
def show_sliders(codes: Codes) -> None:
    found = codes.directions
    count = len(found.axes)
    with st.container(horizontal=True):
        st.button(
            "Centre", icon=":material/filter_center_focus:", on_click=set_sliders, args=(np.zeros(count),)
        )
        st.button(
            "A real digit",
            icon=":material/shuffle:",
            on_click=lambda: set_sliders(
                found.places(codes.test[np.random.default_rng().integers(len(codes.test))][None])[0]
            ),
        )
    picture, controls = st.columns([1, 3], gap="medium")
    with controls:
        places: list[float] = []
        for start in range(0, count, DIALS_A_ROW):  # row by row, so that a phone shows them in their order
            row = range(start, min(start + DIALS_A_ROW, count))
            columns = st.columns(min(DIALS_A_ROW, count))
            places += [slider(found, number, columns[number - start]) for number in row]
    code = found.codes(np.array([places]))[0]
    with picture:
        show.picture(mosaic.ink_tiles(decode(codes.model, code[None]))[0], "decoded", width="stretch")
        around = surroundings(*codes.key)
        distance = around.distance(code)
        if distance > around.usual:
            st.warning(
                f"Far from every real code: {three_digits(distance)} to the nearest, at most "
                f"{three_digits(around.usual)} is usual."
            )
        else:
            st.caption(
                f"Nearest real code at {three_digits(distance)}; up to {three_digits(around.usual)} is usual."
            )


def slider(found: Directions, number: int, column) -> float:
    low, high = float(found.low[number]), float(found.high[number])
    if high - low < 1e-6:  # a direction that no digit uses
        return 0.0
    key = f"direction {number}"
    st.session_state[key] = float(np.clip(st.session_state.get(key, 0.0), low, high))
    return column.slider(
        f"{number + 1}: {percent(found.share[number])}",
        low,
        high,
        step=(high - low) / 100,
        key=key,
        format="%.2f",
    )


def set_sliders(places: np.ndarray) -> None:
    for number, place in enumerate(places):
        st.session_state[f"direction {number}"] = float(place)


# -- between digits


@st.fragment
def show_ways(codes: Codes) -> None:
    test = codes.view.digits.test
    with st.container(horizontal=True):
        numbers = [
            st.number_input(
                label,
                0,
                len(test) - 1,
                int(np.argmax(test.labels == digit)),
                key=f"way {label}",
                persist_state="session",
                width=150,
            )
            for label, digit in WAY.items()
        ]
    first, second, minus, plus = numbers
    steps = decode(codes.model, walk(codes.test[first], codes.test[second], STEPS))
    pixels = walk(test.images[first] / 255, test.images[second] / 255, STEPS)
    show.strip(
        [mosaic.ink_tiles(steps), mosaic.ink_tiles(pixels)],
        ["in the code", "beneath: in the pixels"],
        "A walk",
    )
    st.caption(
        "In the code each step is drawn as something like a digit; in the pixels one picture fades over the "
        "other."
    )
    answer = codes.test[first] - codes.test[minus] + codes.test[plus]
    parts = [test.images[first], test.images[minus], test.images[plus], decode(codes.model, answer[None])[0]]
    names = [f"digit {first}", f"minus digit {minus}", f"plus digit {plus}", "gives"]
    with st.container(horizontal=True):
        for name, image in zip(names, parts, strict=True):
            show.picture(mosaic.ink_tiles(image[None])[0], name, width=110)


# -- neighbours


@st.fragment
def show_neighbours(codes: Codes) -> None:
    digits = codes.view.digits
    number = st.number_input(
        "Neighbours of test digit",
        0,
        len(digits.test) - 1,
        0,
        key="neighbour of",
        persist_state="session",
        width=200,
    )
    image, train = digits.test.images[number], digits.train
    near_codes, _ = nearest(cached.training_codes(codes.view.reference, digits.name), codes.test[number], 10)
    near_pixels, _ = nearest(
        train.images.reshape(len(train), -1).astype(np.float32), image.reshape(-1).astype(np.float32), 10
    )
    rows = {
        "the digit": image[None],
        "nearest in the code": train.images[near_codes],
        "nearest in the pixels": train.images[near_pixels],
    }
    for name, images in rows.items():
        st.caption(f"**{name}**")
        st.image(
            mosaic.data_uri(mosaic.grid([mosaic.ink_tiles(images)], scale=2)),
            width=60 * len(images),
            alt=name,
        )
    left, right = st.columns(2)
    left.metric("Five nearest codes name the class", percent(accuracy(*codes.key)), border=True)
    right.metric("Five nearest pictures name the class", percent(pixel_accuracy(digits.name)), border=True)
    st.caption(
        "Share of all test digits whose class most of the five nearest of 10,000 training digits have (all "
        "training digits, where there are fewer)."
    )
