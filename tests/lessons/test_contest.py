"""The contest's table: what is measured, whose row it is, and what is refused."""

import pytest

from ae_core import zoo
from ae_core.errors import DamagedError, RunError
from ae_core.lessons.contest import ENTRIES, Leaderboard
from ae_core.scores.detector import Detector


@pytest.fixture(scope="module")
def detectors(embedded):
    """One that reconstructs letters too, and one that knows how digits' codes lie."""
    made = Detector(zoo.load("dense-32"), ["mse", "neighbour_distance"])
    made.fit(embedded.train.images, embedded.validation.images)
    return made.by("mse"), made.by("neighbour_distance")


def test_a_visitor_keeps_the_best_row_and_others_theirs(store, embedded, detectors):
    board = Leaderboard(store)
    worse, better = (board.enter("Ada", "a", "zoo:dense-32", each, embedded) for each in detectors)
    assert 0.5 < worse.auroc < better.auroc < 1
    assert set(better.by_kind) == {"letters", "scribbles", "upside down"}
    again = board.enter("Ada L.", "a", "zoo:dense-32", detectors[0], embedded)
    assert again.auroc == worse.auroc
    board.enter("Bob", "b", "zoo:dense-32", detectors[0], embedded)
    assert [(each.name, each.score) for each in board.entries()] == [
        ("Ada L.", "neighbour_distance"),
        ("Bob", "mse"),
    ]


@pytest.mark.parametrize("name", ["", "   ", "x" * 31])
def test_a_name_that_is_none_is_refused(store, embedded, detectors, name):
    with pytest.raises(RunError, match="1 to 30 characters"):
        Leaderboard(store).enter(name, "a", "zoo:dense-32", detectors[0], embedded)


def test_a_damaged_table_is_named(store):
    board = Leaderboard(store)
    board.folder.write(ENTRIES, b"[1, 2")
    with pytest.raises(DamagedError, match=r"contest/entries\.json"):
        board.entries()
