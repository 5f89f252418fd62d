"""Digits spoiled on purpose: the fifteen corruptions of MNIST-C and four of the lab's own.

Source: N. Mu, J. Gilmer, "MNIST-C: A robustness benchmark for computer vision", arXiv 1906.02337. What each
one does and how strongly is taken from there; the programs are the lab's own, so single pixels differ from
the published images.
"""

from ae_core.data.corruptions.table import CORRUPTIONS, GROUPS, SHAPE_OR_INK, Corruption, corrupt

__all__ = ["CORRUPTIONS", "GROUPS", "SHAPE_OR_INK", "Corruption", "corrupt"]
