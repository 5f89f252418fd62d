"""Do verdicts keep their promise? The share of the 10,000 test digits called anomalies at a false-alarm rate.

The thresholds come from the 12,000 validation digits alone; the models have seen neither. Needs full MNIST.
What an earlier call has trained in the run store (AE_RUNS) is not trained again.
"""

import pandas
import typer

from ae_core.commands.options import numbers_from
from ae_core.data import load_digits
from ae_core.runs import Run, RunStore
from ae_core.scores import fit_scores
from benchmarks.models import Architecture, LatentDim, Seeds, trained
from benchmarks.report import AsJson, Target, report

RATES = (0.01, 0.05, 0.10)
TOLERANCE = 0.2  # of the promised rate
TARGETS = {"flagged by mse at 5 %": Target(0.04, 0.06)}


def flagged_shares(run: Run) -> pandas.DataFrame:
    """The share of test digits flagged: a row a score, a column for each of RATES."""
    digits = load_digits("mnist")
    fitted = fit_scores(run.model(), digits.train.images, digits.validation.images)
    table = fitted.score(digits.test.images)
    shares = {
        score: [float(fitted.calibrators[score].flags(table[score], rate).mean()) for rate in RATES]
        for score in fitted.names
    }
    return pandas.DataFrame.from_dict(shares, orient="index", columns=RATES)


def outside(shares: pandas.DataFrame) -> dict[str, float]:
    """Those that are not within TOLERANCE of what was promised."""
    return {
        f"{score} at {rate:.0%}": float(share)
        for score, row in shares.iterrows()
        for rate, share in row.items()
        if abs(share - rate) > TOLERANCE * rate
    }


def main(
    architecture: Architecture = "dense",
    latent_dim: LatentDim = 32,
    seeds: Seeds = "0,1,2",
    as_json: AsJson = False,
) -> None:
    """Judges the test digits by every score that suits the models; about a minute a seed."""
    runs = trained(RunStore(), architecture, latent_dim, numbers_from(seeds, "seeds", "0,1,2"))
    found = [flagged_shares(run) for run in runs]
    mean = sum(found) / len(found)
    figures = {
        "models": f"{architecture}-{latent_dim}, {len(found)} seeds",
        "rates": RATES,
        "flagged by mse at 5 %": float(mean.loc["mse", 0.05]),
        "flagged by score, mean over seeds": {score: row.tolist() for score, row in mean.iterrows()},
        "within a fifth, mean over seeds": f"{mean.size - len(outside(mean))} of {mean.size}",
        "within a fifth, each seed": [each.size - len(outside(each)) for each in found],
        "outside": outside(mean),
    }
    report(figures, TARGETS, as_json)


if __name__ == "__main__":
    typer.run(main)
