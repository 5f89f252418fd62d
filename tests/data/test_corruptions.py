"""Every corruption keeps to the contract of `corrupt`, and does what its description says."""

import numpy as np
import pytest
from scipy import stats

from ae_core.data.corruptions import CORRUPTIONS, GROUPS, corrupt
from ae_core.data.corruptions.backgrounds import FOG_UNIFORMS, plasma_corner
from ae_core.data.corruptions.noises import poisson_counts
from ae_core.data.corruptions.table import CHUNK
from ae_core.errors import ConfigError, ImageShapeError

NAMES = sorted(CORRUPTIONS)
MNIST_C = {
    *("shot_noise", "impulse_noise", "glass_blur", "motion_blur", "shear", "scale", "rotate", "brightness"),
    *("translate", "stripe", "fog", "spatter", "dotted_line", "zigzag", "canny_edges"),
}
every_corruption = pytest.mark.parametrize("name", NAMES)


@pytest.fixture(scope="module")
def digits(embedded):
    """Fifty test digits of all classes, uint8 [50, 28, 28]; read-only, like all of the lab's digits."""
    return embedded.test.images[::20]


def distance(images, others):
    return np.abs(images.astype(float) - others).mean()


def centres(images):
    """(row, column) of each image's centre of mass, [N, 2]."""
    weights = images / images.sum(axis=(1, 2), keepdims=True)
    return np.stack(
        [(weights.sum(axis=2) * np.arange(28)).sum(1), (weights.sum(1) * np.arange(28)).sum(1)], 1
    )


# ---- the contract ------------------------------------------------------------------------------------------


def test_the_table_holds_the_fifteen_of_mnist_c_and_the_labs_own():
    assert {name for name, each in CORRUPTIONS.items() if each.published} == MNIST_C
    assert all(name == each.name for name, each in CORRUPTIONS.items())
    assert {each.group for each in CORRUPTIONS.values()} == set(GROUPS)
    assert all(each.description.endswith(".") for each in CORRUPTIONS.values())


@every_corruption
@pytest.mark.parametrize("severity", [1e-9, 0.3, 1, 1.0])
def test_shape_and_type_stay_and_the_input_is_untouched(digits, name, severity):
    given = digits.copy()
    corrupted = corrupt(given, name, severity)
    assert (corrupted.shape, corrupted.dtype) == (digits.shape, np.uint8)
    assert not np.shares_memory(corrupted, given)
    np.testing.assert_array_equal(given, digits)


@every_corruption
def test_read_only_images_become_a_writeable_result(digits, name):
    assert not digits.flags.writeable
    for severity in (0, 1):
        assert corrupt(digits, name, severity).flags.writeable


@every_corruption
def test_severity_zero_is_the_identity_and_a_trace_of_it_nearly_so(digits, name):
    np.testing.assert_array_equal(corrupt(digits, name, 0), digits)
    assert distance(corrupt(digits, name, 1e-3), digits) < 1


@every_corruption
def test_severity_one_changes_every_image(digits, name):
    changed = (corrupt(digits, name) != digits).any(axis=(1, 2))
    assert changed.all()


@every_corruption
def test_more_severe_is_farther_from_the_original(digits, name):
    distances = [distance(corrupt(digits, name, severity), digits) for severity in (0, 0.25, 0.5, 0.75, 1)]
    # Once a shifted digit no longer meets its old place, the edge only takes ink away.
    tolerance = 0.03 * distances[-1] if name == "shifted" else 0
    assert all(np.diff(distances) > -tolerance), distances


@every_corruption
def test_a_seed_means_the_same_images_and_another_seed_others(digits, name):
    first = corrupt(digits, name, 0.7, seed=5)
    np.testing.assert_array_equal(first, corrupt(digits, name, 0.7, seed=5))
    differs = (first != corrupt(digits, name, 0.7, seed=6)).any()
    assert differs == (CORRUPTIONS[name].uniforms > 0)


