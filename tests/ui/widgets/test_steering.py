"""What the bar of a sweep or an experiment says: a person who paused it sees whether something still runs."""

import pytest

from ae_core.jobs.states import Wish
from ui.widgets.steering import bar_told


@pytest.mark.parametrize(
    ("wish", "done", "running", "told"),
    [
        (Wish.RUN, 1, ["dense-2", "dense-4"], "1 of 4 trainings · now dense-2, dense-4"),
        (Wish.RUN, 1, [], "1 of 4 trainings"),
        (Wish.PAUSE, 1, ["dense-2"], "1 of 4 trainings · paused when these end: dense-2"),
        (Wish.PAUSE, 1, [], "1 of 4 trainings · paused"),
        (Wish.STOP, 2, [], "2 of 4 trainings · stopped"),
        (Wish.STOP, 4, [], "4 of 4 trainings"),  # there was nothing left to stop
    ],
)
def test_the_bar_says_what_is_over_what_runs_and_what_is_held(wish, done, running, told):
    assert bar_told(wish, done, 4, "training", running) == told


@pytest.mark.parametrize(
    ("wish", "done", "is_told"), [(Wish.RUN, 1, True), (Wish.PAUSE, 1, False), (Wish.RUN, 4, False)]
)
def test_the_bar_says_what_became_of_the_workers_to_whoever_waits_for_them(wish, done, is_told):
    assert ("was lost" in bar_told(wish, done, 4, "part", [], "The worker was lost.")) == is_told
