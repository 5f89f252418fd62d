"""What Home's studio shows, which its URL holds: a test digit, a drawing, or a code made by hand."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
import streamlit as st

from ae_core.drawing.samples import SIDE
from ae_core.drawing.sketch import Sketch
from ae_core.runs.film import film_places
from ui.pictures import linked_drawing, mosaic
from ui.shell import link, shell

SHOWN, ADOPTED = "shown in Home's studio", "times that Home's URL was taken over"  # in the session
FIRST = 2  # the digit that is there at first: in both data sets one that anybody reads
PEN = 22  # pixels of 280
MOST_POINTS = 20_000
LARGEST = 1e6  # a value of a code
LONGEST_CODE = 2000  # signs


class Told(msgspec.Struct, frozen=True):
    """What the browser says that it shows. strokes: x, y, x, y ... each; on_ground: on a link's picture."""

    sample: int | None = None
    code: list[float] | None = None
    strokes: list[list[float]] = []
    on_ground: bool = False


@dataclass(frozen=True, eq=False)
class Shown:
    """One of the three, or nothing. drawing: as a link says it, None where that would be too long."""

    sample: int | None = None
    code: tuple[float, ...] | None = None
    sketch: Sketch | None = None
    drawing: str | None = None

    @property
    def chosen(self) -> int | str | None:
        """The test digit; a word where the canvas is empty."""
        return self.sample if self.sample is not None or self.code or self.sketch else link.NOTHING

    def in_browser(self) -> dict[str, Any]:
        sketch = self.sketch or Sketch(())
        return {
            "version": st.session_state.get(ADOPTED, 0),
            "sample": self.sample,
            "code": self.code,
            "strokes": [[width, points.ravel().tolist()] for width, points in sketch.strokes],
            "ground": None if sketch.ground is None else mosaic.data_uri(sketch.ground),
        }


def shown() -> Shown:
    return st.session_state.get(SHOWN) or Shown(sample=FIRST)


def fields(view: shell.View) -> list[link.Field]:
    size, samples = view.trained.config.latent_dim, len(film_places(view.digits))
    if (code := shown().code) and len(code) != size:  # of another model
        put(Shown(sample=FIRST))

    def read_code(text: str) -> tuple[float, ...]:
        values = tuple(float(each) for each in text.split(link.BETWEEN, size))
        if len(text) > LONGEST_CODE or len(values) != size or not fits(values):
            raise ValueError(text)
        return values

    return [
        link.Field(
            "sample",
            SHOWN,
            "Test digit",
            f"{link.NOTHING}, or a whole number from 0 to {samples - 1}",
            read_sample(samples),
            str,
            get=lambda: shown().chosen,
            put=lambda place: put(Shown() if place == link.NOTHING else Shown(sample=place)),
            is_control=False,
        ),
        link.Field(
            "code",
            SHOWN,
            "The latent code",
            f"{size} numbers",
            read_code,
            written_code,
            get=lambda: shown().code,
            put=lambda code: put(Shown(code=code)),
            is_control=False,
        ),
        link.Field(
            "drawing",
            SHOWN,
            "The drawing",
            linked_drawing.ALLOWED,
            linked_drawing.read,
            str,
            get=lambda: shown().drawing,
            put=lambda found: put(Shown(sketch=found[1], drawing=found[0])),
            is_control=False,
        ),
    ]


def read_sample(samples: int) -> Callable[[str], int | str]:
    def read(text: str) -> int | str:
        if text == link.NOTHING:
            return text
        if not text.isdecimal() or int(text) >= samples:
            raise ValueError(text)
        return int(text)

    return read


def written_code(code: tuple[float, ...]) -> str | None:
    text = link.BETWEEN.join(f"{value:.4g}" for value in code)
    return text if len(text) <= LONGEST_CODE else None


def fits(code: tuple[float, ...]) -> bool:
    return bool((np.abs(code) <= LARGEST).all())


def put(other: Shown) -> None:
    """Has the browser show something else than it does."""
    st.session_state[SHOWN] = other
    st.session_state[ADOPTED] = st.session_state.get(ADOPTED, 0) + 1


def keep(told: object, latent_dim: int) -> None:
    """What a browser says that it shows: any browser can say anything."""
    try:
        found = msgspec.convert(told, Told)
        if found.sample is not None:
            st.session_state[SHOWN] = Shown(sample=max(found.sample, 0))
        elif found.code is not None:
            code = tuple(found.code)
            if len(code) == latent_dim and fits(code):
                st.session_state[SHOWN] = Shown(code=code)
        else:
            st.session_state[SHOWN] = drawn(found)
    except (msgspec.ValidationError, ValueError):
        return


def drawn(told: Told) -> Shown:
    """Raises ValueError for strokes that no hand has drawn."""
    ground = shown().sketch.ground if told.on_ground and shown().sketch else None
    strokes = [np.reshape(each, (-1, 2)) for each in told.strokes if each]
    if not strokes and ground is None:
        return Shown()  # cleared
    if sum(map(len, strokes)) > MOST_POINTS or any(not on_canvas(each) for each in strokes):
        raise ValueError("no strokes")
    sketch = Sketch(tuple((PEN, each) for each in strokes), ground)
    text = sketch.packed() or Sketch((), sketch.rendered()).packed()
    return Shown(sketch=sketch, drawing=text)


def on_canvas(points: np.ndarray) -> bool:
    """Or near it: a stroke may leave it."""
    return bool(((points >= -SIDE) & (points <= 2 * SIDE)).all())
