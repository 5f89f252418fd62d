"""Errors for the person who meets them: what was given, what is allowed, what to do.

Every refusal of the library is a `LabError`; pages and the command line print its text as it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self


class LabError(ValueError):
    """Something the person asked for cannot be done; the text says why and what to do instead.

    >>> from ae_core import load_digits
    >>> try:
    ...     load_digits("letters")
    ... except LabError as error:
    ...     print(error)
    There is no data set 'letters'; choose one of embedded, mnist or auto.
    """


@dataclass(frozen=True)
class Fault:
    """A field that is of the wrong type or out of range. text: what is said of it, "must be ..., got ..."."""

    name: str
    text: str


class ConfigError(LabError):
    """One or more settings are of the wrong type or out of range; the text names each of them.

    faults: the fields that a configuration refuses; empty where something else is wrong.
    """

    def __init__(self, text: str, faults: Sequence[Fault] = ()) -> None:
        super().__init__(text)
        self.faults = tuple(faults)

    @classmethod
    def of(cls, faults: Sequence[Fault]) -> Self:
        """With a text that calls the fields by their names."""
        return cls("; ".join(f"{each.name} {each.text}" for each in faults) + ".", faults)

    def called(self, labels: Mapping[str, str]) -> Self:
        """The same of fields with these labels, by name; a field without one keeps its name."""
        if not self.faults:
            return self
        return self.of([Fault(labels.get(each.name, each.name), each.text) for each in self.faults])


class DataError(LabError):
    """A data set is missing, damaged or incomplete; the text names the file and the remedy."""


class ImageShapeError(LabError):
    """Images of another shape than [N, 28, 28]."""


class PictureError(LabError):
    """An upload that is no picture, or one too large to open."""


class UploadError(LabError):
    """An upload of images that cannot be used: of another kind, damaged, too large or hostile."""


class SeveralArraysError(UploadError):
    """An upload of several arrays of images, of which one must be chosen. arrays: what each is, by name."""

    def __init__(self, text: str, arrays: dict[str, str]) -> None:
        super().__init__(text)
        self.arrays = arrays


class EmptyDrawingError(LabError):
    """A drawing without a stroke on it: there is nothing to score yet."""


class WeightsError(LabError):
    """A weights file that is damaged, foreign to the model or too large."""


class ArchiveError(LabError):
    """A file that cannot be taken in as a run: damaged, hostile, too large or something else."""


class RunError(LabError):
    """What was asked of a run, study, map or model cannot be done; its kinds below say what happened."""


class NotFoundError(RunError):
    """There is nothing of this name, or nothing any more."""


class NotReadyError(RunError):
    """A result that is not there yet, such as the model of a run that has just begun."""


class WrongStateError(RunError):
    """An act that the present state does not allow, such as pausing what has finished."""


class ChangedError(RunError):
    """What the work rests on, a data set or a model, is no longer what it was when the work began."""


class StoreError(LabError, OSError):
    """The place where runs are kept cannot be reached or used; the text names it."""


class DamagedError(RunError):
    """What is on file cannot be read as what it should be; the text names the file."""


class NewerError(DamagedError):
    """What is on file was written by a newer version of the lab, which alone can read it."""


class RecordDeletedError(RunError):
    """What was being worked on has been deleted meanwhile: nothing of it is written any more."""


class TakenOverError(RunError):
    """What was being worked on is in somebody else's hands by now."""


class NotFittedError(LabError):
    """A detector that was not fitted before it was asked."""


class DivergedError(LabError):
    """The loss became NaN or infinite; the last good epoch is kept."""