@every_corruption
def test_an_image_does_not_depend_on_its_neighbours_nor_on_how_many_follow(digits, name):
    corrupted = corrupt(digits, name, 0.8)
    np.testing.assert_array_equal(corrupt(digits[:7], name, 0.8), corrupted[:7])
    others = digits[::-1].copy()
    others[3] = digits[3]
    np.testing.assert_array_equal(corrupt(others, name, 0.8)[3], corrupted[3])


@every_corruption
def test_a_batch_larger_than_a_chunk_goes_on_as_it_began(embedded, name):
    images = embedded.test.images[: CHUNK + 3]
    corrupted = corrupt(images, name, 0.8)
    np.testing.assert_array_equal(corrupt(images[: CHUNK + 1], name, 0.8), corrupted[: CHUNK + 1])
    if CORRUPTIONS[name].uniforms:  # the second chunk must not repeat the first one's numbers
        same = np.repeat(images[:1], CHUNK + 1, axis=0)
        spread = corrupt(same, name)
        assert (spread != spread[-1]).any(axis=(1, 2)).any()
        if CORRUPTIONS[name].uniforms > 2:
            assert (spread[0] != spread[-1]).any()


@every_corruption
@pytest.mark.parametrize("severity", [0, 1])
def test_no_image_at_all_and_a_single_one_are_batches_too(digits, name, severity):
    assert corrupt(digits[:0], name, severity).shape == (0, 28, 28)
    assert corrupt(digits[:1], name, severity).shape == (1, 28, 28)


@every_corruption
@pytest.mark.parametrize("level", [0, 255])
def test_flat_images_are_no_obstacle(name, level):
    """Nothing is divided by an image's brightness or contrast unseen."""
    flat = np.full((3, 28, 28), level, np.uint8)
    with np.errstate(all="raise"):
        assert corrupt(flat, name).shape == flat.shape


@every_corruption
def test_images_that_are_a_view_are_read_rightly(digits, name):
    turned = digits.transpose(0, 2, 1)
    np.testing.assert_array_equal(corrupt(turned, name), corrupt(turned.copy(), name))


@pytest.mark.parametrize(
    ("name", "severity", "seed", "told"),
    [
        ("shot_nose", 1, 0, "Did you mean shot_noise"),
        ("hue", 1, 0, r"no corruption 'hue'; choose one of .*fog"),
        (None, 1, 0, "no corruption None"),
        ("fog", -0.1, 0, r"from 0 .*to 1 .*got -0.1"),
        ("fog", 1.01, 0, r"got 1.01"),
        ("fog", float("nan"), 0, "got nan"),
        ("fog", "much", 0, "got 'much'"),
        ("fog", True, 0, "got True"),
        ("fog", 1, -1, "seed must be a whole number"),
        ("fog", 1, 0.5, "seed must be a whole number"),
    ],
)
def test_a_bad_name_severity_or_seed_is_refused_in_words(digits, name, severity, seed, told):
    with pytest.raises(ConfigError, match=told):
        corrupt(digits, name, severity, seed)


@pytest.mark.parametrize(
    ("images", "told"),
    [
        (np.zeros((28, 28), np.uint8), r"\[N, 28, 28\], got \(28, 28\)"),
        (np.zeros((2, 8, 8), np.uint8), r"got \(2, 8, 8\)"),
        (np.zeros((2, 28, 28), np.float32), "uint8 .* got float32"),
        ([[0]], "got None"),
    ],
)
@pytest.mark.parametrize("severity", [0, 1])
def test_other_shapes_and_types_are_refused_in_words(images, told, severity):
    with pytest.raises(ImageShapeError, match=told):
        corrupt(images, "fog", severity)


# ---- what each one does ------------------------------------------------------------------------------------


