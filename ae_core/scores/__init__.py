"""Anomaly scores: one table of them, fitted and calibrated for a model on normal digits alone.

Stands on `models` and `data`.
"""
