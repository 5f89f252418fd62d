"""A tab of a browser on the lab, without the browser: it speaks Streamlit's own websocket protocol.

It says what the front end says: the page, the query of its address, the values of widgets that were touched,
the fragment to be run, the large elements that it keeps from earlier. It reads what the front end reads: the
elements with their places, the links between pages, and the clocks of parts that refresh themselves. It tells
nothing of widgets that nobody has touched, and fetches no pictures and no scripts.
"""

import asyncio
import json
import time
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass, replace
from http.cookies import SimpleCookie
from typing import Any

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Origin, Subprotocol

PATIENCE = 60  # seconds until a rerun that does not end is an error
CACHED_FOR = 2  # full runs that a large element which is not shown is kept for, as the front end keeps it
XSRF = "_streamlit_xsrf"
TRIGGERS = "$$STREAMLIT_INTERNAL_KEY_{}__events"
USED = ("slider", "checkbox", "button_group", "selectbox", "number_input", "button", "bidi_component")
LOST = (OSError, WebSocketException, DecodeError, LookupError)  # a time-out is an OSError


@dataclass(frozen=True)
class Rerun:
    """changed: elements that were not there before, or stand for others; complaints: what went wrong."""

    page: str
    act: str
    milliseconds: float
    changed: int
    complaints: tuple[str, ...]


@dataclass(frozen=True)
class Widget:
    """fragment: the part of the page that is run again where this is touched; "": the whole page."""

    id: str
    kind: str
    name: str
    fragment: str
    proto: Any


class Tab:
    """One visitor's; its acts return once the page is whole again, or raise one of LOST."""

    def __init__(self, socket: ClientConnection, url: str, query: str) -> None:
        self.socket, self.url, self.query = socket, url, query
        self.page, self.page_hash = "Home", ""
        self.links: dict[str, tuple[str, str]] = {}  # page -> its hash and the query that the link carries
        self.widgets: dict[str, Widget] = {}
        self.held: dict[str, WidgetState] = {}  # values that were given, told again with each rerun
        self.clocks: dict[str, float] = {}  # fragment -> seconds between its refreshes
        self.places: dict[tuple[int, ...], str] = {}  # -> hash of the element there
        self.cached: dict[str, tuple[Widget | None, int]] = {}  # hash -> what it is, the run that had it last
        self.runs, self.changed = 0, 0
        self.complaints: list[str] = []

    # -- what a visitor does

    async def arrive(self) -> Rerun:
        """Opens Home, and tells that the browser is ready as the lab's own script does there."""
        opened = await self.rerun("arrive")
        browser = self.named("browser")
        ready = WidgetState(id=TRIGGERS.format(browser.id))
        ready.json_trigger_value = json.dumps([{"event": "ready", "value": True}])
        told = await self.rerun("tell", [ready], fragment=browser.fragment)
        return replace(opened, complaints=opened.complaints + told.complaints)

    async def open(self, page: str) -> Rerun:
        """As a click in the sidebar."""
        self.page_hash, self.query = self.links[page]
        self.page = page
        self.places, self.clocks = {}, {}
        # Of the page's own widgets the front end tells nothing more; those of the sidebar were never touched.
        self.held = {}
        return await self.rerun("open")

    async def give(self, act: str, widget: Widget, **value: Any) -> Rerun:
        """Gives a widget a value, which it keeps."""
        state = WidgetState(id=widget.id)
        for field, given in value.items():
            if field.endswith("array_value"):
                getattr(state, field).data.extend(given)
            else:
                setattr(state, field, given)
        if "trigger_value" in value:
            return await self.rerun(act, [state], fragment=widget.fragment)
        self.held[widget.id] = state
        return await self.rerun(act, fragment=widget.fragment)

    async def refresh(self, fragment: str) -> Rerun:
        """What a part of the page that refreshes itself asks for."""
        return await self.rerun("refresh", fragment=fragment, automatic=True)

    def named(self, name: str) -> Widget:
        for each in self.widgets.values():
            if each.name == name:
                return each
        raise LookupError(f"{self.page} shows no {name!r}", *self.complaints)

    # -- the protocol

    async def rerun(
        self, act: str, presses: Iterable[WidgetState] = (), *, fragment: str = "", automatic: bool = False
    ) -> Rerun:
        """Asks for a run of the script and reads until it is finished."""
        message = self.request(fragment, automatic)
        message.rerun_script.widget_states.widgets.extend([*self.held.values(), *presses])
        self.changed, self.complaints = 0, []
        page, began = self.page, time.perf_counter()
        async with asyncio.timeout(PATIENCE):
            await self.socket.send(message.SerializeToString())
            await self.until_finished()
        # Not before: the server may refer to all that it was told of.
        self.cached = {key: each for key, each in self.cached.items() if self.runs - each[1] <= CACHED_FOR}
        return Rerun(page, act, 1000 * (time.perf_counter() - began), self.changed, tuple(self.complaints))

    def request(self, fragment: str, automatic: bool) -> BackMsg:
        message = BackMsg()
        asked = message.rerun_script
        asked.query_string, asked.page_script_hash = self.query, self.page_hash
        asked.fragment_id, asked.is_auto_rerun = fragment, automatic
        asked.cached_message_hashes.extend(self.cached)
        about = asked.context_info
        about.timezone, about.locale, about.color_scheme = "Europe/Berlin", "en-GB", "light"
        about.timezone_offset, about.url, about.is_embedded = -60, self.url, False
        return message

    async def until_finished(self) -> None:
        """A run that ends early, for another run, is no end."""
        has_begun = False
        while True:
            received = await self.socket.recv()
            message = ForwardMsg.FromString(received if isinstance(received, bytes) else received.encode())
            self.take(message)
            has_begun |= message.HasField("new_session")
            is_end = message.WhichOneof("type") == "script_finished"
            if is_end and has_begun and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                return

    def take(self, message: ForwardMsg) -> None:
        match message.WhichOneof("type"):
            case "new_session":
                self.begin(set(message.metadata.run.fragment_ids))
            case "navigation":
                self.page_hash = message.navigation.page_script_hash
            case "page_info_changed":
                self.query = message.page_info_changed.query_string
            case "delta":
                self.show(message, message.hash, found(message.delta))
            case "ref_hash":
                widget, _ = self.cached[message.ref_hash]
                self.show(message, message.ref_hash, widget)
            case "auto_rerun":
                self.clocks[message.auto_rerun.fragment_id] = message.auto_rerun.interval
            case "stop_auto_rerun":
                for fragment in message.stop_auto_rerun.fragment_ids:
                    self.clocks.pop(fragment, None)
            case "page_not_found" | "session_event" as kind:
                self.complaints.append(kind)

    def begin(self, fragments: set[str]) -> None:
        """A run: of the whole page where it is of no fragments."""
        if fragments:
            self.widgets = {key: each for key, each in self.widgets.items() if each.fragment not in fragments}
            return
        self.runs += 1
        self.widgets, self.clocks = {}, {}

    def show(self, message: ForwardMsg, key: str, widget: Widget | None) -> None:
        place = tuple(message.metadata.delta_path)
        self.changed += self.places.get(place) != key
        self.places[place] = key
        if message.metadata.cacheable or key in self.cached:
            self.cached[key] = widget, self.runs
        element = message.delta.new_element
        if element.WhichOneof("type") == "exception" and not element.exception.is_warning:
            self.complaints.append(f"{element.exception.type}: {element.exception.message[:80]}")
        if element.HasField("page_link"):
            link = element.page_link
            self.links[link.label] = link.page_script_hash, link.query_string
        if widget is not None:
            self.widgets[widget.id] = widget
            if getattr(widget.proto, "set_value", False):  # the server has given it another value
                self.held.pop(widget.id, None)


