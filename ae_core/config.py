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

from ae_core.errors import ConfigError, Fault
from ae_core.glossary import explained

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


def a(kind: type) -> Rule:
    """A value of this type, such as another configuration."""
    return Rule(f"a {kind.__name__}", lambda value: isinstance(value, kind))


def widths(least: int, most: int, high: int) -> Rule:
    def allows(value: object) -> bool:
        return (
            isinstance(value, tuple)
            and least <= len(value) <= most
            and all(is_whole(width) and 1 <= width <= high for width in value)
        )

    return Rule(f"{least} to {most} layer widths, each a whole number from 1 to {high:,}", allows, 1, high)


def setting(default: Any, rule: Rule, help_text: str = "", unit: str = "", *, term: str = "") -> Any:
    """A field. term: of the glossary, which explains it; help_text: what else there is to say, or all."""
    metadata = {"rule": rule, "help": help_text, "unit": unit, "term": term}
    return field(default=default, metadata=metadata)


@dataclass(frozen=True)
class Config:
    """Checking and JSON for the configurations below."""

    def __post_init__(self) -> None:
        faults = [
            Fault(each.name, f"must be {each.metadata['rule'].text}, got {shown(getattr(self, each.name))}")
            for each in fields(self)
            if not each.metadata["rule"].allows(getattr(self, each.name))
        ]
        if faults:
            raise ConfigError.of(faults)

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
        allowed = f" Allowed: {rule.text}{unit}." if rule.low is not None else ""
        told = explained(found.metadata["term"], found.metadata["help"])
        return f"{told}{allowed} Default: {spoken(default)}."


def field_of(cls: type["Config"], name: str) -> Field[Any]:
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
