"""What pages ask first of a model, found out by the worker that trained it, before anybody asks."""

import contextlib

from ae_core.config import DEFAULT_SCORE
from ae_core.data.sources import load_recorded
from ae_core.errors import LabError
from ae_core.models.known import test_codes, training_codes
from ae_core.runs.catalogue import open_run
from ae_core.runs.run import Run
from ae_core.scores.known import evaluation, scores_of
from ae_core.scores.table import MSE


def find_out(run: Run) -> None:
    """Errors, codes, and what the first scores of a page need; all of it is kept on disk.

    It may fail: the digits may have gone, the run may be deleted meanwhile. Pages then find it out.
    """
    with contextlib.suppress(LabError, OSError):
        config = run.config()
        trained, digits = open_run(run), load_recorded(config.dataset, config.fingerprint)
        evaluation(trained.model, digits)
        test_codes(trained.model, digits)
        training_codes(trained.model, digits)
        for score in (MSE, DEFAULT_SCORE):
            scores_of(trained.detector(digits, score), digits.test.images)
