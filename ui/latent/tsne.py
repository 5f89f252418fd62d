"""The t-SNE map of the Latent page: asked for, watched while a worker fits it, and read when it is there."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from ae_core.errors import LabError
from ae_core.jobs.states import State
from ae_core.latent import tsne
from ae_core.runs.service import shared_service
from ae_core.studies.map_service import ProjectionService
from ae_core.studies.maps import StoredProjection
from ae_core.words import counted, duration
from ui.latent.codes import Codes
from ui.shell import cached
from ui.shell.memory import kept
from ui.shell.theme import plain

REFRESH_SECONDS = 1.0
REFUSED = "map refused"
MEANING = (
    "t-SNE lays codes out so that near ones stay near. Groups stand out; their sizes and the distances "
    "between them mean little."
)


@cached.of_model(entries=48)
def fingerprint(reference: str, dataset: str) -> str:
    return tsne.fingerprint(cached.model(reference).model, cached.digits(dataset).fingerprint)


def service() -> ProjectionService:
    return ProjectionService(shared_service(), cached.store())


def stored(codes: Codes) -> StoredProjection:
    return service().store.get(fingerprint(*codes.key))


def places(codes: Codes) -> np.ndarray | None:
    """The finished map of these codes, [N, 2]; None where there is none yet."""
    found = stored(codes).places()
    return found if found is not None and len(found) == len(codes.test) else None


def is_under_way(codes: Codes) -> bool:
    state = service().state(stored(codes))
    return state is not None and state.is_active


def place_of(codes: Codes, code: np.ndarray, finished: np.ndarray) -> np.ndarray:
    """Where another code [d] belongs on the finished map, [2]."""
    return added(fingerprint(*codes.key), code, codes.test, finished)


@kept(
    entries=64,
    spinner="Looking for your drawing's place",
    key=lambda fingerprint, code, _codes, _places: (fingerprint, code.tobytes()),
)
def added(fingerprint: str, code: np.ndarray, codes: np.ndarray, places: np.ndarray) -> np.ndarray:  # noqa: ARG001
    """fingerprint: the map's, which stands for its codes and places."""
    return tsne.place(codes, places, code[None])[0]


def show_request(codes: Codes) -> None:
    """In place of a map that is not there: how it is asked for, or how far it is."""
    projection = stored(codes)
    state = service().state(projection)
    if state is not None and state.is_active:
        progress, buttons = st.columns([4, 2], vertical_alignment="center")
        with progress:
            st.fragment(watch, run_every=REFRESH_SECONDS)(codes, state)
        with buttons.container(horizontal=True):
            button("Pause", ":material/pause:", service().pause, projection)
            button("Cancel", ":material/close:", StoredProjection.delete, projection)
        return
    show_why_not(projection, state)
    if state is not None and state.can_resume and projection.progress().iteration:
        with st.container(horizontal=True):
            button("Resume", ":material/play_arrow:", service().resume, projection)
            button("Delete", ":material/delete:", StoredProjection.delete, projection)
        return
    st.markdown(
        f"{MEANING} This map is not there yet. To compute it takes some seconds for 1,000 digits, a minute "
        "or more for 10,000, and once; until then, the principal components are shown."
    )
    st.button(
        "Compute the t-SNE map" if state is None else "Compute it again",
        icon=":material/scatter_plot:",
        type="primary",
        on_click=start,
        args=(codes,),
    )


def button(
    name: str, icon: str, act: Callable[[StoredProjection], None], projection: StoredProjection
) -> None:
    st.button(name, icon=icon, key=f"map {name}", on_click=try_to, args=(lambda: act(projection),))


def show_why_not(projection: StoredProjection, state: State | None) -> None:
    if refusal := st.session_state.pop(REFUSED, ""):
        st.error(refusal)
    elif state is State.FAILED:
        st.error(plain(projection.message()))
    elif state is State.INTERRUPTED:
        kept = " What it had computed is kept." if projection.progress().iteration else ""
        st.warning(f"Its worker is gone.{kept}")
    elif state in (State.PAUSED, State.STOPPED):
        done = progress_text(projection, state)
        st.info(f"{done} · {state}. {plain(projection.message())}".strip())


def start(codes: Codes) -> None:
    if not codes.view.is_present:  # the map would be kept as another model's
        st.session_state[REFUSED] = (
            "The model has been trained on in the meantime; this is its present state."
        )
        return
    try_to(lambda: service().start(fingerprint(*codes.key), codes.test))


def try_to(act: Callable[[], None]) -> None:
    try:
        act()
    except LabError as error:
        st.session_state[REFUSED] = plain(str(error))
    except OSError as error:
        st.session_state[REFUSED] = f"The map cannot be stored: {error.strerror or error}."


def watch(codes: Codes, shown: State) -> None:
    projection = stored(codes)
    state = service().state(projection)
    if state is not shown:
        st.rerun()
    progress = projection.progress()
    st.progress(progress.iteration / max(progress.iterations, 1), text=progress_text(projection, state))


def progress_text(projection: StoredProjection, state: State) -> str:
    if trouble := shared_service().trouble:
        return trouble
    if state is State.QUEUED:
        queue = shared_service().queue()
        place = None if queue is None else queue.place(projection.id)
        if not place:
            return "t-SNE: the worker takes it up now"
        return f"t-SNE: waiting, {counted(place, 'job')} before it"
    progress = projection.progress()
    if not progress.iteration:
        return "t-SNE: finding the nearest neighbours of every code"
    return (
        f"t-SNE: iteration {progress.iteration} of {progress.iterations} · "
        f"{duration(progress.seconds)} so far"
    )
