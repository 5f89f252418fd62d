"""The nearest codes: as a plain sort would find them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ae_core.models.neighbours import nearest


@given(
    count=st.integers(1, 1500), size=st.integers(1, 8), wanted=st.integers(1, 1500), seed=st.integers(0, 999)
)
def test_finds_what_a_sort_of_all_distances_finds(count, size, wanted, seed):
    generator = np.random.default_rng(seed)
    codes = generator.normal(size=(count, size)).astype(np.float32)
    query = generator.normal(size=size).astype(np.float32)
    found, distances = nearest(codes, query, wanted)
    expected = np.sort(np.linalg.norm(codes - query, axis=1))[: min(wanted, count)]
    assert len(set(found.tolist())) == len(found) == min(wanted, count)
    assert np.allclose(distances, expected, rtol=1e-5)
    assert np.allclose(distances, np.linalg.norm(codes[found] - query, axis=1), rtol=1e-5)


def test_a_code_is_its_own_nearest():
    codes = np.random.default_rng(0).normal(size=(100, 4))
    found, distances = nearest(codes, codes[42])
    assert len(found) == 5
    assert found[0] == 42
    assert distances[0] == pytest.approx(0)


def test_equal_codes_are_all_found():
    found, distances = nearest(np.zeros((3, 2)), np.zeros(2))
    assert sorted(found) == [0, 1, 2]
    assert distances.tolist() == [0, 0, 0]
