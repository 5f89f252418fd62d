"""Anomaly scores: one table of them, fitted and calibrated for a model on normal digits alone."""

from ae_core.scores.fitted import FittedScores, fit_scores
from ae_core.scores.selection import choose_score, letter_auroc
from ae_core.scores.table import COMBINED, SCORES, Score, suited
from ae_core.scores.verdicts import Verdict, verdict

__all__ = [
    "COMBINED",
    "SCORES",
    "FittedScores",
    "Score",
    "Verdict",
    "choose_score",
    "fit_scores",
    "letter_auroc",
    "suited",
    "verdict",
]
