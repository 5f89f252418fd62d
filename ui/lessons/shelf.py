"""The lessons of the folder `lessons`, read anew when one of its files has changed."""

from dataclasses import dataclass
from pathlib import Path

from ae_core.lessons import shelf
from ae_core.lessons.shelf import Shelved, Words
from ui.shell.memory import kept
from ui.shell.theme import plain

FOLDER = Path(__file__).resolve().parent.parent.parent / "lessons"


@dataclass(frozen=True)
class Shelf:
    """words: by language."""

    lessons: list[Shelved]
    words: dict[str, Words]

    def get(self, lesson_id: str) -> Shelved | None:
        return next((each for each in self.lessons if each.id == lesson_id), None)

    def finished_words(self, lesson_id: str) -> str:
        """What is said once a lesson is finished, in its language."""
        found = self.get(lesson_id)
        if found is None or found.lesson is None:
            return ""
        return self.words[found.lesson.language].finished.format(lesson=plain(found.lesson.title))


def read() -> Shelf:
    """Raises DocumentError where the words around lessons cannot be read."""
    return read_as_it_is(stamp())


def stamp() -> tuple[tuple[str, int], ...]:
    """Changes with any file: a teacher sees at once what was written."""
    return tuple((path.name, path.stat().st_mtime_ns) for path in sorted(FOLDER.glob("*.yaml")))


@kept(entries=2)
def read_as_it_is(stamp: tuple[tuple[str, int], ...]) -> Shelf:  # noqa: ARG001
    words = shelf.read_words(FOLDER)
    return Shelf([checked(each, words) for each in shelf.read_shelf(FOLDER)], words)


def checked(shelved: Shelved, words: dict[str, Words]) -> Shelved:
    if shelved.lesson is None or shelved.lesson.language in words:
        return shelved
    told = f"{shelf.WORDS} has no words for the language {shelved.lesson.language!r}."
    return Shelved(shelved.id, shelved.number, None, told)
