"""What can be taken away: tables as CSV; charts as pages; runs as files. Pictures: ui/shell/charts.js."""

import functools
from collections.abc import Callable

import pandas
import plotly.graph_objects as go
import streamlit as st

from ae_core.runs.exports.archive import exported
from ae_core.runs.run import Run
from ae_core.runs.tensorboard import is_logged, log
from ui.shell import cached
from ui.shell.theme import plain
from ui.widgets.trying import try_to

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # how a cell begins that is one


def offer_csv(label: str, table: Callable[[], pandas.DataFrame], name: str) -> None:
    """A button that saves a table; `table` is called when it is pressed."""
    st.download_button(
        label,
        lambda: harmless(table()).to_csv(index=False),
        file_name=f"{name}.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
    )


def harmless(table: pandas.DataFrame) -> pandas.DataFrame:
    """The table with an apostrophe before each text that a spreadsheet would take for a formula and run."""

    def quoted(cell: object) -> object:
        return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell

    return table.map(quoted).rename(columns=quoted)


def offer_html(figure: go.Figure, name: str, label: str = "Save as HTML") -> None:
    """A button that saves the figure as a page of its own, which needs no network."""
    template = "plotly_dark" if st.context.theme.type == "dark" else "plotly_white"
    st.download_button(
        label,
        lambda: as_html(figure, template),
        file_name=f"{name}.html",
        mime="text/html",
        icon=":material/download:",
        type="tertiary",
        key=f"html of {name}",
        on_click="ignore",
        help="An interactive page that works without a network, about 5 MB. As a picture or as data: the "
        "tools above the figure.",
    )


def as_html(figure: go.Figure, template: str) -> str:
    """A whole page with the figure and Plotly's own code in it, filling the window's width."""
    page = go.Figure(figure).update_layout(template=template)
    return page.to_html(include_plotlyjs=True, config={"displaylogo": False, "responsive": True})


# What a run is saved as: by the file's ending, what it is called, and what it is.
OF_A_RUN = {
    ".zip": ("Everything, ZIP", "Weights, metrics, scores, settings, model card, ONNX, script and notebook."),
    ".onnx": ("ONNX", "The model for other runtimes: images in, codes and reconstructions out."),
    ".safetensors": ("Weights", "The weights alone, safetensors."),
    ".py": ("Python script", "Trains the same model with PyTorch and torchvision alone."),
    ".ipynb": ("Notebook", "The same code for Jupyter."),
    ".md": ("Model card", "What it is, what it was trained on, how well it does. Markdown."),
}
NEEDS_A_MODEL = (".onnx", ".safetensors")


def offer_run(run: Run) -> None:
    """A run in each form that it can be taken away in; each is made when it is asked for."""
    box = st.popover("Export", icon=":material/download:", key=f"export {run.id}", on_change="rerun")
    if not box.open:
        return
    with box:
        for ending, (label, words) in OF_A_RUN.items():
            if ending in NEEDS_A_MODEL and not run.has_model():
                continue
            st.download_button(
                label,
                functools.partial(exported, run.id, ending, cached.store()),
                file_name=f"{run.id}{ending}",
                key=f"export {run.id}{ending}",
                on_click="ignore",
                help=words,
                width="stretch",
            )
        offer_events(run)


def offer_events(run: Run) -> None:
    """An event file beside the run: it can be asked for at any time."""
    if is_logged(run):
        where = f"`tensorboard --logdir {plain(run.folder.url)}`" if run.folder.is_local else "TensorBoard"
        st.caption(f"{where} shows it, and follows it while it trains.")
        return
    st.button(
        "Log for TensorBoard",
        key=f"export {run.id} events",
        icon=":material/monitoring:",
        on_click=try_to,
        args=(log, run),
        help="Writes an event file beside the run on the server, with each further epoch too.",
        width="stretch",
    )
