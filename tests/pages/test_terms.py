"""Where a term is the name of a control, a number or a column, its help begins with the glossary's words."""

import json

import pytest

from ae_core.glossary import terms
from tests.pages.conftest import assert_sound

MEANS = {each.term.lower(): each.means for each in terms()}
PAGES = ("home", "train", "runs", "digits", "draw", "latent", "tradeoffs", "anomaly", "data")


def told(lab):
    """Names and helps of all that has both: controls, numbers, columns of tables."""
    for kind in lab.main:
        proto = getattr(kind, "proto", None)
        if getattr(proto, "label", "") and hasattr(proto, "help"):
            yield proto.label, proto.help
    for table in lab.dataframe:
        for name, column in json.loads(table.proto.columns or "{}").items():
            yield column.get("label") or name, column.get("help") or ""


@pytest.mark.parametrize("page", PAGES)
def test_a_term_explains_itself_where_it_stands(visit, page):
    lab = visit(page)
    assert_sound(lab)
    for name, words in told(lab):
        means = MEANS.get(name.lower()) or MEANS.get(name.lower().removesuffix("s"))
        assert means is None or words.startswith(means), (name, words)
