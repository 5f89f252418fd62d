"""Loss curves that grow in place while a model learns."""

import altair
import pandas
from altair.utils import schemapi

from ae_core.models.config import PIXELS, ModelConfig
from ui.shell.theme import colour

# Else each part of a chart is checked as it is made: twice a second, that is half of what a live view costs.
schemapi.disable_debug_mode()

SERIES = ("training", "validation")
DIVERGENCE = "beta × KL divergence"
MEANINGS = {DIVERGENCE: "variational"}  # of the colours, where a series is not called by it
# On a logarithmic axis Vega rules a line for each digit; all but the powers of ten step back.
POWERS_OF_TEN = altair.condition(
    "abs(log(datum.value) / LN10 - round(log(datum.value) / LN10)) < 0.01", altair.value(1), altair.value(0.2)
)


def loss_table(
    metrics: pandas.DataFrame, curve: list[tuple[float, float]], run_name: str, model: ModelConfig
) -> pandas.DataFrame:
    """Long table (epoch, loss, series, run) of one run.

    metrics: one row an epoch; curve: [epochs done, running loss] between the epochs. A variational
    network's loss is the training error plus its divergence term, so the table has both.
    """
    running = pandas.DataFrame(curve, columns=["epoch", "loss"]).assign(series="training")
    validation = metrics[["number", "validation_loss"]].set_axis(["epoch", "loss"], axis=1)
    parts = [running, validation.assign(series="validation")]
    if model.is_variational:
        term = metrics["kl"] * model.beta / PIXELS
        parts.append(pandas.DataFrame({"epoch": metrics["number"], "loss": term, "series": DIVERGENCE}))
    table = pandas.concat(parts, ignore_index=True)
    return table[table["loss"] > 0].assign(run=run_name)  # a logarithmic axis has no room for zero


def loss_chart(
    table: pandas.DataFrame, others: pandas.DataFrame, epochs: int, *, logarithmic: bool, height: int = 240
) -> altair.LayerChart:
    """Training and validation loss against the epoch; earlier runs in the background, dashed.

    table, others: as `loss_table` makes them. epochs: the end of the epoch axis, fixed so nothing jumps.
    """
    x = altair.X("epoch:Q", title="Epoch", scale=altair.Scale(domain=[0, epochs], nice=False))
    y = altair.Y(
        "loss:Q",
        title="MSE per pixel",
        scale=altair.Scale(type="log" if logarithmic else "linear", zero=not logarithmic, nice=True),
        axis=altair.Axis(format="~g", tickCount=6, gridOpacity=POWERS_OF_TEN if logarithmic else 1),
    )
    series = [*SERIES, *([DIVERGENCE] if DIVERGENCE in set(table["series"]) else [])]
    colours = altair.Color(
        "series:N",
        title=None,
        scale=altair.Scale(domain=series, range=[colour(MEANINGS.get(each, each)) for each in series]),
        legend=altair.Legend(orient="top-right", direction="vertical"),
    )
    tooltip = [
        altair.Tooltip("run:N", title="run"),
        altair.Tooltip("series:N", title="loss"),
        altair.Tooltip("epoch:Q", format=".3~g"),
        altair.Tooltip("loss:Q", title="value", format=".3~g"),
    ]
    base = altair.Chart(table).encode(x=x, y=y, color=colours, tooltip=tooltip)
    validation = base.transform_filter("datum.series != 'training'")
    earlier = (
        altair.Chart(others)
        .mark_line(strokeDash=[5, 4], strokeWidth=1.5, opacity=0.75, clip=True)
        .encode(x=x, y=y, color=colours, detail="run:N", tooltip=tooltip)
    )
    ends = (  # of what is in view of them: a name beyond the axes would leave no room for the chart
        altair.Chart(others)
        .transform_filter(f"datum.series == 'validation' && datum.epoch <= {epochs}")
        .transform_joinaggregate(last="max(epoch)", groupby=["run"])
        .transform_filter("datum.epoch == datum.last")
        .encode(x=x, y=y, text="run:N")
    )
    names = [
        ends.transform_filter(f"datum.epoch {side} {epochs / 2}").mark_text(
            align=align, dy=-8, fontSize=11, color=colour("reference"), clip=True
        )
        for side, align in (("<", "left"), (">=", "right"))
    ]
    lines = base.mark_line(strokeWidth=2.5, clip=True)
    points = validation.mark_point(filled=True, size=36, opacity=1, clip=True)
    return altair.layer(earlier, *names, lines, points).properties(height=height)
