"""Figures of the Latent page: every digit on the map, every tile of the plane at its code."""

import numpy as np
import pytest

from ui import latent_figures, mosaic
from ui.theme import CLASS_COLOURS

CHANCE = np.random.default_rng(0)
LABELS = np.arange(200) % 10
PLACES, SCORES = CHANCE.normal(size=(200, 2)), CHANCE.random(200)
TITLES = ("across", "up")


def test_each_class_has_its_colour_and_each_point_says_which_digit_it_is():
    figure = latent_figures.code_map(PLACES, LABELS, SCORES, TITLES, by_score=False)
    assert [trace.marker.color for trace in figure.data] == list(CLASS_COLOURS)
    assert len(set(CLASS_COLOURS)) == 10
    for digit, trace in enumerate(figure.data):
        numbers = trace.customdata[:, 0].astype(int)
        assert (LABELS[numbers] == digit).all()
        np.testing.assert_array_equal(np.stack([trace.x, trace.y], axis=1), PLACES[numbers])


def test_by_score_the_colour_is_the_rank():
    (trace,) = latent_figures.code_map(PLACES, LABELS, SCORES, TITLES, by_score=True).data
    assert (np.argsort(trace.marker.color) == np.argsort(SCORES)).all()


def test_a_drawing_is_pointed_at():
    drawing = np.array([1.5, -0.5])
    star = latent_figures.code_map(PLACES, LABELS, SCORES, TITLES, by_score=False, drawing=drawing).data[-1]
    assert (star.x[0], star.y[0]) == (1.5, -0.5)


@pytest.mark.parametrize("side", [2, 5])
def test_the_middle_of_each_corner_tile_stands_at_its_code(side):
    low, high = np.array([-2.0, 1.0]), np.array([4.0, 3.0])
    images = CHANCE.random((side * side, 28, 28)).astype(np.float32)
    layout = latent_figures.decoded_plane(images, side, low, high, PLACES).layout
    (picture,) = layout.images
    tile = picture.sizex / side, picture.sizey / side
    assert (picture.x + tile[0] / 2, picture.y - tile[1] / 2) == pytest.approx((low[0], high[1]))
    right, bottom = picture.x + picture.sizex - tile[0] / 2, picture.y - picture.sizey + tile[1] / 2
    assert (right, bottom) == pytest.approx((high[0], low[1]))
    assert picture.source.startswith("data:image/png")
    assert mosaic.ink_tiles(images).shape[0] == side * side
