"""The map of codes: a square view that holds still, and points in the colours of their classes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.shell.theme import CLASS_COLOURS
from ui.train import code_map

LABELS = np.arange(500) % 10


def cloud(scale: float = 1.0, centre: tuple[float, float] = (0, 0), seed: int = 0) -> np.ndarray:
    """Codes [500, 2], wider than high."""
    return np.random.default_rng(seed).uniform(-1, 1, (500, 2)) * (scale, scale / 2) + centre


def side(corners: np.ndarray) -> np.ndarray:
    return corners[1] - corners[0]


@given(st.floats(1e-4, 1e5), st.floats(-5, 5), st.floats(-5, 5))
def test_the_view_is_a_square_that_the_codes_fill(scale, x, y):
    codes = cloud(scale, (x * scale, y * scale))
    corners = code_map.view(codes[None])
    width, height = side(corners)
    assert width == pytest.approx(height)
    inside = ((codes >= corners[0]) & (codes <= corners[1])).all(axis=1)
    assert inside.mean() >= 0.97
    assert np.ptp(codes[:, 0]) > 0.7 * width


@pytest.mark.parametrize("scale", [0.03, 1, 47, 6e4])
def test_the_view_holds_still_while_codes_move_a_little(scale):
    views = {tuple(code_map.view(cloud(scale * (1 + step / 500))[None]).ravel()) for step in range(5)}
    assert len(views) <= 2


def test_a_few_outliers_do_not_shrink_the_rest():
    codes = cloud()
    codes[:2] = 1e4
    assert side(code_map.view(codes[None]))[0] < 4


def test_what_swelled_long_ago_has_no_say():
    """A learning rate at its peak throws codes far apart; the finished map would be a dot."""
    moments = np.stack([cloud(0.01), *[cloud(100)] * 8, *[cloud(1)] * 5])
    assert np.array_equal(code_map.view(moments), code_map.view(cloud(1)[None]))


@pytest.mark.parametrize("value", [0.0, 3.7])
def test_codes_that_are_all_the_same_have_a_view(value):
    corners = code_map.view(np.full((1, 500, 2), value, np.float32))
    assert (side(corners) > 0).all()
    assert (corners[0] <= value).all()
    assert (corners[1] >= value).all()


@given(st.floats(1e-6, 1e6))
def test_a_round_number_is_at_most_the_value_and_more_than_a_third_of_it(value):
    rounded = code_map.round_number(value)
    assert value / 2.6 < rounded <= value * (1 + 1e-6)
    assert f"{rounded:e}"[0] in "125"


def test_the_table_leaves_out_what_is_beyond_the_view():
    codes = cloud()
    codes[7] = (0, 9)
    corners = np.array([[-1.0, -1.0], [1.0, 1.0]])
    table = code_map.map_table(codes, LABELS, corners)
    assert len(table) == 499
    assert table["digit"].tolist() == np.delete(LABELS, 7).tolist()
    assert table[["first", "second"]].abs().max(axis=None) <= 1


def test_every_class_has_its_own_colour_and_its_name():
    corners = code_map.view(cloud()[None])
    chart = code_map.map_chart(code_map.map_table(cloud(), LABELS, corners), corners)
    palette = next(
        layer["encoding"]["color"]["scale"] for layer in chart["layer"] if "color" in layer["encoding"]
    )
    assert dict(zip(palette["domain"], palette["range"], strict=True)) == dict(enumerate(CLASS_COLOURS))
    assert "digit" in [layer["encoding"].get("text", {}).get("field") for layer in chart["layer"]]


def test_a_chart_changes_in_nothing_but_its_data():
    """Streamlit draws a chart anew, with a flicker, as soon as anything else differs."""

    def frame(codes: np.ndarray) -> dict:
        corners = code_map.view(codes[None])
        chart = code_map.map_chart(code_map.map_table(codes, LABELS, corners), corners)
        del chart["datasets"]
        return chart

    assert frame(cloud()) == frame(cloud(30, (5, -200), seed=1))


def test_one_unit_is_as_long_upwards_as_across():
    chart = code_map.map_chart(code_map.map_table(cloud(), LABELS, code_map.view(cloud()[None])), np.eye(2))
    assert chart["width"] == chart["height"]
    assert chart["autosize"]["type"] == "pad"  # "fit" would take the axes out of the square