def found(delta: Delta) -> Widget | None:
    """The widget that the delta shows, if it is of a kind that is used here."""
    kind = delta.new_element.WhichOneof("type")
    if delta.WhichOneof("type") != "new_element" or kind not in USED:
        return None
    proto = getattr(delta.new_element, kind)
    if kind == "bidi_component":  # its code and data are large and not needed
        return Widget(proto.id, kind, proto.component_name, delta.fragment_id, None)
    return Widget(proto.id, kind, proto.label, delta.fragment_id, proto)


async def opened(url: str, query: str) -> Tab:
    """A tab that is in touch with the server, in the steps that the front end takes."""
    cookies = await asyncio.to_thread(first_cookies, url)
    token = cookies.get(XSRF, "PLACEHOLDER_AUTH_TOKEN")
    socket = await connect(
        url.replace("http", "ws", 1) + "/_stcore/stream",
        origin=Origin(url),
        subprotocols=[Subprotocol("streamlit"), Subprotocol(token)],
        additional_headers={"Cookie": as_header(cookies)},
        proxy=None,
        max_size=None,
        ping_interval=None,  # browsers send no pings
        open_timeout=PATIENCE,
    )
    return Tab(socket, url, query)


def first_cookies(url: str) -> dict[str, str]:
    """Asks for the server's health and for its settings, as the front end does before it connects."""
    ask = urllib.request.build_opener(urllib.request.ProxyHandler({})).open
    cookies: dict[str, str] = {}
    for path in ("/_stcore/health", "/_stcore/host-config"):
        asked = urllib.request.Request(url + path, headers={"Cookie": as_header(cookies)})
        with ask(asked, timeout=PATIENCE) as answer:
            for each in answer.headers.get_all("Set-Cookie", []):
                cookies |= {name: given.value for name, given in SimpleCookie(each).items()}
    return cookies


def as_header(cookies: dict[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in cookies.items())
