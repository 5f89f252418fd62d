"""Named images that are no digits, each with its reason, its scores and verdicts, in place in a lesson."""

import numpy as np
import streamlit as st

from ae_core.lessons import lesson
from ae_core.lessons.conditions import Seen
from ae_core.lessons.outliers import OUTLIERS
from ae_core.models.inference import reconstruct
from ae_core.scores.table import SCORES
from ae_core.words import percent, three_digits
from ui.pictures import mosaic
from ui.shell import cached, shell
from ui.shell.theme import plain

RATE = 0.05


def show(part: lesson.Outliers, view: shell.View, _: Seen) -> None:
    for name in part.names:
        outlier = OUTLIERS[name]
        image = outlier.make(view.digits)
        with st.container(border=True, horizontal=True, gap="medium", vertical_alignment="center"):
            show_pictures(part.model, image, outlier.title)
            with st.container(width="stretch", key=f"outlier-words-{name.replace(' ', '-')}"):
                st.markdown(f"**{outlier.title}.** {outlier.lesson}")
                st.markdown(
                    "  \n".join(verdict(part.model, view.digits.name, score, image) for score in part.scores)
                )
    st.caption(
        f"Each beside its reconstruction by {plain(shell.title_of(part.model))}; verdicts at a false-alarm "
        f"rate of {percent(RATE)}."
    )


def show_pictures(reference: str, image: np.ndarray, title: str) -> None:
    made = reconstruct(cached.model(reference).model, image[None])
    tiles = np.concatenate([mosaic.ink_tiles(image[None]), mosaic.ink_tiles(made)])
    st.image(mosaic.data_uri(mosaic.grid([tiles], scale=4)), width=150, alt=f"{title} and its reconstruction")


def verdict(reference: str, dataset: str, score: str, image: np.ndarray) -> str:
    found = cached.evaluation(reference, dataset, score).detector.verdict(image, RATE)
    told = ":red[**anomaly**]" if found.is_anomaly else ":green[**normal**]"
    return f"{SCORES[score].title} {three_digits(found.score)}, p-value {percent(found.p_value)}: {told}"
