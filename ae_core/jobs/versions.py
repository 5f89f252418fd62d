"""Whether another machine has this version of the lab, and what a person is told where it has not."""

from pydoc import locate

from ae_core import __version__

# Asked of other machines by this pair, which is there where the lab is not: `ask(VERSION)`, None for no lab.
ask = locate
VERSION = "ae_core.__version__"


def is_fit(found: object) -> bool:
    return found == __version__


def refusal(who: str, found: object, command: str) -> str:
    """What is the matter with `who`, which has the version `found`, and what to do. command: to start it."""
    has = f"version {found} of the lab" if isinstance(found, str) else "no autoencoder-lab, or one before 0.2"
    return (
        f"{who} has {has}, and {__version__} is needed. Install version {__version__} of autoencoder-lab "
        f"there, then start it with `autoencoder-lab {command}`."
    )
