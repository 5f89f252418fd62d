"""Parts: their order, their names, and keys that are the same exactly for the same work."""

import json
from dataclasses import asdict, replace

import pytest

from ae_core.errors import DamagedError
from ae_core.reading import json_as
from ae_core.studies.experiment import Experiment, ExperimentConfig, Kind
from ae_core.studies.parts import Part


def parts(kind, **values):
    config = ExperimentConfig.of(kind, dataset="embedded", **values)
    return Experiment("", config, "f" * 16, "w" * 16).parts


def test_a_whole_first_seed_comes_first():
    found = parts("held-out", digits=(4, 2), seeds=(1, 0))
    assert [(part.seed, part.digit, part.name) for part in found] == [
        (1, 4, "4"),
        (1, 2, "2"),
        (0, 4, "4"),
        (0, 2, "2"),
    ]


def test_one_class_trains_on_the_digit_and_held_out_on_the_others():
    assert parts("one-class", digits=(3,))[0].classes == (3,)
    assert parts("held-out", digits=(3,))[0].classes == (0, 1, 2, 4, 5, 6, 7, 8, 9)


@pytest.mark.parametrize("kind", Kind)
def test_every_part_of_an_experiment_has_a_key_of_its_own_that_survives_storing(kind):
    found = parts(kind)
    assert len({part.key() for part in found}) == len(found)
    for part in found:
        again = json_as(json.dumps(asdict(part)).encode(), Part, "part.json")
        assert again == part
        assert again.key() == part.key()


def test_a_key_depends_on_what_changes_the_result_and_on_nothing_else():
    (part,) = parts("one-class", digits=(3,))
    assert parts("one-class", digits=(5, 3))[1].key() == part.key()
    assert parts("one-class", digits=(3,), severity=0.2, reference="zoo:dense-2")[0].key() == part.key()
    others = [
        parts("held-out", digits=(3,))[0],
        parts("one-class", digits=(3,), seeds=(1,))[0],
        parts("one-class", digits=(3,), scores=("mse",))[0],
        parts("one-class", digits=(3,), train=part.train.with_changes(epochs=2))[0],
        replace(part, fingerprint="0" * 16),
    ]
    assert len({part.key(), *(other.key() for other in others)}) == len(others) + 1
    (fog,) = parts("corruptions", corruptions=("fog",))
    changed = [replace(fog, **each) for each in ({"weights": "0"}, {"severity": 0.5}, {"images": 77})]
    assert len({fog.key(), *(other.key() for other in changed)}) == 4


def test_the_order_in_which_scores_are_named_changes_nothing():
    first, second = (parts("foreign", scores=names)[0] for names in (("nap", "mse"), ("mse", "nap")))
    assert first.key() == second.key()


@pytest.mark.parametrize(
    "values", [{}, {"scores": [], "model": None, "train": None, "odd": 1}, {"scores": 3}]
)
def test_damaged_values_are_refused(values):
    with pytest.raises(DamagedError):
        json_as(json.dumps(values).encode(), Part, "part.json")
