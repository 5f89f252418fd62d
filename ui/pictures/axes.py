"""Axes that figures of several pages share."""

from typing import Any

LOSSES = {"type": "log", "tickvals": (0.002, 0.005, 0.01, 0.02, 0.05), "tickformat": "~g"}
TICKS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)  # numbers of a code
# Left alone, Vega marks each digit on a logarithmic axis and names 0.03 beside 0.2; one and three are even
# steps. Powers of ten lead.
LOGARITHMIC_TICKS = [digit * 10.0**power for power in range(-7, 4) for digit in (1, 3)]
POWERS_OF_TEN = {
    "condition": {
        "test": "abs(log(datum.value) / LN10 - round(log(datum.value) / LN10)) < 0.01",
        "value": 1,
    },
    "value": 0.2,
}


def loss_axis(*, logarithmic: bool) -> dict[str, Any]:
    """The upright axis of loss curves, Vega-Lite."""
    ticks: dict[str, Any] = {"tickCount": 6}
    if logarithmic:
        ticks = {"values": LOGARITHMIC_TICKS, "gridOpacity": POWERS_OF_TEN}
    return {
        "field": "loss",
        "type": "quantitative",
        "title": "MSE per pixel",
        "scale": {"type": "log" if logarithmic else "linear", "zero": not logarithmic, "nice": True},
        "axis": {"format": "~g"} | ticks,
    }
