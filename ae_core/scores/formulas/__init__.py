"""Formulas of scores, losses and layers, typeset (LaTeX), with the numbers of one image in them.

Every number is computed from the model, the fitted score and the image; nothing is typed in.
"""
