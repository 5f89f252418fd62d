"""Sweeps: one recipe over several latent dimensions, architectures and seeds; each part is a training."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, ClassVar, Self

from ae_core.config import Config, a, setting, several
from ae_core.data.own.record import spoken_name
from ae_core.data.sources import NAMED, load_digits
from ae_core.errors import ConfigError
from ae_core.models.config import ModelConfig
from ae_core.runs.store import RunStore
from ae_core.studies.parts import SWEEP, Part
from ae_core.studies.study import MAX_PARTS, Study
from ae_core.training.config import RECIPE_VERSION, TrainConfig
from ae_core.words import counted


@dataclass(frozen=True)
class SweepConfig(Config):
    """What a sweep trains: every combination of dimensions, architectures and seeds.

    model, train: what all trainings share; their latent_dim, architecture and seed are replaced. Raises
    ConfigError for values out of range or given twice, and for more than MAX_PARTS trainings.

    >>> SweepConfig(latent_dims=(2, 8, 32), architectures=("dense", "variational")).trainings
    6
    """

    latent_dims: tuple[int, ...] = setting(
        (2, 4, 8, 16, 32, 64), several(ModelConfig.rule("latent_dim")), "Values in the latent code."
    )
    architectures: tuple[str, ...] = setting(
        ("dense",), several(ModelConfig.rule("architecture")), "Kinds of network."
    )
    seeds: tuple[int, ...] = setting((0,), several(TrainConfig.rule("seed")), "One training for each.")
    model: ModelConfig = setting(ModelConfig(), a(ModelConfig), "The network of each training.")
    train: TrainConfig = setting(TrainConfig(epochs=3), a(TrainConfig), "The recipe of each training.")
    dataset: str = setting("auto", NAMED, "Whose digits; auto is mnist where it is.")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.trainings > MAX_PARTS:
            raise ConfigError(
                f"A sweep has at most {MAX_PARTS} trainings, this one would have {self.trainings}: "
                "ask for fewer dimensions, architectures or seeds."
            )

    @property
    def trainings(self) -> int:
        return len(self.latent_dims) * len(self.architectures) * len(self.seeds)

    def points(self) -> Iterator[tuple[ModelConfig, TrainConfig]]:
        """By seed, then by architecture and dimension: the whole curve of a first seed comes first."""
        for seed, architecture, latent_dim in product(self.seeds, self.architectures, self.latent_dims):
            model = self.model.with_changes(architecture=architecture, latent_dim=latent_dim)
            yield model, self.train.with_changes(seed=seed)

    def extended_by(self, other: "SweepConfig") -> Self:
        """This sweep with the dimensions, architectures and seeds of `other` added."""
        return replace(
            self,
            latent_dims=tuple(sorted({*self.latent_dims, *other.latent_dims})),
            architectures=tuple(dict.fromkeys((*self.architectures, *other.architectures))),
            seeds=tuple(sorted({*self.seeds, *other.seeds})),
        )


@dataclass(frozen=True)
class Sweep(Study):
    """A sweep as it is stored."""

    KIND: ClassVar[str] = "sweep"
    config: SweepConfig

    @classmethod
    def prepared(cls, config: SweepConfig, runs: RunStore) -> dict[str, Any]:  # noqa: ARG003
        """The fields that its data set decides: no batch is larger than there are digits."""
        digits = load_digits(config.dataset)
        train = config.train.with_changes(batch_size=min(config.train.batch_size, len(digits.train)))
        config = config.with_changes(train=train, dataset=digits.name)
        return {"config": config, "fingerprint": digits.fingerprint, "version": RECIPE_VERSION}

    def list_parts(self) -> Iterator[Part]:
        every: dict[str, Any] = {"kind": SWEEP, "dataset": self.dataset, "fingerprint": self.fingerprint}
        for model, train in self.config.points():
            yield Part(**every, model=model, train=train, version=self.version)

    def title(self) -> str:
        config = self.config
        dims = ", ".join(map(str, config.latent_dims))
        kinds = " and ".join(config.architectures)
        seeds = "" if len(config.seeds) == 1 else f", {len(config.seeds)} seeds"
        epochs, data = counted(config.train.epochs, "epoch"), spoken_name(self.dataset)
        return f"{kinds} at {dims}, {epochs} on {data}{seeds}"
