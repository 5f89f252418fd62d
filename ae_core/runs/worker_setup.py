"""Dask preload for training workers: threads and a warm start.

`AE_WORKER_THREADS` is the number of threads for each worker; unset leaves PyTorch's choice.
"""

import contextlib
import os
import threading

import torch

from ae_core.data.digits import Digits, Split
from ae_core.data.sources import load_digits
from ae_core.errors import LabError
from ae_core.models.build import build_model
from ae_core.models.config import ModelConfig
from ae_core.training.config import TrainConfig
from ae_core.training.loop import train


def dask_setup(_: object) -> None:
    threads = os.environ.get("AE_WORKER_THREADS")
    if threads:
        torch.set_num_threads(int(threads))
    # In a thread of its own, whose helpers end with it. OpenMP counts those of all threads: with more of them
    # than cores, the helpers of the thread that trains fall asleep at every step.
    warming = threading.Thread(target=warm_up)
    warming.start()
    warming.join()


def warm_up() -> None:
    """One step of training and the data in memory: what would delay the first run by a second."""
    with contextlib.suppress(LabError):  # a damaged file is told by the run that needs it
        load_digits("auto")
    few = Split(load_digits("embedded").train.images[:512], load_digits("embedded").train.labels[:512])
    for _ in train(build_model(ModelConfig()), Digits("warm-up", few, few, few), TrainConfig(epochs=1)):
        pass
