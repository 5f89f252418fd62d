"""What the bar of a sweep or an experiment says: a person who paused it sees whether something still runs."""

import pytest

from ae_core.jobs.states import Action
from ui.widgets.steering import bar_text


@pytest.mark.parametrize(
    ("wish", "done", "running", "told"),
    [
        (Action.RUN, 1, ["dense-2", "dense-4"], "1 of 4 trainings · now dense-2, dense-4"),
        (Action.RUN, 1, [], "1 of 4 trainings"),
        (Action.PAUSE, 1, ["dense-2"], "1 of 4 trainings · paused when these end: dense-2"),
        (Action.PAUSE, 1, [], "1 of 4 trainings · paused"),
        (Action.STOP, 2, [], "2 of 4 trainings · stopped"),
        (Action.STOP, 4, [], "4 of 4 trainings"),  # there was nothing left to stop
    ],
)
def test_the_bar_says_what_is_over_what_runs_and_what_is_held(wish, done, running, told):
    assert bar_text(wish, done, 4, "training", running) == told


@pytest.mark.parametrize(
    ("wish", "done", "is_told"), [(Action.RUN, 1, True), (Action.PAUSE, 1, False), (Action.RUN, 4, False)]
)
def test_the_bar_says_what_became_of_the_workers_to_whoever_waits_for_them(wish, done, is_told):
    assert ("was lost" in bar_text(wish, done, 4, "part", [], "The worker was lost.")) == is_told
