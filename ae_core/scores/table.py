"""The one table of scores: what each is called, its formula and source, what it sees and what it misses.

The first is what digits are judged by until another is chosen.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ae_core.config import DEFAULT_SCORE
from ae_core.models.network import Network
from ae_core.scores import mixtures, scorers

COMBINED = "combined"
MSE, PER_INK, KNOWN_CODES = "mse", "error_per_ink", "neighbour_distance"  # those that lessons are about


@dataclass(frozen=True)
class Score:
    """A way to say how anomalous a digit is.

    scorer: what is fitted on normal digits and then scores. A score that is made of others has none: mix
    makes it of the p-values of its parts. needs: "" where any model will do, else what a model must have, for
    a person. is_baseline: no network takes part, so a network that does no better is not worth its training.
    judges_making: it judges how a picture was made, so of drawings, which the lab itself makes into digits,
    it says nothing.
    """

    name: str
    title: str
    formula: str
    source: str
    sees: str
    misses: str
    scorer: type[scorers.Scorer] | None = None
    parts: tuple[str, ...] = ()
    mix: Callable[..., np.ndarray] | None = None
    needs: str = ""
    is_baseline: bool = False
    judges_making: bool = False

    def mixed(self, p_values: Sequence[np.ndarray]) -> np.ndarray:
        """The score that is made of those of its parts, [N] from p-values [N] of each."""
        assert self.mix is not None  # it has parts
        return self.mix(*p_values)

    def suits(self, model: Network) -> bool:
        return not self.needs or model.config.architecture == "variational"


SCORES = {
    score.name: score
    for score in (
        Score(
            DEFAULT_SCORE,
            "Error and outline",
            f"−ln of the smaller of p(error per ink) and {mixtures.OUTLINE_WEIGHT} × p(outline)",
            "Tippett's method on calibrated p-values: the outline may cause a fifth of the false alarms",
            "what is reconstructed badly for its ink, and plain shapes, which any network reconstructs well",
            "what is reconstructed well and has a digit's outline; it is calibrated once more, as its parts "
            "are not independent",
            parts=("error_per_ink", "outline"),
            mix=mixtures.guarded,
        ),
        Score(
            "mse",
            "Mean squared error",
            "mean over pixels of (x − x̂)²",
            "the reference notebook",
            "strokes that the latent code cannot hold",
            "what is plain or thin: a dot, a disc or a one is easy to reconstruct, anomaly or not",
            scorers.MeanSquaredError,
        ),
        Score(
            "error_per_ink",
            "Error per ink",
            f"MSE / (mean of x + {scorers.INK})",
            "the simplest remedy against the complexity bias of Serrà et al., arXiv 1909.11480",
            "how much of the drawing is wrong, whether it is thin or heavy",
            "a small wrong detail in a heavy digit; a blank image; plain shapes, easy to reconstruct",
            scorers.ErrorPerInk,
        ),
        Score(
            "largest_local_error",
            "Largest local error",
            f"largest mean of (x − x̂)² in a window of {scorers.WINDOW} × {scorers.WINDOW} pixels",
            "the error map, read at its worst place",
            "one wrong stroke in an otherwise good digit",
            "many small errors everywhere",
            scorers.LargestLocalError,
        ),
        Score(
            "local_error_per_ink",
            "Local error per ink",
            f"largest local error / (mean of x + {scorers.INK})",
            "the two ideas above together",
            "one wrong stroke, in a thin digit too",
            "many small errors everywhere, above all where there is much ink, as in noise",
            scorers.LocalErrorPerInk,
        ),
        Score(
            "neighbour_distance",
            "Distance to known codes",
            f"mean distance of the code to the {scorers.NEIGHBOURS} nearest training codes",
            "nearest neighbours as a detector: arXiv 1905.11890",
            "a code where no digit has its own, even when it is reconstructed well",
            "an anomaly whose code falls among those of digits",
            scorers.NeighbourDistance,
        ),
        Score(
            "mahalanobis",
            "Mahalanobis distance",
            "(z − μ)ᵀ Σ⁻¹ (z − μ), with mean and covariance of the training codes",
            "Denouden et al., arXiv 1812.02765",
            "a code far out, in units of how codes usually vary",
            "the gaps between classes: it knows a single Gaussian only",
            scorers.Mahalanobis,
        ),
        Score(
            "local_outlier_factor",
            "Local outlier factor",
            f"mean distance to the {scorers.NEIGHBOURHOOD} nearest training digits / their own, in the last "
            "stage before the code",
            "Breunig et al., SIGMOD 2000, simplified; on what the encoder has learned to see",
            "the empty space between classes, however far or near they are",
            "anomalies that come in clusters, and an anomaly amid a sparse class",
            scorers.LocalOutlierFactor,
        ),
        Score(
            "sap",
            "Hidden paths, summed",
            "sum over encoder stages of ‖h(x) − h(x̂)‖²",
            "SAP in RaPP: Kim et al., ICLR 2020",
            "differences that matter to the encoder though they are small in pixels",
            "stages with small values, beside those with large ones",
            scorers.Sap,
        ),
        Score(
            "nap",
            "Hidden paths, normalised",
            "squared length of h(x) − h(x̂) over all encoder stages, whitened by those of training digits",
            "NAP in RaPP: Kim et al., ICLR 2020",
            "differences that are unusual for a digit, however small",
            "much, where training digits are few: it then whitens noise",
            scorers.Nap,
        ),
        Score(
            "negative_elbo",
            "Negative ELBO",
            "MSE + beta × KL divergence per pixel",
            "An and Cho, 2015; Kingma and Welling, arXiv 1312.6114",
            "images reconstructed badly, and codes far from the prior, which all were pulled to",
            "what the mean squared error misses, nearly: the KL divergence weighs little",
            scorers.NegativeElbo,
            needs="a variational network: no other has a KL divergence",
        ),
        Score(
            "pca_residual",
            "PCA residual",
            "mean (x − x̂)² of principal component analysis with as many components as the code has values",
            "baseline",
            "what no straight combination of digits explains",
            "what any non-linear model would detect; thin images, as the error does",
            scorers.PcaResidual,
            is_baseline=True,
        ),
        Score(
            "pixel_neighbour",
            "Nearest picture",
            "distance to the nearest training digit, pixel by pixel",
            "baseline: arXiv 1905.11890",
            "pictures unlike every one in memory",
            "a shifted or slanted digit is far, a thin stroke is near",
            scorers.PixelNeighbour,
            is_baseline=True,
        ),
        Score(
            "isolation_forest",
            "Isolation forest",
            "how few random cuts through pixel intensities set the image apart",
            "baseline: Liu et al., ICDM 2008, as in scikit-learn",
            "ink where digits have none",
            "shape: each cut looks at one pixel",
            scorers.RandomCuts,
            is_baseline=True,
        ),
        Score(
            "outline",
            "Outline",
            f"mean distance to the {scorers.NEIGHBOURHOOD} nearest training digits in five whitened "
            "measurements: height, width, slant, stroke width, the most solid place",
            "baseline, of the lab's own, against the complexity bias of Serrà et al., arXiv 1909.11480",
            "plain shapes that are no digits: a dot, a filled square, a line that lies",
            "what the strokes come to: most letters have the outline of some digit",
            scorers.Outline,
            is_baseline=True,
        ),
        Score(
            "frame_and_pen",
            "Frame and pen",
            f"mean distance to the {scorers.NEIGHBOURS} nearest training digits in whitened measurements: "
            "where the ink begins and ends, its centre, its shades, how sharp its edges are",
            "baseline, of the lab's own; MNIST's frame is that of LeCun et al., 1998",
            "how the picture was made: resized, turned, blurred or drawn by another pen, however slightly",
            "what the picture shows: every digit of MNIST is made alike, every drawing of yours otherwise",
            scorers.FrameAndPen,
            is_baseline=True,
            judges_making=True,
        ),
        Score(
            COMBINED,
            "Combined",
            "−Σ ln p of error per ink, local error per ink and local outlier factor",
            "Fisher's method on calibrated p-values",
            "what any of the three sees: the whole picture, its worst place, its nearest neighbours",
            "what all three miss, such as a disc; the p-values are not independent, so it is calibrated "
            "once more",
            parts=("error_per_ink", "local_error_per_ink", "local_outlier_factor"),
            mix=mixtures.fisher,
        ),
    )
}


def suited(model: Network) -> list[str]:
    """Names of the scores that `model` can give, in the table's order."""
    return [name for name, score in SCORES.items() if score.suits(model)]
