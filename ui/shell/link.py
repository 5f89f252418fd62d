"""What a page's URL holds: fields, adopted when the page is opened and written as they change.

Whoever draws controls declares their fields before them; the sidebar those of all pages, a page its own:

    link.adopt([link.choice("order", "order", ORDERS, "Order"), ...])

From then on each has its value in the session, where the control with the same key finds it, and the URL says
all of them. What it cannot say, an unknown option or a number out of range, is named and replaced.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from ae_core.config import Rule, between, whole
from ae_core.errors import LabError
from ui.shell import browser, navigation, withheld
from ui.shell.theme import plain

HELD = "fields of the page's URL"
SAID = "what the URL said last"
NOTHING, BETWEEN = "none", withheld.BETWEEN
NOWHERE = "no field"  # the key of a field that the present choice of another does not ask for
LONGEST_SHOWN = 80


class RefusedError(ValueError):
    """A text of a URL that is no value, in words of its own. instead: what is taken for it, if anything."""

    def __init__(self, words: str, instead: Any = None) -> None:
        super().__init__(words)
        self.instead = instead


@dataclass(frozen=True, eq=False)
class Field:
    """A value that a URL holds. read: a text as the value, ValueError if it is none; write: the reverse.

    name: in the URL; key: where the session has it, a function where that depends on another field;
    called: what the page calls it; allowed: what it may be, in words. usual: the value of a URL that has
    none; None where the page has its own way to one. get, put: in place of the session's key.
    is_control: whether it can be withheld, and nothing else with it.
    """

    name: str
    key: str | Callable[[], str]
    called: str
    allowed: str
    read: Callable[[str], Any]
    write: Callable[[Any], str | None]
    usual: Any = None
    get: Callable[[], Any] | None = None
    put: Callable[[Any], None] | None = None
    is_control: bool = True

    @property
    def place(self) -> str:
        return self.key if isinstance(self.key, str) else self.key()

    def text(self) -> str | None:
        """What the URL says of the value that the session holds; None for nothing."""
        value = self.get() if self.get else st.session_state.get(self.place)
        return None if value is None else self.write(value)

    def take(self, text: str) -> str | None:
        """Takes a URL's text into the session; a complaint where that cannot be."""
        given = f"and the URL says {shortened(text)}."
        try:
            value, complaint = self.read(text), None
        except RefusedError as error:
            value, complaint = error.instead, str(error)
        except (ValueError, OverflowError):
            return f"{self.called} must be {self.allowed}, {given}"
        if self.place == NOWHERE:
            return f"{self.called} does not go with the other choices, {given}"
        if complaint is None or value is not None:
            self.put_in(value)
        return complaint

    def put_in(self, value: Any) -> None:
        if self.put:
            self.put(value)
        else:
            st.session_state[self.place] = value


def shortened(text: str) -> str:
    """A text of a URL as it is shown to a person."""
    return plain(repr(text[:LONGEST_SHOWN]))


# -- kinds of fields


def choice(name: str, key: str, options: Iterable[Any], called: str, usual: Any = None, **more: Any) -> Field:
    """One of the options, written in small letters with dashes."""
    known = {slug(option): option for option in options}
    return Field(name, key, called, among(known), of_one(known), slug, usual, **more)


def several(
    name: str,
    key: Any,
    options: Iterable[Any],
    called: str,
    usual: Any = None,
    spelled: Callable[[Any], str] | None = None,
) -> Field:
    """Any of the options, none twice. spelled: how one stands in the URL."""
    spelled = spelled or slug
    known = {spelled(option): option for option in options}

    def read(text: str) -> list:
        chosen = [] if text == NOTHING else text.split(BETWEEN)
        if len(set(chosen)) < len(chosen):
            raise ValueError(text)
        return [of_one(known)(each) for each in chosen]

    def write(chosen: Iterable[Any]) -> str:
        return BETWEEN.join(map(spelled, chosen)) or NOTHING

    return Field(name, key, called, f"{NOTHING}, or some of {', '.join(known)}", read, write, usual)


def switch(name: str, key: Any, called: str, usual: bool | None = None) -> Field:
    words = {"yes": True, "no": False}
    return Field(name, key, called, "yes or no", of_one(words), lambda on: "yes" if on else "no", usual)


def number(
    name: str, key: Any, low: float, high: float, called: str, usual: float | None = None, **more: Any
) -> Field:
    return ruled(name, key, between(low, high), float, called, usual, **more)


def count(
    name: str, key: Any, low: int, high: int, called: str, usual: int | None = None, **more: Any
) -> Field:
    """A whole number."""
    return ruled(name, key, whole(low, high), int, called, usual, **more)


