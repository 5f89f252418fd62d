"""What others have published on MNIST's anomalies, and what the lab's own recipes reach in the same protocol.

Areas under the ROC curve, 0 to 1. One-class: trained on one digit's training images, judged on all 10,000
test images, where the nine other digits are the anomalies. Held-out: trained on nine digits, the tenth is the
anomaly among the test images.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas

OWN = Path(__file__).with_suffix(".json")
COMMAND = "python -m benchmarks.published"  # which writes OWN


@dataclass(frozen=True)
class Published:
    """One row of a table. areas: for each digit, 0 to 9, or their mean alone where no more was published."""

    method: str
    source: str
    areas: tuple[float, ...]

    @property
    def mean(self) -> float:
        return sum(self.areas) / len(self.areas)

    @property
    def by_digit(self) -> tuple[float, ...]:
        """Empty where only the mean was published."""
        return self.areas if len(self.areas) > 1 else ()


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
    ),
)
RAPP = "Kim et al., RaPP, ICLR 2020: the means of its runs"
HELD_OUT = (
    Published("Autoencoder, error", RAPP, (0.859,)),
    Published("Autoencoder, SAP", RAPP, (0.908,)),
    Published("Autoencoder, NAP", RAPP, (0.916,)),
    Published("Variational, SAP", RAPP, (0.930,)),
)


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
    return json.loads(OWN.read_text())


def own_recipe(kind: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The network and the recipe of each training, as their configurations' `to_dict` gives them."""
    values = on_file()[kind]
    return values["model"], values["train"]


def own(kind: str) -> Own:
    """kind: "one-class" or "held-out"."""
    values = on_file()[kind]
    areas = pandas.DataFrame(values["auroc"], index=pandas.RangeIndex(10, name="digit"))
    return Own(kind, values["recipe"], areas, values["chosen"])
