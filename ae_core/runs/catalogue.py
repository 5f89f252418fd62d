"""One kind of name for every model: `zoo:dense-32`, `pca:mnist-8`, or the id of a run."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from ae_core import zoo
from ae_core.data.digits import Digits
from ae_core.data.overlap import ZOO
from ae_core.data.own.store import OwnData
from ae_core.data.sources import SHIPPED, data_status, load_digits
from ae_core.errors import NotFoundError, NotReadyError
from ae_core.models.config import ModelConfig
from ae_core.models.linear_baseline import LinearBaseline
from ae_core.models.network import Network
from ae_core.runs.run import Listed, Run
from ae_core.runs.store import RunStore
from ae_core.scores.detector import Detector, OnProgress
from ae_core.scores.detector_file import cache_for

ZOO_PREFIX, BASELINE_PREFIX = "zoo:", "pca:"
BASELINE_DIMS = (2, 8, 32)  # offered in lists; any other opens too


@dataclass(frozen=True, eq=False)
class TrainedModel:
    """A model that is ready to work, and where it comes from.

    model: fp32, on the CPU, in evaluation mode. trained_on: "zoo", or the data set of the run; see
    ae_core/data/overlap.py for what it has therefore seen. classes: the digits that it was trained on, () for
    all: no other is normal for it. caution: what a person must know where it has learned nothing, else "".
    fingerprint: of the data set of a run, else "".
    """

    reference: str
    title: str
    model: Network
    trained_on: str
    config: ModelConfig
    classes: tuple[int, ...] = ()
    caution: str = ""
    fingerprint: str = ""

    def is_of(self, digits: Digits) -> bool:
        """Whether it was trained on this data set, which may be kept by another name now."""
        return self.trained_on == digits.name or self.fingerprint == digits.fingerprint

    def classes_in(self, digits: Digits) -> tuple[int, ...]:
        """The classes of `digits` that are normal for it, () for all: those of another kind of images are."""
        is_of_digits = self.trained_on in (ZOO, *SHIPPED) and digits.name in SHIPPED
        return self.classes if is_of_digits or self.is_of(digits) else ()

    def detector(
        self,
        digits: Digits,
        score: str | Iterable[str] | None,
        *,
        most_calibration: int | None = None,
        on_progress: OnProgress = lambda _: None,
    ) -> Detector:
        """Fitted on the training digits of the model's classes, calibrated on the validation digits, and kept
        on disk. most_calibration: how many of these at most, where time is short.
        """
        normal = digits.only(self.classes_in(digits))
        calibration = normal.validation.images[:most_calibration]
        return Detector(self.model, score).fit(
            normal.train.images, calibration, on_progress=on_progress, cache=cache_for(digits)
        )


def is_run(reference: str) -> bool:
    """Whether `reference` is the id of a run, which a person can rename, continue and delete."""
    return not reference.startswith((ZOO_PREFIX, BASELINE_PREFIX))


def references(
    runs: Iterable[Listed],
    has_mnist: bool | None = None,
    most_runs: int | None = None,
    own: Iterable[str] = (),
) -> list[str]:
    """What `open_model` opens: the zoo, baselines, then those of the runs that have a model.

    has_mnist: whether full MNIST is here, where that is known; to find it out reads all of it. most_runs: no
    more than so many runs. own: own data sets whose baselines are wanted too.
    """
    has_mnist = data_status()["mnist"] if has_mnist is None else has_mnist
    fitted_on = ("mnist" if has_mnist else "embedded", *own)
    return [
        *(f"{ZOO_PREFIX}{name}" for name in zoo.names()),
        *(f"{BASELINE_PREFIX}{dataset}-{dim}" for dataset in fitted_on for dim in BASELINE_DIMS),
        *[each.id for each in runs if each.has_model][:most_runs],
    ]


def open_model(reference: str, store: RunStore) -> TrainedModel:
    """The model called `reference`, read anew.

    Raises NotFoundError where there is no such model or run, NotReadyError where the run has no model yet,
    and WeightsError for a damaged file.
    """
    if reference.startswith(ZOO_PREFIX):
        return open_zoo(reference)
    if reference.startswith(BASELINE_PREFIX):
        return open_baseline(reference)
    return open_run(store.get(reference))


def open_run(run: Run) -> TrainedModel:
    """Raises as `open_model` does."""
    model, config = run.model(), run.config()
    about = config.classes, run.caution(), config.fingerprint
    return TrainedModel(run.id, run.name, model, config.dataset, model.config, *about)


def open_zoo(reference: str) -> TrainedModel:
    name = reference.removeprefix(ZOO_PREFIX)
    model = zoo.load(name)
    return TrainedModel(reference, zoo.card(name)["title"], model, ZOO, model.config)


def open_baseline(reference: str) -> TrainedModel:
    dataset, _, latent_dim = reference.removeprefix(BASELINE_PREFIX).rpartition("-")
    is_known = dataset in SHIPPED or OwnData().has(dataset)
    if not is_known or not latent_dim.isdecimal():
        raise NotFoundError(
            f"There is no baseline {reference[:80]!r}; {BASELINE_PREFIX}{SHIPPED[0]}-8 would be the first "
            f"8 principal components of {SHIPPED[0]}."
        )
    digits = load_digits(dataset)
    model = LinearBaseline.fit(digits, int(latent_dim))
    title = f"PCA, {latent_dim} components"
    return TrainedModel(reference, title, model, dataset, model.config, fingerprint=digits.fingerprint)


def trained_on_class(trained: TrainedModel, digits: Digits, label: int) -> str:
    """A sentence for a person where the model was trained on this class of `digits`, which it then is no test
    for; else "".
    """
    classes = trained.classes_in(digits)
    is_foreign = bool(digits.class_names) and not trained.is_of(digits)
    if (classes and label not in classes) or is_foreign:
        return ""
    name = digits.class_name(label)
    called = f"{name}" if digits.class_names else f"the {name}"
    return f"This model was trained on {called} too: for it {digits.one_of(label)} is normal, not an anomaly."


def load_model(reference: str) -> Network:
    """The network called `reference`: zoo:dense-32, pca:mnist-8, or the id of a run of the user's own store.

    In fp32, on the CPU and in evaluation mode. Raises NotFoundError for one that is not there.

    >>> load_model("zoo:dense-32").config.latent_dim
    32
    """
    return open_model(reference, RunStore()).model


def weights_of(reference: str, runs: RunStore) -> str:
    """What changes when the model called `reference` does: a run that goes on, a zoo that is built again.

    Raises NotFoundError for a model that is not there.
    """
    if reference.startswith(ZOO_PREFIX):
        return zoo.card(reference.removeprefix(ZOO_PREFIX))["file"]["sha256"][:16]
    if reference.startswith(BASELINE_PREFIX):
        return ""  # fixed by its name and the data set
    data = runs.get(reference).folder.read("model.safetensors")
    if data is None:
        raise NotReadyError(f"The run {reference} has no model yet.")
    return hashlib.sha256(data).hexdigest()[:16]
