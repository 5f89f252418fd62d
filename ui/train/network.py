"""A network as a drawing: one box a stage, as wide as what passes through it."""

import streamlit as st

from ae_core.models.config import ModelConfig
from ae_core.models.description import paragraph, relative_widths, stages
from ui.shell.theme import colour

NARROWEST, WIDEST = 1.7, 3.4  # inches; the narrowest still holds its caption


def show(config: ModelConfig) -> None:
    st.markdown(paragraph(config))
    st.graphviz_chart(dot(config), width="stretch", alt=alternative(config))


def alternative(config: ModelConfig) -> str:
    """The drawing in words."""
    return f"The network's stages: {', then '.join(caption for caption, _ in stages(config))}"


def dot(config: ModelConfig) -> str:
    """The drawing in Graphviz's language, top to bottom."""
    lines = [
        "digraph {",
        'bgcolor="transparent"; ranksep=0.16; margin=0',
        'node [shape=box style="rounded" height=0.3 fontname="sans-serif" fontsize=11]',
        f'node [fontcolor="{colour("text")}" color="{colour("reference")}"]',
        f'edge [arrowsize=0.5 color="{colour("reference")}"]',
    ]
    code = f' style="rounded,filled" color="{colour("training")}" fontcolor="{colour("ground")}"'
    places = list(zip(stages(config), relative_widths(config), strict=True))
    for number, ((caption, _), share) in enumerate(places):
        width = NARROWEST + share * (WIDEST - NARROWEST)
        look = code if number == len(places) // 2 else ""
        lines.append(f's{number} [label="{caption}" width={width:.2f}{look}]')
    lines.append(" -> ".join(f"s{number}" for number in range(len(places))))
    return "\n".join([*lines, "}"])
