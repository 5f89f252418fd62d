"""What pages call settings, and so what a message calls them where the library knows a field's name."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from ae_core.errors import ConfigError

SETTINGS = {
    "architecture": "Architecture",
    "latent_dim": "Latent dimension",
    "hidden": "Hidden layers",
    "channels": "Channels",
    "activation": "Activation",
    "batch_norm": "BatchNorm",
    "epochs": "Epochs",
    "batch_size": "Batch size",
    "peak_learning_rate": "Peak learning rate",
    "schedule": "Schedule",
    "optimizer": "Optimizer",
    "loss": "Loss",
    "precision": "Precision",
    "seed": "Seed",
    "beta": "Beta",
    "denoising": "Denoising",
    "noise": "Noise",
    "augmentation": "Augmentation",
    "patience": "Patience",
    "target_error": "Error wanted",
    "time_limit": "Time limit",
}


@contextmanager
def labelled(labels: Mapping[str, str]) -> Iterator[None]:
    """Raises a ConfigError again with these labels, by the fields' names; for `with` and as a decorator."""
    try:
        yield
    except ConfigError as error:
        raise error.called(labels) from error
