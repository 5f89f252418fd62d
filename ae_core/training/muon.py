"""Muon: steps in which every direction of a matrix's gradient counts alike, so that few steps go far.

Adam weighs each number for itself. A gradient of a layer is dominated by a few directions; Muon turns it into
the nearest orthogonal matrix first, U Vᵀ of its singular value decomposition, so the rare ones are learned as
fast. Source: K. Jordan et al., "Muon" (https://kellerjordan.github.io/posts/muon/), and for the iterations
N. Amsel et al., "The Polar Express" (arXiv 2505.16932), Algorithm 1.

Two things make it quick on a processor. With G the gradient's mean and A = G Gᵀ, the orthogonal matrix is
A^(-1/2) G, so all iterations are on A, whose side is the layer's smaller one. And A changes slowly: its root
serves REUSED steps.
"""

import math
from collections.abc import Callable, Iterable

import torch
from torch.nn.functional import hardshrink

from ae_core.training.plain import Adam

# Factors of x, x³ and x⁵, the first four of the source: each polynomial brings singular values nearer to 1
# than any other of its degree would.
POLYNOMIALS = (
    (8.28721201814563, -23.595886519098837, 17.300387312530933),
    (4.107059111542203, -2.9478499167379106, 0.5448431082926601),
    (3.9486908534822946, -2.908902115962949, 0.5518191394370137),
    (3.3184196573706015, -2.488488024314874, 0.51004894012372),
)
ROOM = 1.02  # the largest singular value begins a little below 1, whatever rounding does
REUSED = 8
# The root mean square of an update is this share of the learning rate times that of an orthogonal matrix's
# rows, about what Adam's updates have: so the same learning rates suit both.
SCALE = 0.2
# Products of what is smaller are subnormal numbers, which a processor takes far longer for: where a
# pixel is hardly ever lit, means of gradients fade until they are.
TINY = 1e-18


class Muon(Adam):
    """Muon for weights of two and more dimensions, a filter's as rows; Adam for all others.

    betas: of Adam; the first is Muon's momentum too. Its state is tensors alone, so it can be saved and
    restored to the bit.
    """

    def __init__(
        self, weights: Iterable[torch.Tensor], lr: float, betas: tuple[float, float] = (0.9, 0.999)
    ) -> None:
        given = list(weights)
        vectors = [each for each in given if each.ndim < 2]
        matrices = [each for each in given if each.ndim >= 2]
        super().__init__([{"params": vectors}, {"params": matrices}], lr, betas=betas, fused=True)

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """closure: not used; Adam's own signature."""
        group = self.param_groups[1]
        matrices, group["params"] = group["params"], []
        try:
            super().step(closure)
        finally:
            group["params"] = matrices
        for weight in matrices:
            if weight.grad is not None:
                self.turn(weight, weight.grad.flatten(1), group["lr"], group["betas"][0])

    def turn(self, weight: torch.Tensor, gradient: torch.Tensor, rate: float, momentum: float) -> None:
        """One step of one matrix; gradient: a row for each of its outputs."""
        state = self.state[weight]
        if not state:
            state["step"] = torch.zeros((), device=weight.device)
            state["mean"] = torch.zeros_like(gradient)
        mean = state["mean"].lerp_(gradient, 1 - momentum)
        rows, columns = mean.shape
        if int(state["step"]) % REUSED == 0:
            mean = state["mean"] = hardshrink(mean, TINY)
            state["root"] = inverse_root(mean @ mean.T if rows <= columns else mean.T @ mean)
        update = state["root"] @ mean if rows <= columns else mean @ state["root"]
        size = SCALE * rate * math.sqrt(max(rows, columns)) * math.sqrt(min(rows, columns))
        update *= -size / update.norm().clamp_min(1e-12)
        weight.add_(update.view_as(weight))
        state["step"] += 1


def inverse_root(gram: torch.Tensor) -> torch.Tensor:
    """About gram^(-1/2), but for a factor; gram: G Gᵀ [n, n]."""
    gram = hardshrink(gram / (ROOM * gram.trace()).clamp_min(1e-30), TINY)
    root = None
    for one, three, five in POLYNOMIALS:
        step = torch.addmm(gram, gram, gram, beta=three, alpha=five)
        step.diagonal().add_(one)
        root = step if root is None else step @ root
        gram = hardshrink(step @ gram @ step, TINY)
    assert root is not None
    return root
