"""What a person chooses: frozen configurations that check themselves, so an impossible one cannot exist.

Each field carries its rule, its unit and one line of help in one place; the Train page and the command
line build their controls from them.
"""

import difflib
import json
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import Field, asdict, dataclass, field, fields, replace
from typing import Any, Self

from ae_core.errors import ConfigError

PIXELS = 28 * 28
# Raised where the same recipe comes to train otherwise, so that earlier trainings are not taken for the same.
RECIPE_VERSION = 2
# What digits are judged by until another score is chosen; here, because the table of scores loads PyTorch.
DEFAULT_SCORE = "error_and_outline"


@dataclass(frozen=True)
class Rule:
    """What a field may be: `allows(value)` decides, `text` says it to a person."""

    text: str
    allows: Callable[[Any], bool]
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()


def is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: object) -> bool:
    return is_whole(value) or (isinstance(value, float) and math.isfinite(value))


def whole(low: int, high: int) -> Rule:
    return Rule(
        f"a whole number from {low:,} to {high:,}",
        lambda value: is_whole(value) and low <= value <= high,
        low,
        high,
    )


def between(low: float, high: float) -> Rule:
    return Rule(
        f"a number from {low:g} to {high:g}",
        lambda value: is_number(value) and low <= value <= high,
        low,
        high,
    )


def one_of(*choices: str) -> Rule:
    return Rule(
        "one of " + ", ".join(choices),
        lambda value: isinstance(value, str) and value in choices,
        choices=choices,
    )


def yes_or_no() -> Rule:
    return Rule("true or false", lambda value: isinstance(value, bool))


def several(rule: Rule, least: int = 1) -> Rule:
    """A tuple of values that each obey `rule`, none twice."""

    def allows(values: object) -> bool:
        return (
            isinstance(values, tuple)
            and len(values) >= least
            and all(map(rule.allows, values))
            and len(set(values)) == len(values)
        )

    count = "one or more" if least else "any number of"
    return Rule(f"{count} values, none twice, each {rule.text}", allows, rule.low, rule.high, rule.choices)


def widths(least: int, most: int, high: int) -> Rule:
    def allows(value: object) -> bool:
        return (
            isinstance(value, tuple)
            and least <= len(value) <= most
            and all(is_whole(width) and 1 <= width <= high for width in value)
        )

    return Rule(f"{least} to {most} layer widths, each a whole number from 1 to {high:,}", allows, 1, high)


def setting(default: Any, rule: Rule, help_text: str, unit: str = "") -> Any:
    return field(default=default, metadata={"rule": rule, "help": help_text, "unit": unit})


class Config:
    """Checking and JSON for the configurations below."""

    def __post_init__(self) -> None:
        faults = [
            f"{each.name} must be {each.metadata['rule'].text}, got {shown(getattr(self, each.name))}"
            for each in fields(self)
            if not each.metadata["rule"].allows(getattr(self, each.name))
        ]
        if faults:
            raise ConfigError("; ".join(faults) + ".")

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=2)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        return json.loads(self.to_json())

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The configuration in `text`. Raises ConfigError for damaged JSON and for unknown or bad fields."""
        try:
            values = json.loads(text)
        except (ValueError, RecursionError) as error:  # damaged, a number of 5,000 digits, nested too deep
            raise ConfigError(f"This is not JSON ({error}); a {cls.__name__} is one JSON object.") from error
        return cls.from_dict(values)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The configuration with these values; fields left out keep their defaults."""
        if not isinstance(values, Mapping):
            raise ConfigError(f"A {cls.__name__} is one JSON object, got {type(values).__name__}.")
        known = {each.name for each in fields(cls)}
        unknown = [name for name in values if name not in known]
        if unknown:
            raise ConfigError(" ".join(unknown_field(cls.__name__, name, known) for name in unknown))
        return cls(**{name: tuple(v) if isinstance(v, list) else v for name, v in values.items()})

    def with_changes(self, **changes: Any) -> Self:
        return replace(self, **changes)

    @classmethod
    def rule(cls, name: str) -> Rule:
        return field_of(cls, name).metadata["rule"]

    @classmethod
    def help(cls, name: str, defaults: "Config | None" = None) -> str:
        """One line for a person: what the field does, with its unit, what is allowed and its default.

        defaults: where other values than the class's own are the defaults.
        """
        found = field_of(cls, name)
        rule, unit = found.metadata["rule"], found.metadata["unit"]
        unit = f" ({unit})" if unit else ""
        default = found.default if defaults is None else getattr(defaults, name)
        allowed = f" Allowed: {rule.text}." if rule.low is not None else ""
        return f"{found.metadata['help']}{unit}{allowed} Default: {spoken(default)}."


def field_of(cls: type, name: str) -> Field:
    return next(each for each in fields(cls) if each.name == name)


