"""What the URL of the Train page holds: a preset and every setting that a control shows."""

from dataclasses import fields
from typing import Any

import streamlit as st

from ae_core.config import Config
from ae_core.models.config import ModelConfig
from ae_core.training.config import TrainConfig
from ui.shell import link
from ui.train import settings
from ui.train.settings import LABELS, OWN, PRESETS_BY_TITLE, WIDTHS

EVERY = {name for names in OWN.values() for name in names}  # what belongs to some architectures alone


def linked(count: int) -> list[link.Field]:
    """count: training digits in view, which a preset is adapted to."""

    def take_preset(title: str) -> None:
        st.session_state["preset"] = title
        settings.apply_preset(count)

    preset = link.choice("preset", "preset", PRESETS_BY_TITLE, "Preset", put=take_preset)
    return [
        preset,
        *(field(ModelConfig, each.name) for each in fields(ModelConfig)),
        *(field(TrainConfig, each.name) for each in fields(TrainConfig)),
    ]


def field(config: type[Config], name: str) -> link.Field:
    rule, default = config.rule(name), next(each.default for each in fields(config) if each.name == name)
    if name in WIDTHS:
        return widths(config, name)
    key = place(name)
    if rule.choices:
        return link.choice(name, key, rule.choices, LABELS[name])
    if isinstance(default, bool):
        return link.switch(name, key, LABELS[name])
    is_whole = isinstance(settings.shown(name, default), int)
    more = {"put": take_latent_dim} if name == "latent_dim" else {}
    return link.ruled(name, key, rule, int if is_whole else float, LABELS[name], **more)


def take_latent_dim(value: int) -> None:
    st.session_state[settings.FURTHER] = st.session_state[settings.key_of("latent_dim")] = value


def widths(config: type[Config], name: str) -> link.Field:
    rule = config.rule(name)

    def read(text: str) -> str:
        given = () if text == link.NOTHING else tuple(map(int, text.split(link.BETWEEN)))
        if not rule.allows(given):
            raise ValueError(text)
        return settings.shown(name, given)

    def write(typed: str) -> str | None:
        parts: list[Any] = typed.replace(";", ",").split(",")
        return link.BETWEEN.join(part.strip() for part in parts if part.strip()) or link.NOTHING

    return link.Field(name, place(name), LABELS[name], rule.text, read, write)


def place(name: str):
    """Nowhere for what the chosen architecture has not."""
    if name not in EVERY:
        return settings.key_of(name)

    def key() -> str:
        own = OWN[st.session_state[settings.key_of("architecture")]]
        return settings.key_of(name) if name in own else link.NOWHERE

    return key
