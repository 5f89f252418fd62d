"""What comes in from browsers is looked at before it is kept. All that is private of Streamlit stands here.

Streamlit takes from a client whatever the protocol can carry, for its own front end sends only what its
controls can hold. Anybody may write a client of their own, though.

Values: each is checked against the widget that it is for, as it arrives and when the widget is drawn. One
that no browser could have sent is dropped, and the widget keeps what it had, or its default.

Uploads: Streamlit keeps every file that is sent under a session's id, asked for or not, and frees it when the
session is thrown away, which may be long after its tab was closed. Here a session sends files only while one
of its fields is in view, a few at a time. It holds no other than those in its fields, and those only until
they are read or the tab is closed.
"""

import asyncio
import math
from collections import Counter
from collections.abc import Callable, Iterable
from functools import wraps
from threading import Lock
from typing import Any

import streamlit as st
from starlette.exceptions import HTTPException
from streamlit import runtime
from streamlit.delta_generator import DeltaGenerator
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime import Runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.state.common import WidgetMetadata, unpack_widget_state_value, user_key_from_element_id
from streamlit.runtime.state.session_state import Serialized, SessionState
from streamlit.runtime.uploaded_file_manager import DeletedFile, UploadedFile, UploadedFileRec

LONGEST_TEXT = 10_000  # characters that anybody types
FILES_AT_ONCE = 2  # on their way to one session: one, and another that is chosen in its place
FIELD = "file_uploader_state_value"
NUMBERS = {"int_value", "double_value"}  # a field of whole numbers is known as the one and sends the other
LOCKED = "keys of locked controls"  # in the session
ONE_AT_A_TIME = Lock()

# -- values


def could_be(widget: WidgetMetadata, state: WidgetState) -> bool:
    """Whether a browser that shows the widget could have sent this."""
    kind = state.WhichOneof("value")
    if kind is None:  # it was cleared
        return True
    known = {kind} | (NUMBERS if kind in NUMBERS else set())
    if widget.value_type not in (None, *known):  # None after it was cleared, until it is drawn again
        return False
    try:
        given = unpack_widget_state_value(state)
        return are_finite(state) and is_among(widget, given) and is_whole(widget.deserializer(given))
    except Exception:  # each widget has its own ways to stumble over what it does not expect
        return False


def is_among(widget: WidgetMetadata, given: object) -> bool:
    """Whether what was chosen is among the widget's options, and not more than may be chosen."""
    if widget.formatted_options is None:
        return True
    chosen = [given] if isinstance(given, str) else list(given)
    most = widget.max_array_length or len(widget.formatted_options)
    return len(chosen) <= most and set(chosen) <= set(widget.formatted_options)


def are_finite(state: WidgetState) -> bool:
    return all(map(math.isfinite, (state.double_value, *state.double_array_value.data)))


def is_whole(value: object) -> bool:
    """Whether a selection or a drawing has the shape that its own code gives it, a text some end."""
    match value:
        case {"selection": {"rows": rows}}:
            return isinstance(rows, list) and all(isinstance(row, int) for row in rows)
        case {"selection": selection}:
            points = selection.get("points")
            return isinstance(points, list) and all(isinstance(point, dict) for point in points)
        case {"drawing": {"raw": raw, "data": picture}}:
            strokes = raw is None or isinstance(raw["objects"], list)
            return strokes and isinstance(picture, str | None) and value.get("backgroundFit") is None
        case {"drawing": drawing}:
            return drawing is None
    return not isinstance(value, str) or len(value) <= LONGEST_TEXT


def checked_on_arrival(take: Callable) -> Callable:
    @wraps(take)
    def take_what_could_be(self: SessionState, widget_states: WidgetStates) -> None:
        take(self, widget_states)
        for state in widget_states.widgets:
            widget = self._new_widget_state.widget_metadata.get(state.id)
            if widget is not None and not could_be(widget, state):
                del self._new_widget_state[state.id]

    return take_what_could_be


def checked_when_drawn(register: Callable) -> Callable:
    """For what came before its widget was ever drawn, as after a restart of the server."""

    @wraps(register)
    def register_without_what_cannot_be(self: SessionState, widget: WidgetMetadata, *more: object) -> object:
        held = self._new_widget_state.states.get(widget.id)
        if isinstance(held, Serialized) and not could_be(widget, held.value):
            del self._new_widget_state[widget.id]
        return register(self, widget, *more)

    return register_without_what_cannot_be


SessionState.set_widgets_from_proto = checked_on_arrival(SessionState.set_widgets_from_proto)
SessionState.register_widget = checked_when_drawn(SessionState.register_widget)


# -- locked controls


def lock(keys: Iterable[str]) -> None:
    """Has the controls with these keys drawn so that nobody can move them, and no others."""
    st.session_state[LOCKED] = frozenset(keys)


def locked() -> frozenset[str]:
    return st.session_state.get(LOCKED, frozenset())


def key_of(element: Any) -> str | None:
    """In the session; None for what is no control."""
    return user_key_from_element_id(getattr(element, "id", ""))


def drawn_as_locked(enqueue: Callable) -> Callable:
    @wraps(enqueue)
    def enqueue_locked(self: DeltaGenerator, kind: str, element: Any, *more: Any, **named: Any) -> Any:
        if getattr(element, "disabled", None) is False and key_of(element) in locked():
            element.disabled = True
        return enqueue(self, kind, element, *more, **named)

    return enqueue_locked


