"""Figures of the Latent page: every digit on the map, every tile of the plane at its code."""

import numpy as np
import pytest

from ui.latent import figures
from ui.pictures import mosaic
from ui.shell.theme import CLASS_COLOURS

CHANCE = np.random.default_rng(0)
LABELS = np.arange(200) % 10
PLACES, SCORES = CHANCE.normal(size=(200, 2)).astype(np.float32), CHANCE.random(200).astype(np.float32)
FACTS = figures.Facts(LABELS, SCORES, 1 - 0.99 * SCORES.astype(float))
TITLES = ("across", "up")


def test_each_class_has_its_colour_and_each_point_says_which_digit_it_is():
    figure = figures.code_map(PLACES, FACTS, TITLES)
    assert [trace.marker.color for trace in figure.data] == list(CLASS_COLOURS)
    assert len(set(CLASS_COLOURS)) == 10
    for digit, trace in enumerate(figure.data):
        numbers = trace.customdata[:, 0].astype(int)
        assert (LABELS[numbers] == digit).all()
        np.testing.assert_array_equal(np.stack([trace.x, trace.y], axis=1), PLACES[numbers])


def test_by_score_the_colour_is_the_rank():
    (trace,) = figures.code_map(PLACES, FACTS, TITLES, colouring="by score").data
    numbers = trace.customdata[:, 0].astype(int)
    np.testing.assert_array_equal(numbers, np.argsort(SCORES))  # the highest is drawn last, on top
    np.testing.assert_allclose(trace.marker.color, np.arange(200) / 200)


def test_by_p_value_the_colour_is_its_logarithm_so_that_the_unusual_stand_out():
    (trace,) = figures.code_map(PLACES, FACTS, TITLES, colouring="by p-value").data
    numbers = trace.customdata[:, 0].astype(int)
    np.testing.assert_allclose(10.0**-trace.marker.color, FACTS.p_values[numbers])
    assert numbers[-1] == FACTS.p_values.argmin()
    ticks = dict(zip(trace.marker.colorbar.ticktext, trace.marker.colorbar.tickvals, strict=True))
    np.testing.assert_allclose([10 ** -ticks[text] for text in ticks], [float(text) for text in ticks])


def test_a_point_says_what_is_known_of_its_digit():
    for colouring in figures.COLOURINGS:
        for trace in figures.code_map(PLACES, FACTS, TITLES, colouring=colouring).data:
            numbers, scores, percents, *labels = trace.customdata.T
            of = numbers.astype(int)
            if colouring == "by class":
                assert (LABELS[of] == int(trace.name)).all()
                assert trace.hovertemplate.startswith(f"<b>{trace.name}</b>")
            else:
                np.testing.assert_array_equal(labels[0], LABELS[of])
                assert "<b>%{customdata[3]}</b>" in trace.hovertemplate
            np.testing.assert_array_equal(scores, SCORES[of])
            np.testing.assert_allclose(percents, 100 * FACTS.p_values[of], rtol=1e-6)


def test_each_class_is_named_at_its_median_whatever_the_colours_mean():
    labels = np.where(LABELS == 3, 4, LABELS)  # no 3 among them
    for colouring in figures.COLOURINGS:
        facts = figures.Facts(labels, SCORES, FACTS.p_values)
        names = figures.code_map(PLACES, facts, TITLES, colouring=colouring).layout.annotations
        assert [name.text for name in names] == [f"<b>{digit}</b>" for digit in (0, 1, 2, 4, 5, 6, 7, 8, 9)]
        np.testing.assert_array_equal((names[3].x, names[3].y), np.median(PLACES[labels == 4], axis=0))


def test_selected_points_name_their_digits_and_the_drawing_none():
    chosen = [{"customdata": {"0": 17.0, "1": 3.0}}, {"x": 1, "y": 2}, {"customdata": {"0": 4.0}}]
    assert figures.digits_of(chosen, 20) == [4, 17]


def test_codes_of_one_number_stand_on_the_lines_of_their_classes():
    figure = figures.one_number(PLACES[:, 0], FACTS, drawing=np.array([0.5]))
    for digit, trace in enumerate(figure.data):
        np.testing.assert_array_equal(trace.x, PLACES[digit == LABELS, 0])
        assert (trace.y == digit).all()
    (pointer,) = figure.layout.annotations
    assert (pointer.x, pointer.y) == (0.5, -1)


def test_axes_that_mean_nothing_have_no_numbers():
    layout = figures.code_map(PLACES, FACTS, None).layout
    assert not layout.xaxis.showticklabels
    assert not layout.yaxis.showticklabels
    assert figures.code_map(PLACES, FACTS, TITLES).layout.xaxis.title.text == "across"


def test_a_drawing_is_pointed_at():
    drawing = np.array([1.5, -0.5])
    pointer = figures.code_map(PLACES, FACTS, TITLES, drawing=drawing).layout.annotations[-1]
    assert (pointer.x, pointer.y, pointer.text) == (1.5, -0.5, "<b>your drawing</b>")


@pytest.mark.parametrize("side", [2, 5])
def test_the_middle_of_each_corner_tile_stands_at_its_code(side):
    low, high = np.array([-2.0, 1.0]), np.array([4.0, 3.0])
    images = CHANCE.random((side * side, 28, 28)).astype(np.float32)
    layout = figures.decoded_plane(images, side, low, high, PLACES).layout
    (picture,) = layout.images
    tile = picture.sizex / side, picture.sizey / side
    assert (picture.x + tile[0] / 2, picture.y - tile[1] / 2) == pytest.approx((low[0], high[1]))
    right, bottom = picture.x + picture.sizex - tile[0] / 2, picture.y - picture.sizey + tile[1] / 2
    assert (right, bottom) == pytest.approx((high[0], low[1]))
    assert picture.source.startswith("data:image/png")
    assert mosaic.ink_tiles(images).shape[0] == side * side
