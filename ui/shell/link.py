"""What a page's URL holds: one list of fields a page, adopted when it is opened and written as they change.

A page declares its fields once, before it draws a control:

    link.adopt([link.choice("order", "order", ORDERS, "Order"), ...])

From then on each has its value in the session, where the control with the same key finds it, and the URL says
all of them. What it cannot say, an unknown option or a number out of range, is named and replaced.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from ae_core.config import Rule, between, whole
from ui.shell import browser, hidden, navigation
from ui.shell.hidden import BETWEEN
from ui.shell.theme import plain

HELD = "fields of the page's URL"
SAID = "what the URL said last"
NOTHING = "none"
NOWHERE = "no field"  # the key of a field that the present choice of another does not ask for
LONGEST_SHOWN = 80


@dataclass(frozen=True, eq=False)
class Field:
    """A value that a URL holds. read: a text as the value, ValueError if it is none; write: the reverse.

    name: in the URL; key: where the session has it, a function where that depends on another field;
    called: what the page calls it; allowed: what it may be, in words. usual: the value of a URL that has
    none; None where the page has its own way to one. get, put: in place of the session's key.
    is_control: whether it can be taken off the page without a result.
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
        try:
            value = self.read(text)
        except (ValueError, OverflowError):
            return (
                f"{self.called} must be {self.allowed}, and the URL says {plain(repr(text[:LONGEST_SHOWN]))}."
            )
        if self.put:
            self.put(value)
        elif self.place != NOWHERE:
            st.session_state[self.place] = value
        return None


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

    return Field(name, key, called, f"{NOTHING}, or some of {among(known)}", read, write, usual)


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


@dataclass(frozen=True, eq=False)
class Held:
    page: str
    fields: tuple[Field, ...]


def held() -> tuple[Field, ...]:
    """The fields of the page that is drawn; none where it has declared none."""
    found = st.session_state.get(HELD)
    return found.fields if found and found.page == navigation.here().path else ()


def adopt(fields: Iterable[Field]) -> None:
    """Takes over what the URL says that it did not say last; to be called before the page's controls.

    A control that the visitor has just moved wins: the browser may have sent that with the URL of before.
    """
    is_here, fields = bool(held()), tuple(fields)
    for field in fields:
        if field.usual is not None:
            st.session_state.setdefault(field.place, field.usual)
    st.session_state[HELD] = Held(navigation.here().path, fields)
    said = st.session_state.setdefault(SAID, {})
    if not is_here or not any(field.text() != said.get(field.name, field.text()) for field in fields):
        take(field for field in fields if st.query_params.get(field.name) not in (None, said.get(field.name)))
    take_off()


def take(asked: Iterable[Field]) -> None:
    """Takes over what the URL says, if it is anything new: all of it, for one may depend on another."""
    if not list(asked):
        return
    wrong = {}
    for field in held():
        given = st.query_params.get(field.name)
        if given not in (None, field.text()) and (complaint := field.take(given)):
            wrong[field] = complaint
    for field, complaint in wrong.items():
        st.warning(f"{complaint} Showing {field.text() or 'the usual'} instead.")
    browser.correct({field.name: field.text() for field in wrong})


def take_off() -> None:
    """Leaves out the controls that the URL hides."""
    hidden.take_off({field.name: field.place for field in held() if field.is_control})


def write() -> None:
    """Has the URL say what the session holds; another value is a step back."""
    values = {field.name: field.text() for field in held()}
    st.session_state.setdefault(SAID, {}).update(values)
    browser.write(values)
    take_off()  # another choice may have brought other controls


def is_news(name: str, told: object) -> bool:
    """Whether a part in the browser tells something else than last; if not, a URL may have told more."""
    key = f"last told of {name}"
    before, st.session_state[key] = st.session_state.get(key), told
    return told != before
