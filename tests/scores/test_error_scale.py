"""The scale of error maps says what it promises of the threshold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ae_core import zoo
from ae_core.scores.calibration import Calibrator
from ae_core.scores.error_scale import FINEST, SIDE_AT_FULL, ErrorScale


@given(st.floats(1e-4, 1))
def test_a_square_of_full_colour_reaches_the_threshold_alone(threshold):
    errors = np.zeros((28, 28))
    errors[:SIDE_AT_FULL, :SIDE_AT_FULL] = ErrorScale.of(threshold, 0.05).full
    assert np.square(errors).mean() == pytest.approx(threshold)


def test_a_perfect_model_is_not_shown_its_rounding():
    assert ErrorScale.of(0, 0.05).full == FINEST


def test_the_same_error_is_more_evidence_against_a_better_model(embedded):
    full = [
        ErrorScale.of(Calibrator.fit(zoo.load(name), embedded.validation).threshold(0.05), 0.05).full
        for name in ("dense-2", "dense-8", "dense-64")
    ]
    assert full == sorted(full, reverse=True)
    assert full[0] > 2 * full[-1]