def spoken(value: Any) -> str:
    """A default as a person would write it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def shown(value: object) -> str:
    """A refused value, short enough for a message."""
    try:
        text = repr(value)
    except ValueError:  # Python does not write out numbers of more than 4,300 digits
        return "a number of thousands of digits"
    return text if len(text) <= 80 else text[:77] + "..."


def unknown_field(kind: str, name: object, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(str(name), known, n=1)
    hint = f"did you mean {close[0]}?" if close else "it has " + ", ".join(sorted(known)) + "."
    return f"{kind} has no field {shown(name)}: {hint}"


@dataclass(frozen=True)
class ModelConfig(Config):
    """The network: down to `latent_dim` numbers, and the mirror image back up.

    hidden belongs to the dense and the variational network, channels to the convolutional and beta to the
    variational one; the others leave them aside.
    """

    architecture: str = setting(
        "dense",
        one_of("dense", "convolutional", "variational"),
        "How the layers are connected, and whether a code is a point or a cloud.",
    )
    latent_dim: int = setting(
        32, whole(1, PIXELS), "How many numbers the code of a digit has: the bottleneck.", "numbers"
    )
    hidden: tuple[int, ...] = setting(
        (256, 128),
        widths(0, 5, 1024),
        "Widths of the encoder's hidden layers; the decoder mirrors them. None: a purely linear network.",
        "units",
    )
    channels: tuple[int, ...] = setting(
        (32, 64),
        widths(1, 3, 128),
        "Maps after each convolution of the encoder, each of half the side; the decoder mirrors them.",
        "maps",
    )
    activation: str = setting(
        "relu",
        one_of("relu", "leaky_relu", "gelu", "silu", "tanh"),
        "The bend after each hidden layer; without one, layers collapse into a single linear map.",
    )
    batch_norm: bool = setting(
        True, yes_or_no(), "Normalise each hidden layer over the batch: steadier and faster learning."
    )
    beta: float = setting(
        0.1,
        between(0.0, 100.0),
        "Weight of the divergence in a variational loss: more makes codes smoother and digits blurrier.",
    )

    @property
    def is_variational(self) -> bool:
        """Whether its loss has a divergence term."""
        return self.architecture == "variational"

    @classmethod
    def reference(cls) -> Self:
        """The reference notebook's network: 784-256-128-32 with ReLU and BatchNorm."""
        return cls()


@dataclass(frozen=True)
class TrainConfig(Config):
    """The recipe: how long, how fast and on what loss the network learns."""

    epochs: int = setting(25, whole(1, 1000), "How often the network sees every training digit.", "epochs")
    batch_size: int = setting(
        256,  # small enough for many updates an epoch, large enough to fill the cores
        whole(2, 60_000),
        "Digits in each update. BatchNorm needs at least two.",
        "digits",
    )
    peak_learning_rate: float = setting(
        5e-3, between(1e-6, 1.0), "The largest step size of the schedule: too high and the loss jumps."
    )
    schedule: str = setting(
        "one_cycle",
        one_of("one_cycle", "cosine", "constant"),
        "How the learning rate moves: one_cycle warms up to its peak and then falls to nothing.",
    )
    optimizer: str = setting(
        "adam", one_of("adam", "adamw", "sgd"), "The rule that turns gradients into steps."
    )
    loss: str = setting(
        "mse",
        one_of("mse", "bce", "l1"),
        "What is minimised. Curves always show per-pixel mean squared error, so runs can be compared.",
    )
    precision: str = setting(
        "auto",
        one_of("auto", "fp32", "bf16"),
        "Number format of the multiplications; auto takes bf16 where the processor is faster with it.",
    )
    seed: int = setting(0, whole(0, 2**31 - 1), "Start of all random numbers: same seed, same run.")
    denoising: float = setting(
        0.0,
        between(0.0, 1.0),
        "How much noise the input gets while the target stays clean; 0 is a plain autoencoder.",
        "gaussian: standard deviation; salt and pepper: share of pixels; masked squares: side, as a share",
    )
    noise: str = setting(
        "gaussian",
        one_of("gaussian", "salt_and_pepper", "masked_squares"),
        "What the noise of a denoising autoencoder looks like.",
    )
    augmentation: float = setting(
        0.0,
        between(0.0, 1.0),
        "How far half of each batch is moved, turned and stretched, anew in each epoch. The network learns "
        "less by heart, and wants more epochs; 0 leaves the digits as they are.",
        "share of 1.5 pixels, 11 degrees, 8 percent",
    )

    @classmethod
    def reference(cls) -> Self:
        """The reference notebook's recipe: 25 epochs, batch 1024, Adam at a constant 0.05, fp32."""
        return cls(batch_size=1024, peak_learning_rate=0.05, schedule="constant", precision="fp32")
