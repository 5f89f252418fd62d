"""The film of a run on the screen: ten digits, and the map of a two-number code, at any of its moments."""

import math

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ae_core.data.digits import noun_of
from ae_core.data.sources import load_recorded
from ae_core.errors import LabError
from ae_core.runs.config import RunConfig
from ae_core.runs.film import film_digits
from ae_core.runs.provenance import fate_of_data
from ae_core.runs.run import Run
from ae_core.words import said_of
from ui.pictures import mosaic
from ui.shell.theme import plain
from ui.train import code_map
from ui.widgets import show

NO_CORNERS = np.array([[-1.0, -1.0], [1.0, 1.0]])  # of a map that has no codes yet


def show_film(
    run: Run, last: int, full_error: float, left: DeltaGenerator, right: DeltaGenerator | None
) -> None:
    """Ten test digits above their reconstructions, now or after any earlier epoch; on the right, the map.

    last: the last epoch to choose; full_error: see `error_scale`. The choice of the moment stands beneath
    what it changes, and is read before that is drawn.
    """
    picture, plane = left.container(), right.container() if right else None
    config = run.config()
    wanted = (right or left).slider(
        "Replay: as it was after epoch",
        0,
        last,
        last,
        key=f"film {run.id} to {last}",
        help="Drag to see how it formed. At the right end it follows the training.",
    )
    moment = math.inf if wanted == last else wanted
    with picture:
        show_digits(run, config, full_error, moment)
    if plane:
        with plane:
            show_map(run, moment, config.class_names)


def show_digits(run: Run, config: RunConfig, full_error: float, wanted: float) -> None:
    epochs, frames = run.film()
    if not len(epochs):
        return
    if fate := fate_of_data(config.dataset, config.fingerprint):
        st.warning(plain(fate), icon=":material/dataset_linked:")
        return
    try:
        originals = film_digits(load_recorded(config.dataset, config.fingerprint))
    except LabError as error:  # trained on digits that are here no more
        st.info(plain(str(error)))
        return
    place = place_of(epochs, wanted)
    tiles = mosaic.ink_tiles(originals)
    rows = [
        tiles,
        mosaic.ink_tiles(frames[place]),
        mosaic.error_tiles(originals, frames[place].astype("float32") / 255, full_error),
    ]
    moment = moment_text(epochs[place])
    show.strip(
        rows,
        [
            said_of("Test digits", noun_of(config.class_names)),
            f"reconstructions {moment}",
            "signed error",
        ],
        alt=said_of(
            f"Ten test digits above their reconstructions {moment} and their signed errors",
            noun_of(config.class_names),
        ),
        over=tiles,
        key=f"film-{run.id}",
    )


def show_map(run: Run, wanted: float, names: tuple[str, ...]) -> None:
    """Where the codes of fixed test digits stood after the epoch `wanted`."""
    epochs, codes, labels = run.codes()
    if len(epochs):
        corners, place = code_map.view(codes), place_of(epochs, wanted)
        table = code_map.map_table(codes[place], labels, corners, names)
        outside = len(labels) - len(table)
        caption = f"**{len(labels)}** test {noun_of(names)}s, {moment_text(epochs[place])}"
        caption += f"; {outside} further out" if outside else ""
    else:
        corners, table = NO_CORNERS, code_map.map_table(np.empty((0, 2)), np.empty(0, int), NO_CORNERS)
        caption = said_of("Test digits will stand here", noun_of(names))
    st.vega_lite_chart(
        spec=code_map.map_chart(table, corners, names),
        width="content",
        key=f"map {run.id}",
        alt=f"Map of the codes of test digits of {run.name}",
    )
    st.caption(caption)


def place_of(epochs: np.ndarray, wanted: float) -> int:
    """Of the last moment that is not after the epoch `wanted`."""
    return max(0, int(np.searchsorted(epochs, wanted, side="right")) - 1)


def moment_text(epoch: float) -> str:
    if epoch == 0:
        return "untrained"
    return f"after epoch {epoch:.0f}" if epoch.is_integer() else f"after {epoch:.3g} epochs"