@pytest.mark.parametrize("mean", [0.01, 0.8, 3, 47, 3_000])
def test_counts_follow_the_poisson_law(mean):
    counts = poisson_counts(np.random.default_rng(0).random(20_000, dtype=np.float32), mean)
    assert abs(counts.mean() - mean) < 5 * np.sqrt(mean / 20_000)
    assert stats.kstest(counts, stats.poisson(mean).cdf).statistic < stats.poisson(mean).pmf(int(mean)) + 0.02


def test_shot_noise_leaves_black_black_and_keeps_the_mean():
    grey = np.full((20, 28, 28), 85, np.uint8)  # a photon, of the published three
    noisy = corrupt(grey, "shot_noise", 0.5)
    assert abs(noisy.mean() - 85) < 2
    assert not corrupt(np.zeros_like(grey), "shot_noise").any()


def test_impulse_noise_hits_its_share_of_the_pixels():
    hit = corrupt(np.full((50, 28, 28), 100, np.uint8), "impulse_noise")
    assert set(np.unique(hit)) == {0, 100, 255}
    assert (hit == 0).mean() == pytest.approx(0.085, abs=0.005)
    assert (hit == 255).mean() == pytest.approx(0.085, abs=0.005)


def test_glass_blur_keeps_the_ink():
    """It is moved about and spread, neither added nor lost."""
    images = np.zeros((30, 28, 28), np.uint8)
    images[:, 10:18, 10:18] = 255
    blurred = corrupt(images, "glass_blur").astype(float)
    np.testing.assert_allclose(blurred.sum(axis=(1, 2)), images.sum(axis=(1, 2)), rtol=0.02)


def test_motion_blur_draws_a_point_out_into_a_trail_of_the_published_length():
    point = np.zeros((200, 28, 28), np.uint8)
    point[:, 14, 14] = 255
    trails = corrupt(point, "motion_blur") > 5
    rows, columns = trails.any(axis=2).sum(axis=1), trails.any(axis=1).sum(axis=1)
    assert (columns >= rows - 1).all()  # within 45 degrees of the level
    assert (np.hypot(rows, columns) <= 10 + 2).all()
    assert columns.max() >= 7
    assert rows.min() == 1
    assert rows.max() > 4


@pytest.mark.parametrize("name", ["shear", "rotate"])
def test_shear_and_rotation_turn_about_the_middle_to_both_sides(name):
    upright = np.zeros((40, 28, 28), np.uint8)
    upright[:, 4:24, 13:15] = 200
    turned = corrupt(upright, name)
    np.testing.assert_allclose(centres(turned), 13.5, atol=0.1)
    top = centres(turned * (np.arange(28) < 10)[:, None])[:, 1] - 13.5
    assert (np.abs(top) > 1.5).all()
    assert (top < 0).any()
    assert (top > 0).any()


def test_scale_shrinks_to_seven_tenths(digits):
    sizes = (digits > 60).any(axis=1).sum(axis=1), (corrupt(digits, "scale") > 60).any(axis=1).sum(axis=1)
    np.testing.assert_allclose(sizes[1], 0.7 * sizes[0], atol=2)


def test_translate_moves_by_three_pixels_on_both_axes(digits):
    padded = np.pad(digits, ((0, 0), (3, 3), (3, 3)))
    corners = [padded[:, down : down + 28, across : across + 28] for down in (0, 6) for across in (0, 6)]
    matches = [(corrupt(digits, "translate") == corner).all(axis=(1, 2)) for corner in corners]
    np.testing.assert_array_equal(np.sum(matches, axis=0), 1)
    assert np.any(matches, axis=1).all()  # all four ways occur


def test_shifted_digits_go_all_four_ways_and_are_cut_off(digits):
    shifted = corrupt(digits, "shifted")
    ways = np.rint((centres(shifted) - centres(digits)) / 8)
    assert {tuple(way) for way in ways.tolist()} >= {(-1, 0), (1, 0), (0, -1), (0, 1)}
    assert shifted.sum() < digits.sum()


