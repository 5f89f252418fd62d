"""What fitting a detector has found, on disk, so that the same thing is never fitted again.

detectors/KEY.safetensors   states of scorers and calibration scores; KEY is made of all that decides them
"""

import hashlib
from dataclasses import dataclass, field

import numpy as np
import torch

from ae_core import kept
from ae_core.data.digits import Digits
from ae_core.data.own.store import detectors_of
from ae_core.models.network import Network
from ae_core.models.weights import read_tensors, write_tensors
from ae_core.scores.calibration import Calibrator
from ae_core.scores.scorers import Scorer
from ae_core.storage import Folder

SCORES_VERSION = 1  # Bump when the same model and digits give other scores.
CALIBRATION = "calibration"


def cache_for(digits: Digits) -> Folder:
    """Where detectors of `digits` are kept. Some hold pixels: those of a session's images end with it."""
    return detectors_of(digits) or kept.default_folder("detectors")


@dataclass
class Found:
    """The states of scorers and the calibration scores [N], by the names of scores."""

    states: dict[str, dict[str, torch.Tensor]] = field(default_factory=dict)
    calibrations: dict[str, np.ndarray] = field(default_factory=dict)


class DetectorFile:
    """The file of one detector. folder: None keeps nothing; sample, calibration: uint8 [N, 28, 28]."""

    def __init__(
        self,
        folder: Folder | None,
        model: Network,
        names: list[str],
        sample: np.ndarray,
        calibration: np.ndarray,
    ) -> None:
        self.folder = folder
        self.key = key_of(model, names, sample, calibration)
        self.name = f"{self.key}.safetensors"

    def read(self) -> Found | None:
        """None where there is nothing, or it is damaged: then it is found once more."""
        data = kept.read(self.folder, self.name) if self.folder else None
        if data is None:
            return None
        found = Found()
        for name, value in read_tensors(data).items():
            score, key = name.split("/")
            if key == CALIBRATION:
                found.calibrations[score] = value.numpy()
            else:
                found.states.setdefault(score, {})[key] = value
        return found

    def write(self, scorers: dict[str, Scorer], calibrators: dict[str, Calibrator]) -> None:
        if self.folder is None:
            return
        tensors = {f"{name}/{CALIBRATION}": torch.from_numpy(c.scores) for name, c in calibrators.items()}
        for name, scorer in scorers.items():
            state = {} if scorer.keeps_sample else scorer.state
            tensors |= {f"{name}/{key}": value.cpu() for key, value in state.items()}
        kept.write(self.folder, self.name, write_tensors(tensors))


def key_of(model: Network, names: list[str], sample: np.ndarray, calibration: np.ndarray) -> str:
    decides = f"{SCORES_VERSION} {names} {model.fingerprint}"
    found = hashlib.blake2b(decides.encode(), digest_size=16)
    for images in (sample, calibration):
        found.update(f"{images.shape}".encode())
        found.update(np.ascontiguousarray(images).data)
    return found.hexdigest()
