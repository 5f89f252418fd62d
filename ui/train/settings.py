"""Controls for a model and a recipe, built from the configurations' own rules, defaults and help."""

from dataclasses import fields
from typing import Any

import streamlit as st

from ae_core.config import Config
from ae_core.errors import ConfigError
from ae_core.models.config import ModelConfig
from ae_core.runs.config import RunConfig
from ae_core.training.config import STOPPING, TrainConfig
from ae_core.training.presets import PRESETS, Preset
from ui.shell import shell
from ui.widgets import recipe
from ui.widgets.labels import SETTINGS as LABELS
from ui.widgets.labels import labelled

LATENT_DIMS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 48, 64, 96, 128, 196, 256, 392, 512, 784)
WIDTHS = ("hidden", "channels")  # typed as numbers between commas
FINE = {
    "denoising": (0.05, "%.2f"),
    "augmentation": (0.1, "%.2f"),
    "beta": (0.05, "%.3g"),
    "target_error": (0.001, "%.6g"),
    "time_limit": (10.0, "%.6g"),
}  # step and format, where the usual ones do not suit
CONFIGS = (ModelConfig, TrainConfig)
PRESETS_BY_TITLE = {preset.title: preset for preset in PRESETS}
FURTHER = "further latent_dim"  # offered beside LATENT_DIMS
COUNT = "training digits of the settings"  # in the session
OWN = {"dense": ("hidden",), "convolutional": ("channels",), "variational": ("hidden", "beta")}


def ask(count: int) -> tuple[ModelConfig, TrainConfig]:
    """The configurations that the controls describe, for so many training digits.

    Raises ConfigError for what they must not be.
    """
    take_over(count)
    choose_preset(count)
    control(ModelConfig, "latent_dim")
    with st.container(key="pairs-settings"):
        left, right = st.columns(2)
    with left:
        control(TrainConfig, "epochs")
        control(TrainConfig, "peak_learning_rate")
    with right:
        control(TrainConfig, "batch_size")
        control(TrainConfig, "schedule")
    with st.expander("Network", icon=":material/account_tree:"):
        control(ModelConfig, "architecture")
        for name in (*OWN[st.session_state[key_of("architecture")]], "activation", "batch_norm"):
            control(ModelConfig, name)
    with st.expander("Recipe", icon=":material/tune:"):
        for name in ("optimizer", "loss", "denoising", "noise", "augmentation", "precision", "seed"):
            control(TrainConfig, name)
    with st.expander("Stop by itself", icon=":material/timer:"):
        for name in STOPPING:
            control(TrainConfig, name)
    return chosen()


@labelled(LABELS)
def chosen() -> tuple[ModelConfig, TrainConfig]:
    """What the controls say now. Raises ConfigError for what the configurations must not be."""
    return read(ModelConfig), read(TrainConfig)


def begin_with(run: RunConfig, count: int) -> None:
    """Fills in what `run` was started with where the visitor has entered nothing yet, as after a reload, or
    where they have asked for it.
    """
    changes = st.session_state.pop(shell.TAKE_OVER, None)
    if "preset" in st.session_state and changes is None:
        return
    configs = (run.model, run.train.with_changes(**(changes or {})))
    fill_in(*configs)
    st.session_state["preset"] = next(
        (each.title for each in PRESETS if (each.model, each.recipe(count)) == configs), None
    )
    st.session_state[FURTHER] = run.model.latent_dim


def begin(count: int) -> None:
    """Where there is no run to begin with. A setting keeps what the visitor has entered."""
    st.session_state.setdefault("preset", PRESETS[0].title)
    adapt(PRESETS_BY_TITLE.get(st.session_state["preset"]), count)
    for config in CONFIGS:
        for each in fields(config):
            st.session_state.setdefault(key_of(each.name), shown(each.name, each.default))


def take_over(count: int) -> None:
    """Fills in what another page has handed over."""
    if handed := recipe.taken():
        *configs, st.session_state["preset"] = handed
        fill_in(*configs)
        st.session_state["further latent_dim"] = configs[0].latent_dim
        st.session_state[COUNT] = count


