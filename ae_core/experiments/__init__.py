"""Experiments: how well a model's scores tell anomalies from normal digits, measured part by part."""

from ae_core.experiments.config import HELD_OUT, ONE_CLASS, ExperimentConfig, Kind
from ae_core.experiments.store import Experiment, ExperimentStore

__all__ = ["HELD_OUT", "ONE_CLASS", "Experiment", "ExperimentConfig", "ExperimentStore", "Kind"]
