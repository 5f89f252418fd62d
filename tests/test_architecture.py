"""Arrows run down only: pages -> ui -> ae_core; and inside these as their lists of floors say."""

import ast
import importlib.util
from pathlib import Path

import pytest

import ae_core
import ui
from docs import house
from docs.house import ENTRIES, PROJECT, imported, name_of, room, rooms_used

PAGES = sorted((PROJECT / "pages").glob("*.py"))
UI, CORE = (sorted((PROJECT / folder).rglob("*.py")) for folder in ("ui", "ae_core"))
ROOMS = (house.GROUND, *(f"ae_core.{room}" for room in ae_core.FLOORS))
SHARED = tuple(f"ui.{room}" for room in ui.FLOORS)
MOST_FLOORS = 10


def top_level(source: Path) -> set[str]:
    return {name.split(".")[0] for name in imported(source)}


def by_name(sources: list[Path]):
    return pytest.mark.parametrize("source", sources, ids=lambda path: str(path.relative_to(PROJECT)))


@by_name(PAGES)
def test_a_page_is_short(source):
    assert len(source.read_text().splitlines()) < 150


@by_name([*UI, *CORE])
def test_a_module_is_not_long(source):
    assert len(source.read_text().splitlines()) <= 340


@by_name([*PAGES, *UI, PROJECT / "app.py"])
def test_the_screen_leaves_pytorch_to_the_library(source):
    assert top_level(source).isdisjoint({"torch", "torchvision", "distributed", "dask"})


@by_name([each for each in CORE if room(name_of(each)) != "ae_core.jobs"])
def test_dask_is_known_to_jobs_alone(source):
    assert top_level(source).isdisjoint({"distributed", "dask"})


@by_name([*PAGES, *UI, PROJECT / "app.py"])
def test_nothing_is_kept_where_a_visitor_can_throw_it_away(source):
    """Streamlit's caches are emptied by a message that any visitor may send; see ui/shell/memory.py."""
    assert not {"cache_data", "cache_resource"} & {
        node.attr for node in ast.walk(ast.parse(source.read_text())) if isinstance(node, ast.Attribute)
    }


@by_name(PAGES)
def test_pages_are_imported_by_nobody_and_import_no_other_page(source):
    assert "pages" not in top_level(source)


@by_name(PAGES)
def test_every_page_begins_with_the_guard(source):
    """A cold deep link runs the page's file alone."""
    calls = [node for node in ast.parse(source.read_text()).body if isinstance(node, ast.Expr | ast.Assign)]
    statements = [ast.unparse(node) for node in calls if isinstance(node.value, ast.Call)]
    assert statements[0] == "navigation.guard()"


@by_name([each for each in CORE if name_of(each) not in ENTRIES])
def test_the_librarys_arrows_run_down(source):
    assert rooms_used(source) <= set(ROOMS[: ROOMS.index(room(name_of(source)))])


@by_name(UI)
def test_the_screens_arrows_run_down(source):
    """What pages share knows none of them, and the parts of one page know no other's."""
    own = room(name_of(source))
    beneath = SHARED[: SHARED.index(own)] if own in SHARED else SHARED
    assert rooms_used(source) <= {*ROOMS, *beneath}
    assert top_level(source).isdisjoint({"pages", "app"})


def test_every_package_has_a_floor_and_says_what_lives_there():
    for source in (*UI, *CORE):
        package = source.parent
        assert room(name_of(source)) in ROOMS or package.parent.name == "ui" or package.name == "ui", source
        assert ast.get_docstring(ast.parse((package / "__init__.py").read_text())), package


def test_the_house_is_not_high():
    floors = house.floors()
    assert max(floors.values()) <= MOST_FLOORS, floors


def test_the_picture_shows_the_house():
    assert house.in_page(house.PAGE.read_text()) == house.picture(), "python -m docs.house draws it again"


@by_name([*PAGES, *UI, *CORE])
def test_nothing_is_imported_relatively(source):
    nodes = ast.walk(ast.parse(source.read_text()))
    assert not any(node.level for node in nodes if isinstance(node, ast.ImportFrom))


@by_name(CORE)
def test_what_is_imported_is_there(source):
    """Also inside functions, where commands import what takes long to load."""
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module.startswith("ae_core"):
            module = importlib.import_module(node.module)
            for name in (alias.name for alias in node.names):
                found = hasattr(module, name) or importlib.util.find_spec(f"{node.module}.{name}")
                assert found, f"{node.module} has no {name}"


def test_the_library_knows_no_screen():
    for source in CORE:
        assert top_level(source).isdisjoint({"ui", "pages", "app", "streamlit", "plotly", "altair"}), source


def test_there_is_no_drawer_for_odds_and_ends():
    names = {source.stem for source in [*PAGES, *UI, *CORE]}
    assert names.isdisjoint({"utils", "util", "helpers", "common", "misc"})