def choose_preset(count: int) -> None:
    presets = PRESETS_BY_TITLE
    adapt(presets.get(st.session_state["preset"]), count)
    st.selectbox(
        "Preset",
        list(presets),
        index=None,
        key="preset",
        on_change=apply_preset,
        args=(count,),
        persist_state="session",
        placeholder="Settings of a run",
        help="Fills in every setting below; change what you like afterwards.",
    )
    chosen = presets.get(st.session_state["preset"])
    if chosen is None:
        st.caption("Taken over from the run that the URL names.")
    elif is_changed(chosen, count):
        st.caption(f"**With your changes.** Unchanged: {chosen.lesson}")
    else:
        st.caption(f"{chosen.lesson}{told_of_few(chosen, count)}")


def adapt(preset: Preset | None, count: int) -> None:
    """Where another data set has come into view, a preset that nobody has changed is the one for that."""
    before = st.session_state.get(COUNT, 0)
    st.session_state[COUNT] = count
    if preset and before != count and not is_changed(preset, before):
        fill_in(preset.model, preset.recipe(count))


def told_of_few(preset: Preset, count: int) -> str:
    """What a preset takes otherwise for so few training digits, as a sentence; empty where nothing."""
    taken = ", ".join(f"{LABELS[name].lower()} {value}" for name, value in preset.adapted(count).items())
    return f" For {count:,} training digits: {taken}." if taken else ""


def is_changed(preset: Preset, count: int) -> bool:
    """Whether a setting is another than the preset's."""
    held = values_of(preset.model, preset.recipe(count))
    return any(st.session_state.get(key_of(name), value) != value for name, value in held.items())


def apply_preset(count: int) -> None:
    for preset in PRESETS:
        if preset.title == st.session_state["preset"]:
            fill_in(preset.model, preset.recipe(count))


def fill_in(*configs: Config) -> None:
    for name, value in values_of(*configs).items():
        st.session_state[key_of(name)] = value


def values_of(*configs: Config) -> dict[str, Any]:
    """What the controls of all fields hold for these configurations."""
    return {
        each.name: shown(each.name, getattr(config, each.name))
        for config in configs
        for each in fields(config)
    }


def key_of(name: str) -> str:
    return f"setting {name}"


def shown(name: str, value: Any) -> Any:
    """A value as its control holds it."""
    if name in WIDTHS:
        return ", ".join(map(str, value))
    return float(value) if name in ("peak_learning_rate", *FINE) else value


def control(config: type[Config], name: str) -> None:
    """The control of one field; its value waits in the session under `key_of(name)`."""
    rule, key = config.rule(name), key_of(name)
    default = shown(name, next(each.default for each in fields(config) if each.name == name))
    st.session_state.setdefault(key, default)
    common = {"label": LABELS[name], "key": key, "help": config.help(name), "persist_state": "session"}
    if name == "latent_dim":
        further = st.session_state.get(FURTHER, default)
        st.select_slider(options=sorted({*LATENT_DIMS, further}), **common)
    elif name in WIDTHS:
        st.text_input(placeholder="none: purely linear" if rule.allows(()) else "32, 64", **common)
    elif rule.choices:
        st.selectbox(options=rule.choices, format_func=lambda choice: choice.replace("_", " "), **common)
    elif isinstance(default, bool):
        st.toggle(**common)
    elif isinstance(default, int):
        st.number_input(step=1, **common)  # no limits: a browser keeps what is beyond them to itself
    else:
        step, style = FINE.get(name, (0.001, "%.6g"))
        st.number_input(step=step, format=style, **common)


def read(config: type[Config]) -> Any:
    """What the controls hold; a field whose control is not shown keeps what it had last, or its default."""
    values = {
        each.name: st.session_state.get(key_of(each.name), shown(each.name, each.default))
        for each in fields(config)
    }
    for name in values.keys() & set(WIDTHS):
        values[name] = parse_widths(values[name], LABELS[name])
    return config(**values)


def parse_widths(text: str, label: str = LABELS["hidden"]) -> tuple[int, ...]:
    """(256, 128) from "256, 128". Raises ConfigError for anything but whole numbers between commas."""
    parts = [part.strip() for part in text.replace(";", ",").split(",") if part.strip()]
    parts = [] if parts == ["none"] else parts
    try:
        return tuple(int(part) for part in parts)
    except ValueError:
        raise ConfigError(
            f"{label} are whole numbers separated by commas, such as 256, 128; got {text[:60]!r}."
        ) from None
