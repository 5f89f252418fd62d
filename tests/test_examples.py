"""The examples of the public names are true."""

import doctest
import importlib

import pytest

import ae_core

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("own_folders")]


@pytest.mark.parametrize("name", ae_core.__all__)
def test_the_example_of_a_public_name_is_true(name):
    module = importlib.import_module(ae_core.HOMES[name])
    text = getattr(ae_core, name).__doc__
    example = doctest.DocTestParser().get_doctest(text, dict(vars(module)), name, None, None)
    told: list[str] = []
    result = doctest.DocTestRunner().run(example, out=told.append)
    assert result.attempted
    assert not result.failed, "".join(told)
