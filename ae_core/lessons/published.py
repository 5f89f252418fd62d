"""What others have published on MNIST's anomalies, and what the lab's own recipes reach in the same protocol.

Areas under the ROC curve, 0 to 1. One-class: trained on one digit's training images, tested on all 10,000
test images, where the nine other digits are the anomalies. Held-out: trained on nine digits, the tenth is the
anomaly among the test images.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas

from ae_core.reading import shipped

OWN = Path(__file__).with_suffix(".json")
COMMAND = "python -m benchmarks.published"  # which writes OWN


@dataclass(frozen=True)
class Published:
    """One row of a table.

    areas: for each digit, 0 to 9, or their mean alone where no more was published. unsure: what is not known
    of how they were come by, or speaks against setting them beside the lab's; "" where nothing does.
    """

    method: str
    source: str
    areas: tuple[float, ...]
    unsure: str = ""

    @property
    def mean(self) -> float:
        return sum(self.areas) / len(self.areas)

    @property
    def by_digit(self) -> tuple[float, ...]:
        """Empty where only the mean was published."""
        return self.areas if len(self.areas) > 1 else ()


OTHER_DATA = "the teacher was trained on other data; split not known"
SURVEY = "as in the survey of taslimisina/osr-ood-ad-methods"
ONE_CLASS = (
    Published(
        "Deep SVDD",
        "Ruff et al., ICML 2018, as quoted by a public re-implementation",
        (0.980, 0.997, 0.917, 0.919, 0.949, 0.885, 0.983, 0.946, 0.939, 0.965),
    ),
    Published(
        "OCGAN",
        "Perera et al., CVPR 2019, as in AGAD's Table 1",
        (0.998, 0.999, 0.942, 0.963, 0.975, 0.980, 0.991, 0.981, 0.939, 0.981),
    ),
    Published(
        "GeoTrans",
        "Golan and El-Yaniv, NeurIPS 2018, as in AGAD's Table 1",
        (0.982, 0.916, 0.994, 0.990, 0.991, 0.996, 0.999, 0.963, 0.972, 0.992),
    ),
    Published(
        "ARNet",
        "Huang et al., arXiv 1911.10676, as in AGAD's Table 1",
        (0.986, 0.999, 0.990, 0.991, 0.981, 0.981, 0.997, 0.990, 0.936, 0.978),
    ),
    Published(
        "AGAD",
        "AGAD's Table 1, which gives 99.1 as the mean of these ten",
        (1.0, 1.0, 0.990, 0.986, 0.995, 0.972, 0.996, 0.998, 0.958, 0.992),
        "their average is 98.87",
    ),
    Published(
        "RaPP: VAE, NAP",
        "Kim et al., RaPP, ICLR 2020: unimodal normality, in the first author's post",
        (0.989,),
        "whether its split is the official one is not known",
    ),
    Published("Uninformed Students", f"Bergmann et al., CVPR 2020, {SURVEY}", (0.9935,), OTHER_DATA),
    Published("MKD", f"Salehi et al., CVPR 2021, {SURVEY}", (0.9871,), OTHER_DATA),
    Published(
        "Mahalanobis, pixels",
        "quoted without its recipe",
        (0.980,),
        "a plain repetition on the official split reached 95.2 at best",
    ),
)
RERUN = "Aiden-Jeon/RaPP, a co-author's later code: means of assets/runs.csv"
HELD_OUT = (
    Published("Autoencoder, error", RERUN, (0.859,)),
    Published("Autoencoder, SAP", RERUN, (0.908,)),
    Published("Autoencoder, NAP", RERUN, (0.916,)),
    Published("Variational, SAP", RERUN, (0.930,)),
    Published("Variational, NAP", RERUN, (0.873,)),
    Published(
        "RaPP: VAE, NAP",
        "Kim et al., RaPP, ICLR 2020: multimodal normality",
        (0.965,),
        "about 90.6 for the 1 and 89.8 for the 9; whether its split is the official one is not known, and "
        "the rerun of it above falls short",
    ),
)
PUBLISHED = {"one-class": ONE_CLASS, "held-out": HELD_OUT}


@dataclass(frozen=True)
class Own:
    """What the lab measured: areas by score, each for the digits 0 to 9, and the score that was chosen.

    The choice is made without an anomaly, see ae_core/scores/selection.py. recipe: in words.
    """

    kind: str
    recipe: str
    areas: pandas.DataFrame
    chosen: str

    def of_chosen(self) -> list[float]:
        """The chosen score's area for each digit."""
        return self.areas[self.chosen].tolist()


@lru_cache(maxsize=1)
def on_file() -> dict[str, Any]:
    return json.loads(shipped(OWN))


def standing(kind: str) -> str:
    """Where the lab's chosen score stands among the published means, in words. kind: as `own`."""
    chosen = own(kind).of_chosen()
    mean = round(sum(chosen) / len(chosen), 3)
    rows = sorted(PUBLISHED[kind], key=lambda row: -row.mean)
    ahead = [f"{row.method} ({in_percent(row)})" for row in rows if round(row.mean, 3) > mean]
    level = [f"{row.method} ({in_percent(row)})" for row in rows if round(row.mean, 3) == mean]
    behind = len(rows) - len(ahead) - len(level)
    clauses = [f"The lab's chosen score, {100 * mean:.1f}, is behind {' and '.join(ahead)}"] if ahead else []
    if level:
        clauses.append(f"level with {' and '.join(level)}")
    if behind:
        clauses.append(f"ahead of {behind} of the {len(rows)} published means")
    return f"{', '.join(clauses)}."


def in_percent(row: Published) -> str:
    return f"{100 * row.mean:.1f}"


def own(kind: str) -> Own:
    """kind: "one-class" or "held-out"."""
    values = on_file()[kind]
    areas = pandas.DataFrame(values["auroc"], index=pandas.RangeIndex(10, name="digit"))
    return Own(kind, values["recipe"], areas, values["chosen"])
