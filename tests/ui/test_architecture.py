"""Arrows run down only: pages -> ui -> ae_core; inside ae_core from commands towards config."""

import ast
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent.parent
PAGES, UI = (sorted((PROJECT / folder).glob("*.py")) for folder in ("pages", "ui"))
CORE = sorted((PROJECT / "ae_core").rglob("*.py"))

# Each may import those before it and, within a group, its neighbours; what is named by a folder holds for all
# in it unless a module of it is named by itself.
LAYERS = (
    ("ae_core.errors", "ae_core.words"),
    ("ae_core.parent_watch", "ae_core.scheduling"),
    ("ae_core.cluster",),
    ("ae_core.reading",),
    ("ae_core.config", "ae_core.devices", "ae_core.storage", "ae_core.neighbours"),
    ("ae_core.drawing",),
    ("ae_core.file_kinds", "ae_core.levels", "ae_core.key_colour", "ae_core.large_png"),
    (
        "ae_core.picture",
        "ae_core.ink",
        "ae_core.samples",
        "ae_core.data",
        "ae_core.noise",
        "ae_core.augmentation",
    ),
    ("ae_core.models",),
    ("ae_core.weights", "ae_core.schedules", "ae_core.training", "ae_core.presets"),
    ("ae_core.scoring", "ae_core.estimate", "ae_core.zoo", "ae_core.latent", "ae_core.learned"),
    ("ae_core.scores", "ae_core.detection", "ae_core.published", "ae_core.tradeoffs"),
    ("ae_core.projections", "ae_core.run_states"),
    ("ae_core.runs", "ae_core.job", "ae_core.job_queue"),
    ("ae_core.film",),
    ("ae_core.sweeps", "ae_core.projection_store"),
    ("ae_core.catalogue", "ae_core.execution", "ae_core.worker_setup"),
    ("ae_core.jobs",),
    ("ae_core.experiments",),
    ("ae_core.sweep_service", "ae_core.projection_service"),
    ("ae_core.trials",),
    ("ae_core.lessons",),
    ("ae_core.commands", "ae_core.cli", "ae_core.__main__"),
)


def imported(source: Path) -> set[str]:
    """The modules that `source` names anywhere in it, in full."""
    found = set()
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{source} imports relatively"
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def top_level(source: Path) -> set[str]:
    return {name.split(".")[0] for name in imported(source)}


def layer(module: str) -> int | None:
    """The number of the layer whose entry fits best; None for what is no module of the lab's library."""
    fits = [
        (len(entry), number)
        for number, entries in enumerate(LAYERS)
        for entry in entries
        if module == entry or module.startswith(f"{entry}.")
    ]
    return max(fits)[1] if fits else None


def name_of(source: Path) -> str:
    return ".".join(source.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__")


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


@by_name([*PAGES, *UI, PROJECT / "app.py"])
def test_nothing_is_kept_where_a_visitor_can_throw_it_away(source):
    """Streamlit's caches are emptied by a message that any visitor may send; see ui/memory.py."""
    assert not {"cache_data", "cache_resource"} & {
        node.attr for node in ast.walk(ast.parse(source.read_text())) if isinstance(node, ast.Attribute)
    }


@by_name(PAGES)
def test_pages_are_imported_by_nobody_and_import_no_other_page(source):
    assert "pages" not in top_level(source)


@by_name(UI)
def test_what_pages_share_knows_no_page(source):
    assert top_level(source).isdisjoint({"pages", "app"})


@by_name(PAGES)
def test_every_page_begins_with_the_guard(source):
    """A cold deep link runs the page's file alone."""
    calls = [node for node in ast.parse(source.read_text()).body if isinstance(node, ast.Expr | ast.Assign)]
    statements = [ast.unparse(node) for node in calls if isinstance(node.value, ast.Call)]
    assert statements[0] == "navigation.guard()"


@by_name(CORE)
def test_the_librarys_arrows_run_down(source):
    own = layer(name_of(source))
    if name_of(source) == "ae_core":  # names every public module, and loads each when it is asked for
        return
    assert own is not None, f"{name_of(source)} has no layer: give it one"
    above = {name for name in imported(source) if (layer(name) or 0) > own}
    assert not above


def test_the_library_knows_no_screen():
    for source in CORE:
        assert top_level(source).isdisjoint({"ui", "pages", "app", "streamlit", "plotly", "altair"}), source


def test_there_is_no_drawer_for_odds_and_ends():
    names = {source.stem for source in [*PAGES, *UI, *CORE]}
    assert names.isdisjoint({"utils", "util", "helpers", "common", "misc"})
