"""What the small trainings come to: a linear autoencoder is PCA, and few digits are overfitted."""

import numpy as np
import pytest

from ae_core.lessons import small_trainings
from ae_core.models.inference import reconstruction_errors
from ae_core.models.linear_baseline import LinearBaseline

pytestmark = pytest.mark.slow


def test_a_linear_autoencoder_ends_in_the_subspace_of_pca(embedded):
    errors, smallest = small_trainings.linear_course(embedded)
    best = reconstruction_errors(LinearBaseline.fit(embedded, 8), embedded.test.images).mean()
    assert errors[0] > 2 * best
    assert errors[-1] == pytest.approx(best, rel=0.01)
    assert smallest[-1] > 0.99
    own, of_pca, cosines = small_trainings.linear_spectrum(embedded)
    assert np.allclose(own, of_pca, rtol=0.05)
    assert cosines.min() > 0.99


def test_two_hundred_digits_are_learned_by_heart(embedded):
    training, validation = small_trainings.few_course(embedded, 200)
    assert validation[-1] > 4 * training[-1]
    assert training[-1] < training[30] < training[0]
