"""YAML files that people write, read and checked: what is wrong is told with the file and the line."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml

from ae_core.errors import LabError

T = TypeVar("T")
Place = tuple[str | int, ...]  # keys and positions that lead to a value
MOST_BYTES = 200_000
LISTS = ("steps", "choices", "terms")  # named with their number alone
STEP_OF_PATH = re.compile(r"\.([^.\[\]]+)|\[(\d+|\.\.\.)\]")


class DocumentError(LabError):
    """A file that is not what it should be, such as a lesson; the text names file and line."""


class Piece(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Whatever a file holds: a field that nobody knows is a mistake in spelling."""


class Document:
    """A YAML file as plain values, with the line of each."""

    def __init__(self, path: Path) -> None:
        """Raises DocumentError for a file that cannot be read or is no YAML."""
        self.path = path
        self.lines: dict[Place, int] = {(): 1}
        self.seen: set[int] = set()
        try:
            data = path.read_bytes()
            if len(data) > MOST_BYTES:
                raise DocumentError(
                    f"{path.name} has {len(data):,} bytes; at most {MOST_BYTES:,} are allowed."
                )
            node = yaml.compose(data.decode(), yaml.SafeLoader)
        except OSError as error:
            raise DocumentError(f"{path.name} cannot be read ({error.strerror}).") from error
        except UnicodeDecodeError as error:
            raise DocumentError(f"{path.name} is no text in UTF-8: save it as that.") from error
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            raise self.error_at_line(mark.line + 1 if mark else 1, f"{error.problem}.") from error
        except (yaml.YAMLError, RecursionError) as error:
            raise DocumentError(f"{path.name} is no YAML ({error}).") from error
        self.values = None if node is None else self.value_of(node, ())

    def value_of(self, node: yaml.Node, place: Place) -> Any:
        line = node.start_mark.line + 1
        self.lines.setdefault(place, line)
        if id(node) in self.seen:  # an alias: a few lines of them could stand for a billion
            raise self.error_at_line(line, "Anchors and aliases (& and *) do not belong here: write it out.")
        self.seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            return [self.value_of(each, (*place, number)) for number, each in enumerate(node.value)]
        if not isinstance(node, yaml.MappingNode):
            return scalar(node)
        found: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key, line = scalar(key_node), key_node.start_mark.line + 1
            if key in found:
                raise self.error_at_line(line, f"{key!r} stands here twice.")
            self.lines[(*place, key)] = line
            found[key] = self.value_of(value_node, (*place, key))
        return found

    def error_at_line(self, line: int, told: str) -> DocumentError:
        return DocumentError(f"{self.path.name}, line {line}: {told}")

    def error(self, place: Place, told: str) -> DocumentError:
        """At the line of the value at `place`, or of what it belongs to."""
        while place not in self.lines:
            place = place[:-1]
        return self.error_at_line(self.lines[place], told)

    def as_a(self, kind: type[T]) -> T:
        """Raises DocumentError where the values are no `kind`."""
        try:
            return msgspec.convert(self.values, kind)
        except msgspec.ValidationError as error:
            told, _, path = str(error).partition(" - at `")
            place = tuple(place_of(path))
            unknown = re.search(r"unknown field `(.+)`", told)
            raise self.error((*place, unknown[1]) if unknown else place, f"{told}{at(place)}.") from error


def scalar(node: yaml.Node) -> Any:
    """The value of one word; what is neither number nor yes or no, such as a date, stays text."""
    if not isinstance(node, yaml.ScalarNode):
        return f"({node.id})"
    try:
        value = yaml.constructor.SafeConstructor().construct_object(node)
    except (yaml.YAMLError, ValueError):  # a tag of one's own
        return node.value
    return value if isinstance(value, bool | int | float | None) else node.value


def place_of(path: str) -> Iterator[str | int]:
    """("steps", 2, "text") of msgspec's "$.steps[2].text"; it ends at a key that msgspec does not name."""
    for name, number in STEP_OF_PATH.findall(path.removesuffix("`")):
        if number == "...":
            return
        yield name or int(number)


def at(place: Place) -> str:
    """Which part is meant, in a person's words: " (in step 2, choice 1, text)"."""
    words = []
    for before, each in zip(("", *place), place, strict=False):
        if isinstance(each, int):
            words.append(f"{str(before).removesuffix('s')} {each + 1}")
        elif not (each in LISTS and len(words) < len(place) - 1):
            words.append(str(each))
    return f" (in {', '.join(words)})" if words else ""
