"""A formula's numbers are the image's own: they come to what the detector, the loss and the layer say."""

import pytest
import torch
from torch.nn import functional

from ae_core import zoo
from ae_core.models.inference import encode, evaluating, reconstruct
from ae_core.scores.detector import Detector
from ae_core.scores.formulas.formula import sum_of, typeset
from ae_core.scores.formulas.kinds import KINDS, formula, formulas
from ae_core.scores.formulas.of_scores import OF_SCORE
from ae_core.scores.table import SCORES


@pytest.fixture(scope="module")
def detector(embedded):
    """By all scores that a variational network can give, which are all."""
    few = Detector(zoo.load("variational-2"), list(SCORES))
    return few.fit(embedded.train.images[:400], embedded.validation.images[:200])


def test_every_score_has_a_formula():
    assert OF_SCORE.keys() == SCORES.keys()


@pytest.mark.parametrize("score", SCORES)
def test_a_formula_comes_to_the_score(detector, embedded, score):
    image = embedded.test.images[3]
    found = formula("score", detector.by(score), image)
    assert found.value == pytest.approx(detector.by(score).decision_function(image[None])[0], rel=1e-4)
    assert found.latex.endswith(rf"= {typeset(found.value)} \end{{aligned}}")


def test_losses_are_pytorchs(detector, embedded):
    image = embedded.test.images[5]
    clean = torch.tensor(image / 255)
    made = torch.tensor(reconstruct(detector.model, image[None])[0]).double()
    found = {kind: formula(kind, detector, image).value for kind in ("error", "bce", "p-value")}
    assert found["error"] == pytest.approx(float(functional.mse_loss(made, clean)), rel=1e-4)
    assert found["bce"] == pytest.approx(float(functional.binary_cross_entropy(made, clean)), rel=1e-4)
    assert found["p-value"] == pytest.approx(detector.p_values(image[None])[0])


def test_layers_are_the_networks(embedded):
    image, model = embedded.test.images[7], zoo.load("dense-8")
    judge = Detector(model, "mse").fit(embedded.train.images[:50], embedded.validation.images[:50])
    assert formula("layer", judge, image).value == pytest.approx(encode(model, image[None])[0, 0], rel=1e-4)
    linear, activation, norm = model.encoder[:3]
    with evaluating(model):
        values = norm(activation(linear(torch.tensor(image / 255).float().reshape(1, -1))))[0]
    found = formula("batch norm", judge, image)
    unit = int(found.left.partition("{")[2].strip("}")) - 1
    assert found.value == pytest.approx(float(values[unit]), rel=1e-4)


@pytest.mark.parametrize(
    ("name", "lacks"),
    [
        ("dense-8", {"loss"}),
        ("variational-2", set()),
        ("convolutional-32", {"loss", "batch norm", "layer"}),
    ],
)
def test_a_model_has_the_formulas_that_suit_it(embedded, name, lacks):
    judge = Detector(zoo.load(name), "mse").fit(embedded.train.images[:50], embedded.validation.images[:50])
    titles = [each.title for kind, each in KINDS.items() if kind not in lacks]
    assert list(formulas(judge, embedded.test.images[0])) == titles


def test_numbers_are_typeset():
    assert [typeset(each) for each in (0.01234, 12345.0, 2e-7)] == [
        "0.0123",
        "12{,}345",
        r"2.00 \cdot 10^{-7}",
    ]
    assert sum_of([1, -2], "^2") == "1.00^2 + (-2.00)^2"
    assert sum_of([1, 2, 3, 4, 5, 6]) == r"1.00 + 2.00 + \dots + 6.00"
