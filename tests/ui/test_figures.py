"""Plotly figures: every digit is counted once, in the colour of its verdict, and a click names it."""

import numpy as np
import pandas
import pytest

from tests.ui.test_mosaic import picture_in
from ui import figures, mosaic
from ui.theme import LIGHT

SCORES = np.random.default_rng(0).gamma(3, 0.002, 1000)


@pytest.mark.parametrize("threshold", [0.0, 0.006, 1.0])
def test_the_histogram_counts_every_digit_once_and_colours_the_flagged(threshold):
    figure = figures.score_histogram(SCORES, threshold)
    kept, flagged = figure.data
    assert np.nansum(kept.y) == (threshold >= SCORES).sum()
    assert np.nansum(flagged.y) == (threshold < SCORES).sum()
    assert (kept.marker.color, flagged.marker.color) == (LIGHT["normal"], LIGHT["anomaly"])
    assert flagged.name == f"flagged as anomaly: {(threshold < SCORES).sum():,}"
    assert figure.layout.yaxis.type == "log"
    assert figure.layout.shapes[0].x0 == threshold
    assert figure.layout.xaxis.range[1] > max(threshold, SCORES.max())


def test_the_histogram_shows_marks_even_beyond_the_scores():
    far = SCORES.max() * 3
    figure = figures.score_histogram(SCORES, 0.01, {"your drawing": far})
    assert figure.layout.shapes[1].x0 == far
    assert "your drawing" in figure.layout.annotations[-1].text
    assert figure.layout.xaxis.range[1] > far


def test_scores_that_are_all_zero_make_a_figure():
    figure = figures.score_histogram(np.zeros(10), 0.01)
    assert np.nansum(figure.data[0].y) == 10


def test_error_by_class_shows_each_digit():
    table = pandas.DataFrame(
        {"digit": range(10), "digits": 100, "mean_error": np.arange(10.0), "flagged": 0.05}
    )
    (bars,) = figures.error_by_class(table).data
    assert list(bars.x) == [str(digit) for digit in range(10)]
    assert list(bars.y) == list(range(10))


@pytest.mark.parametrize("count", [1, 7, 10, 13, 20])
def test_a_click_on_a_digit_of_the_gallery_names_that_digit(embedded, count):
    """Each of a digit's three points lies within its own tile: reconstruction, original, error."""
    images = embedded.test.images[:count]
    reconstructions = np.random.default_rng(0).random(images.shape, np.float32)
    captions = [str(place) for place in range(count)]
    figure = figures.gallery(images, reconstructions, captions, columns=10)
    picture = picture_in(figure.layout.images[0].source)
    assert (figure.layout.images[0].sizey, figure.layout.images[0].sizex) == picture.shape[:2]
    (points,) = figure.data
    assert list(points.text) == captions * 3
    kinds = (
        mosaic.ink_tiles(reconstructions),
        mosaic.ink_tiles(images),
        mosaic.error_tiles(images, reconstructions),
    )
    for number, (x, y) in enumerate(zip(points.x, points.y, strict=True)):
        tile = kinds[number // count][number % count].reshape(-1, 3)
        around = picture[int(y) - 18 : int(y) + 18 : 3, int(x) - 18 : int(x) + 18 : 3, :3].reshape(-1, 3)
        assert {tuple(colour) for colour in around} <= {tuple(colour) for colour in tile}


@pytest.mark.parametrize("latent_dim", [1, 32, 784])
def test_code_bars_show_every_number(latent_dim):
    code = np.linspace(-1, 1, latent_dim, dtype=np.float32)
    (bars,) = figures.code_bars(code).data
    assert list(bars.x) == list(range(1, latent_dim + 1))
    assert np.array_equal(bars.y, code)


def test_a_caption_names_label_score_and_p_value():
    assert figures.digit_caption(7, 0.0103, 1 / 801) == "a 7, score 0.0103, p = 0.125 %"