def ruled(name: str, key: Any, rule: Rule, kind: type, called: str, usual: Any = None, **more: Any) -> Field:
    """A number that a rule of `ae_core.config` allows. kind: int or float."""

    def read(text: str) -> Any:
        value = kind(text)
        if len(text) > LONGEST_SHOWN or not rule.allows(value):
            raise ValueError(text)
        return value

    return Field(name, key, called, rule.text, read, written, usual, **more)


def words(name: str, key: Any, longest: int, called: str) -> Field:
    """Words of a person, at most so many signs."""

    def read(given: str) -> str:
        if not 0 < len(given) <= longest or not given.isprintable():
            raise ValueError(given)
        return given

    return Field(name, key, called, f"1 to {longest} signs", read, lambda typed: typed or None)


def on_file(name: str, called: str, open_it: Callable[[str], Any]) -> Field:
    """The id of something that is kept: a run, a sweep. open_it: raises LabError where there is none."""

    def read(given: str) -> str:
        try:
            open_it(given)
        except LabError as error:
            raise RefusedError(plain(str(error))) from error
        return given

    return Field(name, name, called, "", read, str, is_control=False)


def of_one(known: dict[str, Any]) -> Callable[[str], Any]:
    def read(given: str) -> Any:
        if given not in known:
            raise ValueError(given)
        return known[given]

    return read


def among(known: Iterable[str]) -> str:
    return f"one of {', '.join(known)}"


def slug(option: Any) -> str:
    """An option as it stands in a URL."""
    return re.sub(r"[^a-z0-9_.]+", "-", str(option).lower()).strip("-")


def written(value: float) -> str:
    """A number so that it is read as the same one."""
    return repr(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(float(value))


# -- a page and its URL


@dataclass(eq=False)
class Held:
    """What a page has declared. page: its path.

    known: what the URL is known to say; follows: whether anything else is news; asked: names that it has
    brought news of.
    """

    page: str
    known: Mapping[str, str | None]
    follows: bool = True
    fields: list[Field] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)


def held() -> list[Field]:
    """The fields of the page that is drawn, those of all pages among them."""
    found = st.session_state.get(HELD)
    return found.fields if found else []


def begin() -> None:
    """To be called as a page begins to be drawn.

    A control that the visitor has just moved wins: the browser may have sent that with the URL of before.
    """
    before, here = st.session_state.get(HELD), navigation.here().path
    said = st.session_state.setdefault(SAID, {})
    is_new = before is None or before.page != here
    follows = is_new or all(each.text() == said.get(each.name, each.text()) for each in before.fields)
    st.session_state[HELD] = Held(here, {} if is_new else said, follows)


def adopt(fields: Iterable[Field]) -> None:
    """Takes over what the URL says that it did not say last; to be called before their controls are drawn."""
    fields, page = tuple(fields), st.session_state[HELD]
    for each in fields:
        if each.usual is not None:
            st.session_state.setdefault(each.place, each.usual)
    page.fields.extend(fields)
    if page.follows and any(is_new(each.name, page.known) for each in fields):
        take(fields, page)  # all of them, for one may depend on another
    withhold()


def is_new(name: str, known: Mapping[str, str | None]) -> bool:
    return st.query_params.get(name) not in (None, known.get(name))


def take(fields: Iterable[Field], page: Held) -> None:
    wrong = {}
    for each in fields:
        given = st.query_params.get(each.name)
        if given in (None, each.text()):
            continue
        page.asked.add(each.name)
        if complaint := each.take(given):
            wrong[each.name] = complaint
    for name, complaint in wrong.items():
        tell(name, complaint)
    correct(*wrong)


def object_to(name: str, complaint: str) -> None:
    """Names what the URL has just asked for, where it turns out only now that it is not there."""
    page = st.session_state.get(HELD)
    if page and name in page.asked:
        tell(name, complaint)


def tell(name: str, complaint: str) -> None:
    shown = values().get(name)
    st.warning(f"{complaint} Showing {shown} instead." if shown else complaint)


def values() -> dict[str, str | None]:
    """What the URL is to say, by names."""
    return {each.name: each.text() for each in held()}


def said(name: str) -> str | None:
    """What the URL said last."""
    return st.session_state.get(SAID, {}).get(name)


def withhold() -> None:
    """Hides and locks the controls that the URL names; before they are drawn, and after other choices."""
    withheld.withhold({each.name: each.place for each in held() if each.is_control})


def write() -> None:
    """Has the URL say what the session holds; another value is a step back."""
    st.session_state.setdefault(SAID, {}).update(values())
    browser.write(values())
    withhold()


def correct(*names: str) -> None:
    """As `write`, but no step: what the URL says of these is nothing to come back to."""
    right = {name: text for name, text in values().items() if name in names}
    st.session_state.setdefault(SAID, {}).update(right)
    browser.correct(right)


def is_news(name: str, told: object) -> bool:
    """Whether a part in the browser tells something else than last; if not, a URL may have told more."""
    key = f"last told of {name}"
    before, st.session_state[key] = st.session_state.get(key), told
    return told != before
