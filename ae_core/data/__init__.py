"""Digits: real MNIST in memory, from the embedded 5,000 or the full 70,000."""

from ae_core.data.digits import Digits, Split
from ae_core.data.sources import DATASETS, data_status, load_digits

__all__ = ["DATASETS", "Digits", "Split", "data_status", "load_digits"]
