"""Terms are explained by the glossary and by nothing else, in the library as on the screen."""

import ast
from dataclasses import fields

import pytest

from ae_core import glossary
from ae_core.document import DocumentError
from ae_core.glossary import explained, terms
from ae_core.models.config import ModelConfig
from ae_core.training.config import TrainConfig
from docs.house import PROJECT

MEANS = {each.term: each.means for each in terms()}
SOURCES = [source for folder in ("ui", "pages") for source in (PROJECT / folder).rglob("*.py")]


def test_terms_stand_in_alphabetical_order_none_twice():
    names = [each.lower() for each in MEANS]
    assert names == sorted(set(names))
    assert len(set(MEANS.values())) == len(MEANS)


def test_every_term_that_the_screen_explains_is_there():
    """A term that is not would be explained by nothing, and nobody would see why."""
    wanted = {
        node.args[0].value
        for source in SOURCES
        for node in ast.walk(ast.parse(source.read_text()))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "explained"
        and isinstance(node.args[0], ast.Constant)
    }
    assert len(wanted) > 15
    assert wanted <= MEANS.keys()


@pytest.mark.parametrize("config", [ModelConfig, TrainConfig])
def test_every_setting_is_explained_once(config):
    for each in fields(config):
        term = each.metadata["term"]
        assert config.help(each.name).startswith(MEANS[term] if term else each.metadata["help"])


def test_a_damaged_glossary_leaves_a_control_its_own_words(tmp_path, monkeypatch):
    damaged = tmp_path / "glossary.yaml"
    damaged.write_text("terms:\n  - term: Epoch\n    maens: One pass\n")
    monkeypatch.setattr(glossary, "FILE", damaged)
    with pytest.raises(DocumentError, match=r"glossary\.yaml, line 3: .*unknown field `maens`"):
        terms()
    assert explained("Epoch", "Ten.") == "Ten."
    damaged.write_text("terms:\n  - term: Epoch\n    means: One pass.\n# longer\n")
    assert explained("Epoch", "Ten.") == "One pass. Ten."
