"""Digits, figures and the canvas as pictures.

Stands on `shell`; knows no page.
"""
