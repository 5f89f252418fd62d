"""Axes that figures of several pages share."""

LOSSES = {"type": "log", "tickvals": (0.002, 0.005, 0.01, 0.02, 0.05), "tickformat": "~g"}
TICKS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)  # numbers of a code
