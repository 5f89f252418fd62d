"""Draws the rooms of the house and what stands on what, from the imports: `python -m docs.house`.

The picture is Mermaid's text in docs/architecture.md; tests/test_architecture.py holds it to
the imports.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
PAGE = PROJECT / "docs" / "architecture.md"
BEGIN, END = "```mermaid\n", "```\n"
HOUSE = ("ae_core", "ui")
GROUND = "ae_core"  # its modules that lie in no package
ENTRIES = {"ae_core.__main__"}  # what starts a room's work lies beside all of them


def sources() -> Iterator[Path]:
    for folder in HOUSE:
        yield from sorted((PROJECT / folder).rglob("*.py"))


def name_of(source: Path) -> str:
    return ".".join(source.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__")


@cache
def imported(source: Path) -> frozenset[str]:
    """The modules that `source` names anywhere in it, in full, and the names that it takes of them."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(found)


def room(module: str) -> str:
    """The package that a module, or a name in it, lies in: "ui.draw"; "ae_core" is the ground."""
    first, *rest = module.split(".")
    return f"{first}.{rest[0]}" if rest and (PROJECT / first / rest[0]).is_dir() else first


def rooms_used(source: Path) -> set[str]:
    used = {room(name) for name in imported(source) if name.split(".")[0] in HOUSE}
    return used - {room(name_of(source))}


def uses() -> dict[str, set[str]]:
    """What each room imports."""
    found: dict[str, set[str]] = {}
    for source in sources():
        if name_of(source) not in ENTRIES:
            found.setdefault(room(name_of(source)), set()).update(rooms_used(source))
    return found


def floors() -> dict[str, int]:
    """A room stands one floor above the highest that it imports."""
    used = uses()

    @cache
    def floor(name: str) -> int:
        return 1 + max(map(floor, used[name]), default=0)

    return {name: floor(name) for name in used}


def picture() -> str:
    """The house as a Mermaid flowchart: each room, and an arrow to what it stands on directly."""
    used, standing = uses(), floors()
    lines = ["flowchart TB"]
    for name in sorted(standing, key=lambda each: (standing[each], each)):
        title = "ground" if name == GROUND else name.removeprefix("ae_core.").replace(".", "/")
        lines.append(f'    {key(name)}["{title}"]')
    for name, beneath in sorted(used.items()):
        through = {further for each in beneath for further in beneath_of(each, used)}
        lines += [f"    {key(name)} --> {key(each)}" for each in sorted(beneath - through)]
    return "\n".join(lines) + "\n"


def beneath_of(name: str, used: dict[str, set[str]]) -> set[str]:
    """All that a room stands on, directly or not."""
    return used[name].union(*(beneath_of(each, used) for each in used[name]))


def key(name: str) -> str:
    return name.replace(".", "_")


def in_page(text: str) -> str:
    """The picture as it stands in the page."""
    return text.partition(BEGIN)[2].partition(END)[0]


def main() -> None:
    text = PAGE.read_text()
    PAGE.write_text(text.replace(f"{BEGIN}{in_page(text)}{END}", f"{BEGIN}{picture()}{END}"))


if __name__ == "__main__":
    main()
