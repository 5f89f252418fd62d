"""Arrows run down only: pages -> ui -> ae_core; and inside these as their lists of floors say."""

import ast
import importlib.util
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import ae_core
import ui
from docs import house
from docs.house import ENTRIES, PROJECT, imported, name_of, room, rooms_used

PAGES = sorted((PROJECT / "pages").glob("*.py"))
UI, CORE = (sorted((PROJECT / folder).rglob("*.py")) for folder in ("ui", "ae_core"))
SCREEN = [*PAGES, *UI, PROJECT / "app.py"]
ROOMS = (house.GROUND, *(f"ae_core.{room}" for room in ae_core.FLOORS))
SHARED = tuple(f"ui.{room}" for room in ui.FLOORS)
MOST_FLOORS = 10


def top_level(source: Path) -> set[str]:
    return {name.split(".")[0] for name in imported(source)}


def names(sources: Iterable[Path]) -> list[str]:
    return [str(source.relative_to(PROJECT)) for source in sources]


def importers(sources: list[Path], packages: set[str]) -> list[str]:
    """Those of the sources that name one of these packages."""
    return names(source for source in sources if top_level(source) & packages)


@cache
def nodes(source: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(source.read_text())))


def lines(source: Path) -> int:
    return len(source.read_text().splitlines())


def test_a_page_is_short():
    assert names(source for source in PAGES if lines(source) >= 150) == []


def test_a_module_is_not_long():
    assert names(source for source in [*UI, *CORE] if lines(source) > 340) == []


def test_the_screen_leaves_pytorch_to_the_library():
    assert importers(SCREEN, {"torch", "torchvision", "distributed", "dask"}) == []


def test_dask_is_known_to_jobs_alone():
    others = [each for each in CORE if room(name_of(each)) != "ae_core.jobs"]
    assert importers(others, {"distributed", "dask"}) == []


def test_nothing_is_kept_where_a_visitor_can_throw_it_away():
    """Streamlit's caches are emptied by a message that any visitor may send; see ui/shell/memory.py."""
    for source in SCREEN:
        used = {node.attr for node in nodes(source) if isinstance(node, ast.Attribute)}
        assert used.isdisjoint({"cache_data", "cache_resource"}), source


def test_pages_are_imported_by_nobody_and_import_no_other_page():
    assert importers(PAGES, {"pages"}) == []


def test_the_librarys_arrows_run_down():
    for source in CORE:
        if name_of(source) not in ENTRIES:
            assert rooms_used(source) <= set(ROOMS[: ROOMS.index(room(name_of(source)))]), source


def test_the_screens_arrows_run_down():
    """What pages share knows none of them, and the parts of one page know no other's."""
    for source in UI:
        own = room(name_of(source))
        beneath = SHARED[: SHARED.index(own)] if own in SHARED else SHARED
        assert rooms_used(source) <= {*ROOMS, *beneath}, source
    assert importers(UI, {"pages", "app"}) == []


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


def test_nothing_is_imported_relatively():
    for source in [*PAGES, *UI, *CORE]:
        assert not any(node.level for node in nodes(source) if isinstance(node, ast.ImportFrom)), source


def test_what_is_imported_is_there():
    """Also inside functions, where commands import what takes long to load."""
    for source in CORE:
        for node in nodes(source):
            if isinstance(node, ast.ImportFrom) and node.module.startswith("ae_core"):
                module = importlib.import_module(node.module)
                for name in (alias.name for alias in node.names):
                    found = hasattr(module, name) or importlib.util.find_spec(f"{node.module}.{name}")
                    assert found, f"{source}: {node.module} has no {name}"


def test_the_library_knows_no_screen():
    screens = {"ui", "pages", "app", "streamlit", "streamlit_drawable_canvas", "plotly", "altair"}
    assert importers(CORE, screens) == []


def test_no_pickle_anywhere():
    assert importers(CORE, {"pickle", "cloudpickle", "joblib", "dill", "shelve"}) == []


def test_there_is_no_drawer_for_odds_and_ends():
    modules = {source.stem for source in [*PAGES, *UI, *CORE]}
    assert modules.isdisjoint({"utils", "util", "helpers", "common", "misc"})
