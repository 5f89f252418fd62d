"""Command-line options made from the configurations, so that a new field is an option at once."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import Annotated, Any, TypeVar

import typer

from ae_core.commands.output import tell
from ae_core.config import Config
from ae_core.errors import ConfigError
from ae_core.models.config import ModelConfig
from ae_core.training.config import TrainConfig
from ae_core.training.presets import PRESETS, preset_called

WIDTHS = {"hidden": "256,128|none", "channels": "32,64"}
Command = Callable[..., None]
AnyConfig = TypeVar("AnyConfig", bound=Config)
PresetName = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="What the other options change, one of the Train page's: "
        f"{', '.join(preset.name for preset in PRESETS)}.",
    ),
]


def options_of(defaults: Config) -> Iterator[inspect.Parameter]:
    """One command-line option for each field, with the field's own help and rule."""
    config = type(defaults)
    for each in fields(config):
        kind = str if isinstance(each.default, tuple) else type(each.default)
        rule = each.metadata["rule"]
        text = config.help(each.name, defaults) + (
            f" One of {', '.join(rule.choices)}." if rule.choices else ""
        )
        metavar = WIDTHS.get(each.name)
        option = typer.Option(help=text, show_default=False, metavar=metavar)
        yield inspect.Parameter(
            each.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=None,  # not given: the preset or the command decides
            annotation=Annotated[kind | None, option],
        )


def with_config_options(
    command: Command,
    without: tuple[str, ...] = (),
    model: ModelConfig | None = None,
    recipe: TrainConfig | None = None,
) -> Command:
    """Gives `command`, which takes **settings, an option for every field of both configurations.

    without: fields that the command asks for in its own way. model, recipe: where other values than their
    own are the command's defaults.
    """
    own = [
        each for each in inspect.signature(command).parameters.values() if each.kind is not each.VAR_KEYWORD
    ]
    defaults = (model or ModelConfig(), recipe or TrainConfig())
    made = [each for config in defaults for each in options_of(config) if each.name not in without]
    vars(command)["__signature__"] = inspect.Signature([*own, *made])  # Typer reads the options from it
    return command


def configured(preset: str, settings: dict[str, Any], count: int) -> tuple[ModelConfig, TrainConfig]:
    """The preset's configurations for so many training digits, with what was given on the command line.

    Says where the preset takes other values for so few. Raises ConfigError.
    """
    chosen = preset_called(preset)
    if taken := {name: value for name, value in chosen.adapted(count).items() if settings[name] is None}:
        values = ", ".join(f"{name} {value}" for name, value in taken.items())
        tell(f"For {count:,} training digits the preset {chosen.name} takes {values}.")
    return changed(chosen.model, chosen.recipe(count), settings)


def changed(
    model: ModelConfig, recipe: TrainConfig, settings: dict[str, Any]
) -> tuple[ModelConfig, TrainConfig]:
    """Both with what was given on the command line. Raises ConfigError."""
    given = {name: value for name, value in settings.items() if value is not None}
    for name in given.keys() & WIDTHS.keys():
        given[name] = widths_from(given[name], name)
    faults: list[str] = []
    changes = (own_part(model, given, faults), own_part(recipe, given, faults))
    if faults:  # both are checked before one is refused
        raise ConfigError(" ".join(faults))
    return changes


def own_part(base: AnyConfig, given: dict[str, Any], faults: list[str]) -> AnyConfig:
    """`base` with those of the values that are its own; where they cannot be, `faults` has one more."""
    try:
        own = {each.name: given[each.name] for each in fields(base) if each.name in given}
        return base.with_changes(**own)
    except ConfigError as error:
        faults.append(str(error))
        return base


def numbers_from(text: str, name: str, example: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise ConfigError(f"{name} must be whole numbers such as {example}, got {text!r}.") from None


def widths_from(text: str, name: str) -> tuple[int, ...]:
    return () if text.strip().lower() in ("", "none") else numbers_from(text, name, "256,128 (or none)")


def names_from(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())
