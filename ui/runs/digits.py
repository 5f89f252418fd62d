"""What chosen runs make of the same ten test digits, and of the visitor's drawing."""

from dataclasses import dataclass

import numpy as np
import pandas
import streamlit as st

from ae_core.errors import LabError
from ae_core.models.inference import reconstruct
from ae_core.runs.film import film_digits, film_places
from ae_core.runs.run import Run
from ae_core.words import three_digits
from ui.pictures import canvas, mosaic
from ui.runs import chosen
from ui.shell import cached, navigation, shell
from ui.shell.theme import SIDE_BY_SIDE, plain
from ui.widgets import error_scale, show

DRAWING = "your drawing"


@dataclass(frozen=True, eq=False)
class Images:
    """What is reconstructed: uint8 [N, 28, 28], with what each is called; a drawing is the last."""

    pixels: np.ndarray
    names: list[str]

    @property
    def has_drawing(self) -> bool:
        return self.names[-1] == DRAWING


def show_digits(view: shell.View, runs: list[Run]) -> None:
    images, scale = images_of(view), error_scale.of(view)
    tiles = mosaic.ink_tiles(images.pixels)
    captions = [f"Test {view.digits.noun}s of {view.digits.name}", *[DRAWING] * images.has_drawing]
    show.strip([tiles], captions, alt=f"Ten test {view.digits.noun}s{f' and {DRAWING}' * images.has_drawing}")
    if not images.has_drawing:
        offer_to_draw()
    errors = {}
    for hue, name, run in zip(SIDE_BY_SIDE, chosen.names(runs), runs, strict=False):
        made = reconstructions(run, images.pixels)
        if made is None:
            st.caption(f"{plain(name)}: no model yet.")
            continue
        show.strip(
            [mosaic.ink_tiles(made), mosaic.error_tiles(images.pixels, made, scale.full)],
            [],
            alt=f"The same as {name} reconstructs them, above their signed errors",
            over=tiles,
            key=f"errors-{run.id}",
        )
        errors[name] = np.square(made - images.pixels / np.float32(255)).mean(axis=(1, 2))
        with st.container(key=f"marked {run.id}", horizontal=True, vertical_alignment="center", gap="small"):
            if len(runs) > 1:
                st.html(f'<span style="color: {hue}" aria-hidden="true">&#9632;</span>', width="content")
            st.caption(f"{plain(name)}: {told(errors[name], images)}", width="stretch")
    st.caption("Reconstructions above their signed errors.")
    error_scale.show_legend(view, scale)
    if errors:
        with st.expander("Errors one by one", icon=":material/table:"):
            show_errors(errors, images)
    canvas.remember()


def images_of(view: shell.View) -> Images:
    """Ten test digits and, where there is one, the drawing."""
    labels = view.digits.test.labels[film_places(view.digits)]
    pixels, names = film_digits(view.digits), [view.digits.class_name(label) for label in labels]
    drawing = canvas.digit()
    if drawing is None:
        return Images(pixels, names)
    return Images(np.concatenate([pixels, drawing[None]]), [*names, DRAWING])


def offer_to_draw() -> None:
    st.page_link(
        navigation.PAGES / "draw.py",
        label="Draw one of your own, and it stands beside them",
        icon=":material/draw:",
        query_params=shell.url_values(),
    )


def reconstructions(run: Run, pixels: np.ndarray) -> np.ndarray | None:
    """float32 [N, 28, 28]; None where there is no model that can be read."""
    try:
        return reconstruct(cached.model(run.id).model, pixels)
    except LabError:
        return None


def told(errors: np.ndarray, images: Images) -> str:
    of_test = errors[:-1] if images.has_drawing else errors
    mean = f"mean error of these {len(of_test)} **{three_digits(float(of_test.mean()))}**"
    return f"{mean}, of {DRAWING} **{three_digits(float(errors[-1]))}**" if images.has_drawing else mean


def show_errors(errors: dict[str, np.ndarray], images: Images) -> None:
    table = pandas.DataFrame({name: list(map(float, each)) for name, each in errors.items()})
    table.insert(0, "Image", images.names)
    st.dataframe(
        table,
        hide_index=True,
        key="runs errors",
        alt="Mean squared error of each image under each run",
        column_config={name: st.column_config.NumberColumn(format="%.3g") for name in errors},
    )
