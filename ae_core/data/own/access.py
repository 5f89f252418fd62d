"""Who asks for data: what a visitor keeps for the session alone is there for that visitor and nobody else.

A terminal, a worker and the threads of a server ask for the machine, which has all of it. A server tells of
each page and each answer which visitor asks.
"""

from collections.abc import Callable

Asking = Callable[[], str | None]
MACHINE = None


def of_machine() -> str | None:
    return MACHINE


_asking: Asking = of_machine


def tell_by(asking: Asking) -> None:
    """Has `asking` say who asks at the moment: a visitor, or MACHINE."""
    global _asking
    _asking = asking


def may_see(visitor: str) -> bool:
    """Whether whoever asks may see what is kept for `visitor` alone, or for everybody if that is empty."""
    return not visitor or _asking() in (MACHINE, visitor)
