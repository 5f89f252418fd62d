"""The glossary: what each term means, written once in `glossary.yaml` and told wherever the term stands.

Helps of controls, numbers and columns, the options of the command line and the page of lessons all read it.
"""

from functools import lru_cache
from pathlib import Path

from ae_core.document import Document, DocumentError, Piece

FILE = Path(__file__).with_name("glossary.yaml")


class Term(Piece, frozen=True):
    """An entry. formula: LaTeX; page: where in the lab it is met."""

    term: str
    means: str
    formula: str = ""
    page: str = ""


class Glossary(Piece, frozen=True):
    """In the order of the file."""

    terms: tuple[Term, ...]


def terms() -> tuple[Term, ...]:
    """All, as the file has them now. Raises DocumentError."""
    return read(FILE, FILE.stat().st_mtime_ns if FILE.exists() else 0)


@lru_cache(maxsize=1)
def read(file: Path, changed: int) -> tuple[Term, ...]:  # noqa: ARG001
    return Document(file).as_a(Glossary).terms


def explained(term: str, more: str = "") -> str:
    """What the glossary says of `term`, then what a control has to say of its own.

    `more` alone where the file is damaged, which the page of lessons names, or lacks the term.
    """
    try:
        means = next((each.means for each in terms() if each.term == term), "")
    except DocumentError:
        means = ""
    return f"{means} {more}".strip()
