"""Controls for a model and a recipe, built from the configurations' own rules, defaults and help."""

from dataclasses import fields
from typing import Any

import streamlit as st

from ae_core.config import Config, ModelConfig, TrainConfig
from ae_core.errors import ConfigError
from ae_core.presets import PRESETS, Preset

LATENT_DIMS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 48, 64, 96, 128, 196, 256, 392, 512, 784)
LABELS = {
    "architecture": "Architecture",
    "latent_dim": "Latent dimension",
    "hidden": "Hidden layers",
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
    "denoising": "Denoising noise",
}


def ask() -> tuple[ModelConfig, TrainConfig]:
    """The configurations that the controls describe. Raises ConfigError for what they must not be."""
    choose_preset()
    control(ModelConfig, "latent_dim")
    left, right = st.columns(2)
    with left:
        control(TrainConfig, "epochs")
        control(TrainConfig, "peak_learning_rate")
    with right:
        control(TrainConfig, "batch_size")
        control(TrainConfig, "schedule")
    with st.expander("Network", icon=":material/account_tree:"):
        for name in ("architecture", "hidden", "activation", "batch_norm"):
            control(ModelConfig, name)
    with st.expander("Recipe", icon=":material/tune:"):
        for name in ("optimizer", "loss", "denoising", "precision", "seed"):
            control(TrainConfig, name)
    return chosen()


def chosen() -> tuple[ModelConfig, TrainConfig]:
    """What the controls say now. Raises ConfigError for what the configurations must not be."""
    return read(ModelConfig), read(TrainConfig)


def choose_preset() -> None:
    titles = [preset.title for preset in PRESETS]
    st.selectbox(
        "Preset",
        titles,
        key="preset",
        on_change=apply_preset,
        persist_state="session",
        help="Fills in every setting below; change what you like afterwards.",
    )
    st.caption(PRESETS[titles.index(st.session_state["preset"])].lesson)


def apply_preset() -> None:
    preset = next(each for each in PRESETS if each.title == st.session_state["preset"])
    for name, value in values_of(preset).items():
        st.session_state[key_of(name)] = value


def values_of(preset: Preset) -> dict[str, Any]:
    values = {}
    for config in (preset.model, preset.train):
        for each in fields(config):
            values[each.name] = shown(each.name, getattr(config, each.name))
    return values


def key_of(name: str) -> str:
    return f"setting {name}"


def shown(name: str, value: Any) -> Any:
    """A value as its control holds it."""
    if name == "hidden":
        return ", ".join(map(str, value))
    return float(value) if name in ("peak_learning_rate", "denoising") else value


def control(config: type[Config], name: str) -> None:
    """The control of one field; its value waits in the session under `key_of(name)`."""
    rule, key = config.rule(name), key_of(name)
    default = shown(name, next(each.default for each in fields(config) if each.name == name))
    st.session_state.setdefault(key, default)
    common = {"label": LABELS[name], "key": key, "help": config.help(name), "persist_state": "session"}
    if name == "latent_dim":
        st.select_slider(options=LATENT_DIMS, **common)
    elif name == "hidden":
        st.text_input(placeholder="none: a single linear layer", **common)
    elif rule.choices:
        st.selectbox(options=rule.choices, format_func=lambda choice: choice.replace("_", " "), **common)
    elif isinstance(default, bool):
        st.toggle(**common)
    elif isinstance(default, int):
        st.number_input(min_value=int(rule.low), max_value=int(rule.high), step=1, **common)
    else:
        step = 0.05 if name == "denoising" else 0.001
        style = "%.2f" if name == "denoising" else "%.6g"
        st.number_input(
            min_value=float(rule.low), max_value=float(rule.high), step=step, format=style, **common
        )


def read(config: type[Config]) -> Any:
    values = {each.name: st.session_state[key_of(each.name)] for each in fields(config)}
    if "hidden" in values:
        values["hidden"] = parse_widths(values["hidden"])
    return config(**values)


def parse_widths(text: str) -> tuple[int, ...]:
    """(256, 128) from "256, 128". Raises ConfigError for anything but whole numbers between commas."""
    parts = [part.strip() for part in text.replace(";", ",").split(",") if part.strip()]
    try:
        return tuple(int(part) for part in parts)
    except ValueError:
        raise ConfigError(
            f"Hidden layers are whole numbers separated by commas, such as 256, 128; got {text[:60]!r}."
        ) from None
