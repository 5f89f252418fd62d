"""What a model was trained on: whether it is still there, and what that means for what it is shown."""

from ae_core.data.digits import Digits
from ae_core.data.overlap import ZOO
from ae_core.data.own.record import OwnRecord, is_of_session, spoken_name
from ae_core.data.own.store import OwnData
from ae_core.data.sources import SHIPPED
from ae_core.errors import LabError
from ae_core.runs.catalogue import TrainedModel
from ae_core.runs.run import Listed
from ae_core.runs.store import RunStore


def needing(record: OwnRecord, runs: RunStore) -> list[Listed]:
    """The runs that were trained on these very images, newest first, those of studies too."""
    return [each for each in runs.listed(of_studies=True) if each.config.fingerprint == record.fingerprint]


def fate_of_data(dataset: str, fingerprint: str) -> str:
    """A sentence where the data set of a run was deleted or is another now, else an empty text."""
    if dataset in (ZOO, *SHIPPED):
        return ""
    own = OwnData()
    if own.find(fingerprint):  # by another name, perhaps
        return ""
    if is_of_session(dataset):
        return (
            f"The data set {spoken_name(dataset)} that it was trained on is there for whoever brought it, "
            "until that session ends. Here it is shown with other images, and cannot go on."
        )
    if not own.has(dataset):
        return (
            f"The data set {dataset} that it was trained on (fingerprint {fingerprint}) was deleted. Import "
            "it again under that name to go on with it."
        )
    try:
        found = own.record(dataset).fingerprint
    except LabError as error:
        return str(error)
    return (
        f"The data set {dataset} has changed since it was trained: its fingerprint was {fingerprint} and is "
        f"{found} now. Errors on it are those of other images."
    )


def foreign_note(trained: TrainedModel, shown: Digits) -> str:
    """A sentence where a model is shown images of another kind than it was trained on, else an empty text."""
    of_digits = trained.trained_on in (ZOO, *SHIPPED)
    if trained.is_of(shown) or (of_digits and shown.name in SHIPPED):
        return ""
    own, here = "MNIST's digits" if of_digits else spoken_name(trained.trained_on), spoken_name(shown.name)
    return (
        f"This model was trained on {own}, not on {here}: all that is shown is foreign to it. Train "
        f"one on {here}, or take its principal components (PCA) as the model in view."
    )