DeltaGenerator._enqueue = drawn_as_locked(DeltaGenerator._enqueue)


# -- uploads


class Uploads:
    """Stands between the server's upload route and its store of files."""

    def __init__(self, server: Runtime) -> None:
        self.sessions, self.files = server._session_mgr, server.uploaded_file_mgr
        self.on_their_way: Counter[str] = Counter()
        self.refused: set[str] = set()
        self.disconnect = self.sessions.disconnect_session

    def may_send(self, session_id: str) -> bool:
        """Asked by the upload route before it reads a file's first byte."""
        if not self.sessions.is_active_session(session_id):
            return False
        if not self.fields(session_id):
            raise HTTPException(403, "No field of the page asks for a file.")
        if self.on_their_way[session_id] >= FILES_AT_ONCE:
            self.refused.add(session_id)
            session = self.sessions.get_session_info(session_id).session
            session.request_rerun(session._client_state)  # the page as it is, with a word on it
            raise HTTPException(429, f"At most {FILES_AT_ONCE} files may be on their way at once.")
        self.on_their_way[session_id] += 1
        asyncio.current_task().add_done_callback(lambda _: self.has_ended(session_id))
        return True

    def has_ended(self, session_id: str) -> None:
        self.on_their_way[session_id] -= 1
        self.on_their_way += Counter()  # forgets those with none

    def keep(self, session_id: str, file: UploadedFileRec) -> None:
        """In place of all that the session holds and has in no field."""
        fields = self.fields(session_id) if self.sessions.is_active_session(session_id) else {}
        self.drop(session_id, but=set().union(*fields.values()))
        if not fields:
            raise HTTPException(403, "The page that asked for the file is closed.")
        MemoryUploadedFileManager.add_file(self.files, session_id, file)

    def close(self, session_id: str) -> None:
        """A tab that is closed may come back within a minute; what it has sent and not read may not."""
        self.disconnect(session_id)
        self.refused.discard(session_id)
        self.drop(session_id, but={file.file_id for file in self.held(session_id) if not file.data})

    def fields(self, session_id: str) -> dict[str, set[str]]:
        """Ids of the files in each upload field that the session's page shows, by the field's id."""
        state = self.sessions.get_session_info(session_id).session.session_state
        shown = {*state._old_state, *state._new_widget_state.states}
        widgets = state._new_widget_state.widget_metadata.copy().values()
        return {
            each.id: files_in(state, each.id)
            for each in widgets
            if each.value_type == FIELD and each.id in shown
        }

    def held(self, session_id: str) -> list[UploadedFileRec]:
        return list(self.files.file_storage.get(session_id, {}).values())

    def drop(self, session_id: str, but: set[str]) -> None:
        for file in self.held(session_id):
            if file.file_id not in but:
                self.files.remove_file(session_id, file.file_id)


def files_in(state: SessionState, field: str) -> set[str]:
    """The id of the file that an upload field holds, if any: each field of the lab takes one."""
    sent = state._new_widget_state.states.get(field)
    if isinstance(sent, Serialized):
        told = sent.value.file_uploader_state_value.uploaded_file_info
        return {each.file_id for each in told[:1]}  # a client may tell of thousands
    file = sent.value if sent else state._old_state.get(field)
    return {file.file_id} if file else set()


def guard() -> None:
    """Puts `Uploads` before the server's upload route, once; to be called before anything else is done."""
    server = runtime.get_instance()
    with ONE_AT_A_TIME:
        if hasattr(server, "uploads") or not isinstance(server.uploaded_file_mgr, MemoryUploadedFileManager):
            return  # it is there, or this is a test's page without a server
        server.uploads = uploads = Uploads(server)
        server.is_active_session = uploads.may_send  # the route asks nothing else before it reads
        server.uploaded_file_mgr.add_file = uploads.keep
        server._session_mgr.disconnect_session = uploads.close


def sessions() -> tuple[set[str], set[str]]:
    """Ids of the sessions that the server knows, and of those among them whose tab is connected."""
    if not runtime.exists():
        return set(), set()
    manager = runtime.get_instance()._session_mgr
    known = {each.session.id for each in manager.list_sessions()}
    return known, {each.session.id for each in manager.list_active_sessions()}


def refusal() -> str:
    """Why a file of this visitor's was not taken, once."""
    uploads, session_id = getattr(runtime.get_instance(), "uploads", None), get_script_run_ctx().session_id
    if not isinstance(uploads, Uploads) or session_id not in uploads.refused:
        return ""
    uploads.refused.remove(session_id)
    return (
        f"A file was refused: at most {FILES_AT_ONCE} may be on their way at once. Wait until they are here, "
        "or remove one, and choose it again."
    )


def held(upload: UploadedFile | DeletedFile | None) -> UploadedFile | None:
    """What a field has; None for a file that a client only tells of."""
    return None if isinstance(upload, DeletedFile) else upload


def taken(upload: UploadedFile | DeletedFile | None) -> bytes | None:
    """The bytes of an upload, which is read once: the session then holds its name alone."""
    upload = held(upload)
    if upload is None:
        return None
    data = upload.getvalue()
    context = get_script_run_ctx()
    emptied = UploadedFileRec(upload.file_id, upload.name, upload.type, b"")
    MemoryUploadedFileManager.add_file(context.uploaded_file_mgr, context.session_id, emptied)
    upload.truncate(0)
    return data
