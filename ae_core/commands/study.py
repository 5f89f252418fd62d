"""A study carried out by the command line: its parts one after another, with a bar on stderr."""

import secrets
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from ae_core.commands.train import stop_on_interrupt

if TYPE_CHECKING:
    from ae_core.studies.parts import Part
    from ae_core.studies.records import PartRecord
    from ae_core.studies.store import StudyStore
    from ae_core.studies.study import Study
    from ae_core.training.loop import EpochResult


def carry_out_parts(
    store: "StudyStore", study: "Study", device: str, is_over: Callable[["Part", "PartRecord"], None]
) -> bool:
    """Calls `is_over` with each part as soon as it is; returns whether a person broke it off."""
    from ae_core.jobs.states import Action

    count, (first, *_) = len(study.parts), study.parts
    epochs, unit = (first.train.epochs, "epoch") if first.train else (1, "part")
    with tqdm(total=count * epochs, unit=unit, file=sys.stderr) as bar:
        for place, (part, record) in enumerate(store.records(study), start=1):
            bar.set_description(f"{place} of {count}: {part.name}")
            record.ensure(part)
            with stop_on_interrupt(record) as interrupts:
                carry_out_part(record, device, bar)
            bar.update(place * epochs - bar.n)
            is_over(part, record)
            if interrupts:
                store.save(replace(study, requested=Action.STOP))  # or a page that looks at it would go on
                return True
    return False


def carry_out_part(record: "PartRecord", device: str, bar: "tqdm[Any]") -> None:
    from ae_core.jobs.states import Action, State
    from ae_core.studies.execution import carry_out

    if record.state() is State.FINISHED:
        return

    def epoch_done(_: "EpochResult") -> None:
        bar.update()

    record.request(Action.RUN)
    carry_out(record, secrets.token_hex(8), device=device, on_epoch=epoch_done)