def test_stripes_are_seven_columns_wide_on_either_side(digits):
    striped = corrupt(digits, "stripe")
    np.testing.assert_array_equal(striped[:, :, 7:21], digits[:, :, 7:21])
    np.testing.assert_array_equal(striped[:, :, :7], 255 - digits[:, :, :7])
    np.testing.assert_array_equal(striped[:, :, 21:], 255 - digits[:, :, 21:])


def test_brightness_adds_half(digits):
    np.testing.assert_allclose(corrupt(digits, "brightness"), np.minimum(digits + 127.5, 255), atol=1)


def test_the_fractal_is_continuous_and_differs_in_level_from_image_to_image():
    plasma = plasma_corner(np.random.default_rng(0).random((50, FOG_UNIFORMS), dtype=np.float32))
    assert plasma.shape == (50, 28, 28)
    assert plasma.min() >= 0
    assert plasma.max() <= 1
    levels = plasma.mean(axis=(1, 2))
    assert levels.std() > 0.1
    assert np.abs(np.diff(plasma, axis=1)).mean() < 0.02
    assert np.abs(np.diff(plasma, axis=2)).mean() < 0.02
    assert (plasma.std(axis=(1, 2)) > 0.01).all()  # clouds, not one grey


def test_fog_veils_the_background_and_dims_the_ink(digits):
    foggy = corrupt(digits, "fog")
    assert foggy[digits == 0].mean() > 50
    assert foggy[digits > 250].mean() < 240


def test_spatter_covers_with_dark_grey(digits):
    spattered = corrupt(digits, "spatter").astype(int)
    covered = spattered != digits
    assert 0.01 < covered.mean() < 0.2
    assert (spattered[(digits == 0) & covered] <= 63).all()
    assert (spattered[(digits == 255) & covered] < 128).all()


@pytest.mark.parametrize("name", ["dotted_line", "zigzag"])
def test_lines_only_add_ink_and_run_from_side_to_side(digits, name):
    lined = corrupt(digits, name)
    assert (lined >= digits).all()
    on_black = corrupt(np.zeros((100, 28, 28), np.uint8), name)
    inked = (on_black > 0).any(axis=1)  # [N, 28] columns
    drawn = np.arange(28) % 4 >= 2 if name == "dotted_line" else np.isin(np.arange(28), range(2, 26))
    assert not inked[:, ~drawn].any()
    middle = (on_black.argmax(axis=1)[:, drawn] > 4).all(axis=1)  # lines that stay inside the image
    assert inked[:, drawn][middle].all()


def test_the_zigzag_is_two_pixels_high_to_either_side():
    lines = corrupt(np.zeros((300, 28, 28), np.uint8), "zigzag").argmax(axis=1)[:, 2:26]  # rows by column
    heights = np.ptp(lines - np.linspace(0, 1, 24) * (lines[:, -1:] - lines[:, :1]), axis=1)
    inside = (lines.min(axis=1) > 0) & (lines.max(axis=1) < 27)
    assert inside.sum() > 100
    assert (np.abs(heights[inside] - 4) <= 2).all()


def test_canny_edges_are_thin_closed_outlines_at_the_rim():
    square = np.zeros((1, 28, 28), np.uint8)
    square[:, 8:20, 8:20] = 255
    edges = corrupt(square, "canny_edges")[0]
    assert set(np.unique(edges)) == {0, 255}
    rows, columns = np.nonzero(edges)
    assert rows.min() in (7, 8)
    assert columns.max() in (19, 20)
    assert not edges[11:17, 11:17].any()
    assert (edges[14] > 0).sum() <= 4


def test_inverted_blank_and_noise_end_where_they_should(digits):
    np.testing.assert_array_equal(corrupt(digits, "inverted"), 255 - digits)
    assert not corrupt(digits, "blank").any()
    noise = corrupt(digits, "uniform_noise").ravel()
    assert stats.kstest(noise / 255, "uniform").statistic < 0.02
    assert abs(np.corrcoef(noise, digits.ravel())[0, 1]) < 0.03
