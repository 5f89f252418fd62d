"""Lists the public names with their signatures and first sentences: `python -m docs.api` writes docs/api.md.

tests/test_api_page.py holds the page to the library.
"""

import inspect
import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

import ae_core

PAGE = Path(__file__).resolve().parent / "api.md"
LONGEST, LONGEST_VALUE = 88, 40  # characters
HEADING = """# The public names

`import ae_core` offers these; what is not here may change with any version. Written by `python -m docs.api`.
"""


def page() -> str:
    return "\n".join([HEADING, *(part for name in ae_core.__all__ for part in entry(name))])


def entry(name: str) -> Iterator[str]:
    """What the page says of a public name, and of what a class offers by itself."""
    found = getattr(ae_core, name)
    yield f"## {name}\n\n```python\n{signature(name, found)}\n```\n\n{first_sentence(found)}\n"
    members = [each for each in names_in(found) if is_listed(found, each)] if inspect.isclass(found) else []
    if members:
        yield "".join(member(each, getattr(found, each)) for each in members)


def names_in(kind: type) -> list[str]:
    """What the class and those of the library that it extends define, its own first."""
    own = [each for each in kind.__mro__ if each.__module__.startswith("ae_core")]
    return list(dict.fromkeys(name for each in own for name in vars(each)))


def is_listed(kind: type, name: str) -> bool:
    """Whether the page tells of what `kind` calls `name`: of methods and properties that say what they do."""
    found = inspect.getattr_static(kind, name)
    is_method = inspect.isroutine(found) or isinstance(found, property)
    return is_method and not name.startswith("_") and bool(getattr(kind, name).__doc__)


def member(name: str, found: Any) -> str:
    called = f"{name}({', '.join(arguments(found))}){returned(found)}" if callable(found) else name
    return f"- `{called}`: {first_sentence(found)}\n"


def signature(name: str, found: Any) -> str:
    """As it is called, on one line or with an argument on each."""
    if inspect.isclass(found) and issubclass(found, Exception):
        return f"class {name}({found.__base__.__name__})"
    head, end = f"class {name}" if inspect.isclass(found) else name, returned(found)
    line = f"{head}({', '.join(arguments(found))}){end}"
    if len(line) <= LONGEST:
        return line
    return f"{head}(\n" + "".join(f"    {each},\n" for each in arguments(found)) + f"){end}"


def arguments(found: Any) -> list[str]:
    """Each as it stands in a signature, with a `*` before those that must be named."""
    written, given = [], None
    for each in inspect.signature(found).parameters.values():
        if each.kind is each.KEYWORD_ONLY and given not in (each.KEYWORD_ONLY, each.VAR_POSITIONAL):
            written.append("*")
        given = each.kind
        stars = {each.VAR_POSITIONAL: "*", each.VAR_KEYWORD: "**"}.get(each.kind, "")
        default = "" if each.default is each.empty else f" = {value(each.default)}"
        if each.name != "self":
            written.append(f"{stars}{each.name}: {type_name(each.annotation)}{default}")
    return written


def returned(found: Any) -> str:
    annotation = inspect.signature(found).return_annotation
    return "" if annotation in (None, inspect.Signature.empty) else f" -> {type_name(annotation)}"


def type_name(annotation: Any) -> str:
    """Without the modules that types lie in."""
    written = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    return re.sub(r"\b(?:[a-z_]\w*\.)+(?=\w)", "", written).replace("'", "").replace("~", "")


def value(default: Any) -> str:
    if isinstance(default, Enum):
        return f"{type(default).__name__}.{default.name}"
    if inspect.isbuiltin(default):
        return f"{default.__module__}.{default.__name__}"
    written = f'"{default}"' if isinstance(default, str) else repr(default)
    return written if len(written) <= LONGEST_VALUE else "..."


def first_sentence(found: Any) -> str:
    text = " ".join((inspect.getdoc(found) or "").split("\n\n")[0].split())
    return re.split(r"(?<=\.) (?=[A-Z])", text)[0]


if __name__ == "__main__":
    PAGE.write_text(page())
