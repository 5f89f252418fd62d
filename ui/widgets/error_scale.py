"""The scale of error maps for the model in view, its legend, and the slider that lays maps over their digits.

Maps are drawn in full beneath a picture of the digit, which style sheets make as visible as the slider leaves
it: `opacity: calc(1 - var(--error-map, 1))`. So the slider needs no server, and moves all maps at once.
"""

from pathlib import Path

import streamlit as st

from ae_core.scores.error_scale import SIDE_AT_FULL, ErrorScale
from ae_core.words import percent, three_digits
from ui.pictures import mosaic
from ui.shell import controls, shell
from ui.widgets import false_alarms

READ = {kind: Path(__file__).with_name(f"error_legend.{kind}").read_text() for kind in ("html", "css", "js")}

mount = st.components.v2.component("error_legend", **READ | {"css": controls.CSS + READ["css"]})


def of(view: shell.View) -> ErrorScale:
    """By the mean squared error of the model in view, at the false-alarm rate that the visitor chose."""
    calibrator = view.evaluation().calibrator
    rate = false_alarms.chosen(calibrator)
    return ErrorScale.of(calibrator.threshold(rate), rate)


def show_legend(view: shell.View, scale: ErrorScale) -> None:
    """To be called once on a page that has error maps."""
    full = f"{scale.full:.2f}"
    mount(
        data={
            "colours": mosaic.COLOURS,
            "full": full,
            "alt": f"Signed error: blue too dark, white right, vermillion too bright; full at {full}",
            "told": f"{SIDE_AT_FULL} × {SIDE_AT_FULL} pixels of full colour alone reach the threshold of "
            f"{view.trained.title} (mean squared error {three_digits(scale.threshold)}, "
            f"{percent(scale.rate)} false alarms). One scale on every page.".replace(" %", "\u00a0%"),
        },
        key="error-legend",
    )
