"""Digits in memory: sources, fetching, corruptions, foreign images, and what people upload.

Stands on `drawing`; no network and no training is known here.
"""
