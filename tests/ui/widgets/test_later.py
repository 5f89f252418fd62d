"""What is shown once it is known, on a page that has gone on."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from ui.widgets import later


class RerunError(Exception):
    pass


def fragments(monkeypatch: pytest.MonkeyPatch) -> list[tuple]:
    """The fragments that are made, each with the pace at which Streamlit would run it again."""
    made: list[tuple] = []

    def fragment(look, run_every):
        made.append((look, run_every))
        return look

    def rerun() -> None:
        raise RerunError

    monkeypatch.setattr(later, "st", SimpleNamespace(fragment=fragment, rerun=rerun))
    return made


def answers(*of: bool) -> Iterator[bool]:
    yield from of


def test_what_is_known_is_shown_and_not_looked_for_again(monkeypatch):
    made, drawn = fragments(monkeypatch), []
    later.show(lambda: True, drawn.append)
    assert drawn == [True]
    assert made[0][1] is None


@pytest.mark.parametrize(("known", "first"), [((False, False, False), False), ((False, True), True)])
def test_what_comes_later_ends_the_looking_but_not_as_the_page_is_drawn(
    monkeypatch, known: tuple[bool, ...], first: bool
):
    made, drawn, looks = fragments(monkeypatch), [], answers(*known, True)
    later.show(lambda: next(looks), drawn.append, 0.5)
    look, pace = made[0]
    assert (drawn, pace) == ([first], 0.5)
    for _ in known[2:]:
        look()
    with pytest.raises(RerunError):
        look()
    assert True not in drawn[1:]
