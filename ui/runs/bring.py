"""A run of another lab, or a model of one's own, brought in as a file."""

import streamlit as st

from ae_core.errors import LabError
from ae_core.models.config import ModelConfig
from ae_core.runs.exports.importing import import_file
from ui.runs import chosen
from ui.shell import cached, shell
from ui.shell.theme import plain
from ui.widgets import upload

MEGABYTES = 32
FILE, REFUSED, BROUGHT = "own-model", "own model refused", "own model brought in"


def ask(view: shell.View) -> None:
    box = st.expander("Bring a model", icon=":material/upload:", key="runs bring", on_change="rerun")
    if not box.open:
        return
    with box:
        st.markdown(
            "A **ZIP file** that a lab has exported, or the **weights** of a fully connected autoencoder of "
            "your own as safetensors: 784 pixels down to the code and back up in the mirror image, with "
            "BatchNorm after each hidden layer or after none."
        )
        st.selectbox(
            "Activation of your own weights",
            ModelConfig.rule("activation").choices,
            key="own activation",
            help="A file of weights does not say it. A ZIP file does.",
            format_func=lambda each: each.replace("_", " "),
            width=260,
        )
        upload.ask("ZIP or safetensors", FILE, MEGABYTES, lambda data: take(data, view.digits.name), refuse)
        if refusal := st.session_state.get(REFUSED):
            st.error(refusal)
        elif name := st.session_state.pop(BROUGHT, ""):
            st.success(f"**{plain(name)}** is in the table now, and chosen.", icon=":material/check:")


def take(data: bytes | None, dataset: str) -> None:
    """In a callback: the file's run is made and chosen, or it is said why not."""
    st.session_state.pop(REFUSED, None)
    if data is None:
        return
    activation = st.session_state.get("own activation") or "relu"
    try:
        run = import_file(data, cached.store(), dataset=dataset, activation=activation, owner=shell.visitor())
    except LabError as error:
        refuse(plain(str(error)))
    except OSError as error:
        refuse(f"The run cannot be stored: {error.strerror or error}.")
    else:
        chosen.put([run.id])
        st.session_state[BROUGHT] = run.name


def refuse(why: str) -> None:
    st.session_state[REFUSED] = why
