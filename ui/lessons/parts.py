"""Parts of the lab in place in a lesson, one function for each kind that a lesson's file can name."""

import numpy as np
import pandas
import streamlit as st

from ae_core.lessons import lesson
from ae_core.lessons.conditions import Seen, runs_with
from ae_core.lessons.examples import damaged, examples, first_of
from ae_core.lessons.outliers import OUTLIERS
from ae_core.models.inference import encode, reconstruct
from ae_core.scores.formulas.kinds import formula
from ae_core.words import three_digits, with_article
from ui.lessons import contest, curves, inside, outliers, threshold
from ui.lessons.figures import bars
from ui.pictures import mosaic
from ui.pictures.figures import QUIET
from ui.shell import cached, shell
from ui.shell.theme import plain

TILE = 74  # pixels of a digit; ten of them fill a lesson's column


def show(part: lesson.Part, view: shell.View, seen: Seen) -> None:
    SHOWN[type(part)](part, view, seen)


def row(tiles: np.ndarray, alt: str) -> None:
    """Tiles [N, H, W, 3] side by side, as wide as ten at most."""
    picture = mosaic.data_uri(mosaic.grid([tiles], scale=1))
    st.image(picture, width=TILE * len(tiles) if len(tiles) < 10 else "stretch", alt=alt)


# -- what goes in and what comes back


def show_reconstructions(part: lesson.Reconstructions, view: shell.View, seen: Seen) -> None:
    clean = examples(view.digits, part.digits)
    given = damaged(clean, part.noise, part.strength) if part.noise else clean
    what = "Test digits" if not part.noise else f"Test digits with noise: {part.noise.replace('_', ' ')}"
    st.markdown(f"**{what}**")
    row(mosaic.ink_tiles(given), what)
    for reference in (*part.models, *trained(part.run, seen)):
        show_row_of(reference, given, clean)


def trained(settings: dict[str, lesson.Setting], seen: Seen) -> list[str]:
    """The newest run of the visitor's with these settings that has a model, if any."""
    if not settings:
        return []
    found = runs_with(settings, seen)
    return [run.id for run in found if cached.store().at(run.id).has_model()][:1]


def show_row_of(reference: str, given: np.ndarray, clean: np.ndarray) -> None:
    """What a model makes of digits, uint8 [N, 28, 28], and how far that is from what they should be."""
    made = reconstruct(cached.model(reference).model, given)
    error = float(np.square(made - clean.astype(np.float32) / 255).mean())
    title = plain(shell.title_of(reference))
    st.markdown(f"reconstructed by **{title}**: error of these {len(clean)}: {three_digits(error)}")
    row(mosaic.ink_tiles(made), f"Reconstructions by {title}")


def show_code(part: lesson.Code, view: shell.View, _: Seen) -> None:
    model = cached.model(part.model).model
    images = examples(view.digits, part.digits)
    codes = encode(model, images)
    for caption, tiles in (
        (f"**{images[0].size} pixels** go in", mosaic.ink_tiles(images)),
        (
            f"**{codes.shape[1]} values** are kept (:blue[blue] below zero, :red[vermillion] above)",
            mosaic.code_tiles(codes),
        ),
        ("**784 pixels** come back", mosaic.ink_tiles(reconstruct(model, images))),
    ):
        st.markdown(caption)
        row(tiles, caption.replace("*", ""))


# -- errors


def show_error_by_class(part: lesson.ErrorByClass, view: shell.View, _: Seen) -> None:
    means = view_of(part.model, view).groupby("label")["error"].mean()
    figure = bars(
        {"mean error": (means.to_list(), "normal")},
        "Mean squared error",
        "Digit",
        [str(each) for each in means.index],
    )
    st.plotly_chart(figure, key="by class", config=QUIET, alt=f"Mean error of each digit under {part.model}")


def view_of(reference: str, view: shell.View) -> pandas.DataFrame:
    return cached.evaluation(reference, view.digits.name).test


# -- formulas


def show_formula(part: lesson.Formula, view: shell.View, _: Seen) -> None:
    outlier = OUTLIERS.get(part.outlier)
    image = outlier.make(view.digits) if outlier else first_of(view.digits, part.digit)
    with st.container(border=True, horizontal=True, gap="medium", vertical_alignment="center"):
        row(mosaic.ink_tiles(image[None]), outlier.title if outlier else with_article(part.digit))
        detector = cached.evaluation(part.model, view.digits.name, part.score).detector
        st.markdown(rf"$\displaystyle {formula(part.of, detector, image).latex}$", width="content")
    st.caption(f"Of this image, by {plain(shell.title_of(part.model))}.")


SHOWN = {
    lesson.Reconstructions: show_reconstructions,
    lesson.Code: show_code,
    lesson.ErrorByClass: show_error_by_class,
    lesson.ErrorBySize: curves.show_error_by_size,
    lesson.LinearBesidePca: curves.show_linear,
    lesson.FewDigits: curves.show_few,
    lesson.LossCurves: curves.show_losses,
    lesson.Neighbours: inside.show_neighbours,
    lesson.Interpolation: inside.show_interpolation,
    lesson.Plane: inside.show_plane,
    lesson.Threshold: threshold.show,
    lesson.Outliers: outliers.show,
    lesson.Formula: show_formula,
    lesson.Contest: lambda _, view, __: contest.show(view),
}
