import copy

import pytest
import torch

from ae_core.training import plain

KINDS = [("Adam", {}), ("AdamW", {}), ("SGD", {"momentum": 0.9})]


@pytest.mark.parametrize(("name", "settings"), KINDS)
def test_a_step_is_pytorchs_to_the_bit(name, settings):
    torch.manual_seed(0)
    mine = torch.nn.Linear(5, 3)
    theirs = copy.deepcopy(mine)
    ways = [
        (model, getattr(module, name)(model.parameters(), 0.1, fused=True, **settings))
        for model, module in ((mine, plain), (theirs, torch.optim))
    ]
    images = torch.rand(4, 5)
    for _ in range(3):
        for model, optimizer in ways:
            optimizer.zero_grad()
            model(images).square().mean().backward()
            optimizer.step()
    assert all(map(torch.equal, mine.parameters(), theirs.parameters()))
    assert all(each.requires_grad for each in mine.parameters())
