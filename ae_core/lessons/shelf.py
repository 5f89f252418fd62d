"""All lessons of a folder: one file each, with the words that stand around them.

01-name.yaml      a lesson; its place is in its name
01-name.de.yaml   the same in another language, whose words are in words.yaml
words.yaml        what stands on the buttons around a lesson, in each language
"""

import re
from dataclasses import dataclass
from pathlib import Path

from ae_core.document import Document, Piece
from ae_core.errors import LabError
from ae_core.lessons.lesson import Lesson
from ae_core.lessons.lesson_check import read_lesson

NAME = re.compile(r"(\d\d)-[a-z0-9-]+?(?:\.([a-z]{2}))?")
FILLED_IN = {  # in words around a lesson, what the lab puts in
    "step": ("step", "steps"),
    "minutes": ("minutes",),
    "steps": ("steps",),
    "finished": ("lesson",),
    "open_page": ("page",),
    "reminder": ("lesson", "step"),
}
WORDS = "words.yaml"


@dataclass(frozen=True)
class Shelved:
    """A lesson on the shelf. id: its file's name without the end; number: its place; lesson: None where the
    file is damaged, and fault then says what is wrong with it."""

    id: str
    number: int
    lesson: Lesson | None
    fault: str = ""

    @property
    def original(self) -> str:
        """The id of the lesson that this translates; its own where it is none."""
        return self.id.split(".")[0]


class Words(Piece, frozen=True):
    """What stands around a lesson; FILLED_IN says what is put into which."""

    name: str  # of the language
    step: str
    minutes: str
    steps: str
    start: str
    previous: str
    next: str
    finish: str
    finished: str
    all_lessons: str
    show_me: str
    right: str
    wrong: str
    done: str
    waiting: str
    open_page: str
    reminder: str
    back_to_lesson: str
    leave: str


def read_shelf(folder: Path) -> list[Shelved]:
    """In their order; translations after what they translate."""
    paths = [path for path in sorted(folder.glob("*.yaml")) if path.name != WORDS]
    return sorted((shelved(path) for path in paths), key=lambda each: (each.number, each.id))


def shelved(path: Path) -> Shelved:
    name = path.name.removesuffix(".yaml")
    parts = NAME.fullmatch(name)
    if parts is None:
        told = f"{path.name} is no name of a lesson: call it 11-a-name.yaml, or 11-a-name.de.yaml."
        return Shelved(name, 99, None, told)
    try:
        lesson = read_lesson(Document(path))
        if lesson.language != (parts[2] or "en"):
            told = f"The file's name says {parts[2] or 'en'}, the lesson {lesson.language}."
            return Shelved(name, int(parts[1]), None, f"{path.name}: {told}")
    except LabError as error:
        return Shelved(name, int(parts[1]), None, str(error))
    return Shelved(name, int(parts[1]), lesson)


def read_words(folder: Path) -> dict[str, Words]:
    """By language. Raises DocumentError."""
    document = Document(folder / WORDS)
    found = document.as_a(dict[str, Words])
    for language, words in found.items():
        for name, filled in FILLED_IN.items():
            try:
                getattr(words, name).format(**dict.fromkeys(filled, ""))
            except (KeyError, IndexError, ValueError):
                told = f"Only {', '.join(f'{{{each}}}' for each in filled)} may stand in braces here."
                raise document.error((language, name), told) from None
    return found
