"""Do verdicts keep their promise? The share of the 10,000 test digits called anomalies at a false-alarm rate.

The thresholds come from the 12,000 validation digits alone; the shipped models have seen neither.
"""

from typing import Annotated

import typer

from ae_core import zoo
from ae_core.data import load_digits
from ae_core.scores import fit_scores
from benchmarks.report import AsJson, Target, report

RATES = (0.01, 0.05, 0.10)
TOLERANCE = 0.2  # of the promised rate
TARGETS = {"flagged_by_mse_at_5": Target(0.04, 0.06)}


def flagged_shares(name: str) -> dict[str, list[float]]:
    """For each score, the share of test digits flagged at each of RATES."""
    digits = load_digits("mnist")
    fitted = fit_scores(zoo.load(name), digits.train.images, digits.validation.images)
    table = fitted.score(digits.test.images)
    return {
        score: [float(fitted.calibrators[score].flags(table[score], rate).mean()) for rate in RATES]
        for score in fitted.names
    }


def is_kept(share: float, rate: float) -> bool:
    return abs(share - rate) <= TOLERANCE * rate


def main(
    model: Annotated[str, typer.Option(help="One of the shipped models.")] = "dense-32",
    as_json: AsJson = False,
) -> None:
    """Judges the test digits by every score that suits the model; half a minute."""
    shares = flagged_shares(model)
    kept = [is_kept(share, rate) for row in shares.values() for share, rate in zip(row, RATES, strict=True)]
    broken = {
        f"{score} at {rate:.0%}": share
        for score, row in shares.items()
        for share, rate in zip(row, RATES, strict=True)
        if not is_kept(share, rate)
    }
    figures = {
        "model": model,
        "rates": RATES,
        "flagged_by_mse_at_5": shares["mse"][1],
        "flagged_by_score": shares,
        "within_a_fifth": f"{sum(kept)} of {len(kept)}",
        "outside": broken,
    }
    report(figures, TARGETS, as_json)


if __name__ == "__main__":
    typer.run(main)
