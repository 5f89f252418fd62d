"""Networks in words: what is said is what is built."""

import pytest

from ae_core.models.config import ModelConfig
from ae_core.models.description import LINEAR, PARAGRAPHS, is_linear, paragraph, relative_widths, stages
from ae_core.models.linear_baseline import BaselineConfig

KINDS = ModelConfig.rule("architecture").choices


def test_every_architecture_has_its_own_paragraph():
    assert set(PARAGRAPHS) == set(KINDS)
    assert len({paragraph(ModelConfig(architecture=kind)) for kind in KINDS}) == len(KINDS)


@pytest.mark.parametrize("kind", ["dense", "variational"])
def test_a_network_without_hidden_layers_is_called_linear(kind):
    assert paragraph(ModelConfig(architecture=kind, hidden=())) == LINEAR


def test_a_baseline_is_linear_and_a_network_with_hidden_layers_is_not():
    assert is_linear(BaselineConfig(8))
    assert not any(is_linear(ModelConfig(architecture=kind)) for kind in KINDS)
    assert not is_linear(ModelConfig(architecture="convolutional", hidden=()))


def test_stages_are_those_of_the_reference_network():
    assert [size for _, size in stages(ModelConfig.reference())] == [784, 256, 128, 32, 128, 256, 784]


def test_stages_of_a_convolutional_network_are_its_maps():
    config = ModelConfig(architecture="convolutional", channels=(8, 16, 32), latent_dim=5)
    captions = [caption for caption, _ in stages(config)]
    assert captions[1:5] == ["8 maps of 14 × 14", "16 maps of 7 × 7", "32 maps of 4 × 4", "code: 5 values"]


@pytest.mark.parametrize(("kind", "told"), [("dense", "1 value"), ("variational", "1 mean and spread")])
def test_a_code_of_one_number_is_told_in_the_singular(kind, told):
    captions = [caption for caption, _ in stages(ModelConfig(architecture=kind, latent_dim=1))]
    assert f"code: {told}" in captions


@pytest.mark.parametrize("kind", KINDS)
def test_stages_mirror_each_other_and_widths_follow_their_sizes(kind):
    config = ModelConfig(architecture=kind, latent_dim=2)
    sizes, widths = [size for _, size in stages(config)], relative_widths(config)
    assert sizes == sizes[::-1]
    assert sizes[len(sizes) // 2] == 2
    assert max(widths) == 1
    assert sorted(range(len(sizes)), key=sizes.__getitem__) == sorted(
        range(len(sizes)), key=widths.__getitem__
    )
