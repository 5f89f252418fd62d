"""What a code knows, in place in a lesson: neighbours, interpolations, the plane of two values."""

import numpy as np
import streamlit as st

from ae_core.latent import geometry
from ae_core.latent.geometry import NearestCodeDistance
from ae_core.lessons import lesson
from ae_core.lessons.conditions import Seen
from ae_core.lessons.examples import first_of
from ae_core.models.inference import decode, encode
from ae_core.models.neighbours import nearest
from ae_core.words import with_article
from ui.lessons.figures import plane_of_codes
from ui.pictures import mosaic, player
from ui.pictures.figures import QUIET
from ui.shell import cached, shell
from ui.shell.theme import plain

NEAREST = 6
STEPS, FRAMES = 9, 91
SIDE = 15  # decoded codes along each side of the plane
SHOWN = 1500  # test digits on the plane
REPRESENTATIVES = 500  # training codes that stand for all


def show_neighbours(part: lesson.Neighbours, view: shell.View, _: Seen) -> None:
    train = view.digits.train
    codes = cached.training_codes(part.model, view.digits.name)
    pixels = train.images.reshape(len(train), -1)
    for digit in part.digits:
        image = first_of(view.digits, digit)
        code = encode(cached.model(part.model).model, image[None])[0]
        by_code, _ = nearest(codes, code, NEAREST)
        by_pixels, _ = nearest(pixels.astype(np.float32), image.reshape(-1).astype(np.float32), NEAREST)
        for what, places in (("code", by_code), ("pixels", by_pixels)):
            labels = ", ".join(map(str, train.labels[places]))
            st.markdown(
                f"{with_article(digit).capitalize()}, and the digits nearest **in the {what}**: {labels}"
            )
            tiles = mosaic.ink_tiles(np.concatenate([image[None], train.images[places]]))
            st.image(
                mosaic.data_uri(mosaic.grid([tiles], scale=1)),
                width=74 * len(tiles),
                alt=f"Nearest in the {what}: {labels}",
            )


def show_interpolation(part: lesson.Interpolation, view: shell.View, _: Seen) -> None:
    first, last = (first_of(view.digits, each) for each in (part.start, part.end))
    model = cached.model(part.model).model
    ends = encode(model, np.stack([first, last]))
    films = {
        "in the code": decode(model, geometry.walk(*ends, FRAMES)),
        "in the pixels": geometry.walk(first.astype(np.float32) / 255, last.astype(np.float32) / 255, FRAMES),
    }
    player.show(films, key=f"lesson film {part.model}")
    steps = np.linspace(0, FRAMES - 1, STEPS).round().astype(int)
    rows = [mosaic.ink_tiles(images[steps]) for images in films.values()]
    st.image(
        mosaic.data_uri(mosaic.grid(rows, scale=1)),
        width="stretch",
        alt="In the code, and beneath in the pixels",
    )
    known = usual_distances(part.model, view.digits.name)
    far = sum(known.distance(code) > known.usual for code in geometry.walk(*ends, STEPS))
    st.caption(
        f"Above in the code, beneath in the pixels, by {plain(shell.title_of(part.model))}. {far} of "
        f"{STEPS} steps lie further from {REPRESENTATIVES} training codes than 95 % of these from each other."
    )


@cached.of_model()
def usual_distances(reference: str, dataset: str) -> NearestCodeDistance:
    codes = cached.training_codes(reference, dataset)
    return NearestCodeDistance.of(codes[np.random.default_rng(0).permutation(len(codes))[:REPRESENTATIVES]])


def show_plane(part: lesson.Plane, view: shell.View, _: Seen) -> None:
    for reference in part.models:
        st.markdown(f"**{plain(shell.title_of(reference))}**")
        codes, labels = cached.test_codes(reference, view.digits.name), view.digits.test.labels
        low, high = np.percentile(codes, (1, 99), axis=0)
        places, images = st.columns(2, gap="medium")
        some = np.sort(np.random.default_rng(0).permutation(len(codes))[:SHOWN])
        places.plotly_chart(
            plane_of_codes(codes[some], labels[some], low, high),
            key=f"plane {reference}",
            config=QUIET,
            alt="Test digits by their two values",
        )
        tiles = mosaic.ink_tiles(geometry.plane(cached.model(reference).model, low, high, SIDE))
        rows = [tiles[start : start + SIDE] for start in range(0, len(tiles), SIDE)]
        images.image(
            mosaic.data_uri(mosaic.grid(rows, scale=1)), width="stretch", alt="What each place decodes to"
        )
    st.caption(
        f"Left: {min(SHOWN, len(labels)):,} test digits by the two values of their codes. Right: what the "
        "decoder makes of every place of the same plane."
    )
