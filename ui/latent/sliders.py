"""Sliders along the principal components: their code is decoded while they move, in the browser if it can."""

from pathlib import Path

import numpy as np
import streamlit as st

from ae_core.latent.geometry import PrincipalAxes
from ae_core.words import percent, three_digits
from ui.latent.codes import Codes, adopted, representatives
from ui.pictures import mosaic
from ui.shell import controls, link, shell
from ui.widgets import in_browser, show

SLIDERS_A_ROW = 4
NEAR_REAL = "Near a real digit"  # a button
MOUNTED = "code-sliders"
READ = {kind: Path(__file__).with_name(f"sliders.{kind}").read_text() for kind in ("html", "js")}
CSS = controls.CSS + Path(__file__).with_name("decoder.css").read_text()

mount = st.components.v2.component("code_sliders", css=CSS, **READ)


@shell.fragment
def show_sliders(codes: Codes) -> None:
    if reason := in_browser.why_not(codes.view):
        st.caption(f"{reason} {in_browser.INSTEAD}")
        show_by_server(codes)
    else:
        show_in_browser(codes)
    st.caption(codes.view.digits.say(help_on_digits(len(codes.axes.axes), codes.size)))


def key_of(number: int) -> str:
    """Where the session holds the place along a component, whoever decodes."""
    return f"direction {number}"


def places(found: PrincipalAxes) -> np.ndarray:
    """Where the sliders stand, float [k], within their ranges: another model may have had others."""
    asked = [st.session_state.get(key_of(number), 0.0) for number in range(len(found.axes))]
    return np.clip(asked, found.low, found.high)


def is_used(found: PrincipalAxes, number: int) -> bool:
    """Whether digits differ along that component."""
    return bool(found.high[number] - found.low[number] >= 1e-6)


def help_on_digits(sliders: int, size: int) -> str:
    """What a press is, and what is lost between a digit's code, of `size` values, and the sliders."""
    told = f"**{NEAR_REAL}** takes the code of a random training digit, cut to the sliders' ranges."
    if sliders < size:
        return (
            f"{told} Its code has {size} values; what these {sliders} components do not hold is the mean's."
        )
    return told


# -- in the browser


def show_in_browser(codes: Codes) -> None:
    keep(st.session_state.get(MOUNTED, {}).get("places"))
    found, around = codes.axes, representatives(*codes.key)
    used = [number for number in range(len(found.axes)) if is_used(found, number)]
    mount(
        data={
            **in_browser.model_for(codes.view),
            "mean": in_browser.floats(found.mean),
            "axes": in_browser.floats(found.axes),
            "labels": {number: label(found, number) for number in used},
            "low": found.low.tolist(),
            "high": found.high.tolist(),
            "places": places(found).tolist(),
            "adopted": adopted(),
            "known": in_browser.floats(found.places(around.codes)),
            "beyond": in_browser.floats(found.beyond(around.codes)),
            "usual": around.usual,
            "near": codes.view.digits.say(NEAR_REAL),
        },
        key=MOUNTED,
        on_places_change=lambda: None,  # its state is read when the page is drawn
        on_cannot_change=in_browser.give_up,
    )


def label(found: PrincipalAxes, number: int) -> str:
    return f"PC {number + 1}: {percent(found.share[number])}"


def keep(told: object) -> None:
    """What a browser says of its sliders: any browser can say anything."""
    if (
        link.is_news(MOUNTED, told)
        and isinstance(told, list)
        and all(isinstance(each, int | float) for each in told)
    ):
        set_sliders(np.array(told, float))


def set_sliders(wanted: np.ndarray) -> None:
    for number, place in enumerate(np.nan_to_num(wanted)):
        st.session_state[key_of(number)] = float(place)


# -- by the server


def show_by_server(codes: Codes) -> None:
    found = codes.axes
    count = len(found.axes)
    with st.container(horizontal=True):
        st.button(
            "Centre", icon=":material/filter_center_focus:", on_click=set_sliders, args=(np.zeros(count),)
        )
        st.button(
            codes.view.digits.say(NEAR_REAL),
            icon=":material/shuffle:",
            on_click=lambda: set_sliders(found.places(random_code(codes)[None])[0]),
        )
    picture, controls = st.columns([1, 3], gap="medium")
    with controls:
        for start in range(0, count, SLIDERS_A_ROW):  # row by row, so that a phone shows them in their order
            columns = st.columns(min(SLIDERS_A_ROW, count))
            for number in range(start, min(start + SLIDERS_A_ROW, count)):
                slider(found, number, columns[number - start])
    code = found.codes(places(found)[None])[0]
    with picture:
        show.picture(mosaic.ink_tiles(codes.decode(code[None]))[0], "decoded", width="stretch")
        show_distance(codes, code)


def show_distance(codes: Codes, code: np.ndarray) -> None:
    around = representatives(*codes.key)
    distance = three_digits(around.distance(code))
    of = f"the nearest of {len(around.codes)} training codes"
    if around.distance(code) > around.usual:
        st.warning(
            f"Far from every real code: {distance} to {of}, at most {three_digits(around.usual)} is usual."
        )
    else:
        st.caption(f"{distance} to {of}; up to {three_digits(around.usual)} is usual.")


def random_code(codes: Codes) -> np.ndarray:
    known = representatives(*codes.key).codes
    return known[np.random.default_rng().integers(len(known))]


def slider(found: PrincipalAxes, number: int, column) -> None:
    if not is_used(found, number):
        return
    low, high = float(found.low[number]), float(found.high[number])
    st.session_state[key_of(number)] = float(places(found)[number])
    column.slider(label(found, number), low, high, step=(high - low) / 100, key=key_of(number), format="%.2f")
