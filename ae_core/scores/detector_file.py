"""What fitting a detector has found, on disk, so that the same thing is never fitted again.

detectors/KEY.safetensors   states of scorers and calibration scores; KEY is made of all that decides them
"""

import contextlib
import hashlib
import os
from dataclasses import dataclass, field

import numpy as np
import platformdirs
import torch

from ae_core.models.network import Network
from ae_core.models.weights import read_tensors, write_tensors
from ae_core.scores.calibration import Calibrator
from ae_core.scores.scorers import Scorer
from ae_core.storage import Folder

SCORES_VERSION = 1  # Bump when the same model and digits give other scores.
MOST_FILES = 200  # a few MB each
DIGEST_BYTES = 16  # at the head of a file: a flipped bit must not change a verdict
CALIBRATION = "calibration"


def default_cache() -> Folder:
    """`AE_CACHE`, else the user's cache folder."""
    given = os.environ.get("AE_CACHE", "").strip()
    return Folder(given or platformdirs.user_cache_path("autoencoder-lab")).child("detectors")


@dataclass
class Found:
    """The states of scorers and the calibration scores [N], by the names of scores."""

    states: dict[str, dict[str, torch.Tensor]] = field(default_factory=dict)
    calibrations: dict[str, np.ndarray] = field(default_factory=dict)


class Kept:
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
        self.name = f"{key_of(model, names, sample, calibration)}.safetensors" if folder else ""

    def read(self) -> Found | None:
        """None where there is nothing, or it is damaged: then it is found once more."""
        stored = (self.folder.read(self.name) if self.folder else None) or b""
        digest, data = stored[:DIGEST_BYTES], stored[DIGEST_BYTES:]
        if not data or digest_of(data) != digest:
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
        """A cache that cannot be written costs time and nothing else."""
        if self.folder is None:
            return
        tensors = {f"{name}/{CALIBRATION}": torch.from_numpy(c.scores) for name, c in calibrators.items()}
        for name, scorer in scorers.items():
            state = {} if scorer.keeps_sample else scorer.state
            tensors |= {f"{name}/{key}": value.cpu() for key, value in state.items()}
        with contextlib.suppress(OSError):
            data = write_tensors(tensors)
            self.folder.write(self.name, digest_of(data) + data)
            remove_oldest(self.folder)


def digest_of(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=DIGEST_BYTES).digest()


def key_of(model: Network, names: list[str], sample: np.ndarray, calibration: np.ndarray) -> str:
    found = hashlib.blake2b(f"{SCORES_VERSION} {names} {model.config}".encode(), digest_size=16)
    for value in model.state_dict().values():
        found.update(value.cpu().numpy().tobytes())
    for images in (sample, calibration):
        found.update(f"{images.shape}".encode())
        found.update(np.ascontiguousarray(images).data)
    return found.hexdigest()


def remove_oldest(folder: Folder) -> None:
    names = folder.names()
    if len(names) > MOST_FILES:
        for name in sorted(names, key=lambda name: folder.fs.modified(f"{folder.path}/{name}"))[:-MOST_FILES]:
            folder.remove(name)
