"""How URLs speak of a data set that is kept for a session only: without its title, to its visitor alone."""

import re

from ae_core.data.own.record import OF_SESSION, is_of_session
from ae_core.runs.catalogue import BASELINE_PREFIX
from ui.shell import cached

WORD = "session"


def said(value: str) -> str:
    """A data set or a model in a URL: a link does not even pass the title on."""
    return OF_SESSION.sub(rf"{WORD}-\2", value)


def meant(value: str) -> str:
    """What a URL's value is for this visitor."""
    for name in (each.name for each in cached.own_data() if is_of_session(each.name)):
        if value in (said(name), f"{BASELINE_PREFIX}{said(name)}-{value.rpartition('-')[2]}"):
            return value.replace(said(name), name)
    return value


def why_not(called: str, value: str) -> str:
    """Why a URL cannot have such a data set or model; empty where it asks for another. called: what it is."""
    if not re.fullmatch(rf"({BASELINE_PREFIX})?{WORD}-[0-9a-f]{{8}}(-\d+)?", value):
        return ""
    return (
        f"The {called} that the URL asks for is of images that were kept for one session only: a link does "
        "not pass them on, and they end with that session."
    )
