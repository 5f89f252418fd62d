"""docs/api.md is as the library is."""

import pytest

import ae_core
from docs import api


def test_the_page_lists_the_library_as_it_is():
    assert api.PAGE.read_text() == api.page(), "python -m docs.api writes it again"


@pytest.mark.parametrize("name", ae_core.__all__)
def test_every_public_name_says_what_it_is(name):
    told = api.first_sentence(getattr(ae_core, name))
    assert told.endswith((".", ":")), told
    assert ">>>" not in told
