"""What a lesson is: the form that a file of a lesson must have, see docs/teaching.md.

Names in files are the fields' names here. What is wrong in a file is told by `document`, with its line.
"""

from typing import Literal, TypeAlias

import msgspec

from ae_core.document import Piece

DIGITS = tuple(range(10))
LEAST_STEPS, MOST_STEPS = 3, 7
Setting: TypeAlias = bool | int | float | str | tuple[int, ...]
Page: TypeAlias = Literal["home", "train", "digits", "draw", "latent", "tradeoffs", "anomaly"]


# -- numbers that a text names


class Number(Piece, frozen=True):
    """A number that is computed when the text is shown. of: which one, a name in `numbers.NUMBERS`."""

    of: str
    model: str = ""
    other: str = ""
    score: str = "mse"
    digit: int = 0
    count: int = 0
    rate: float = 5.0  # percent
    outlier: str = ""
    source: str = "letters"


# -- parts of the lab, shown in place


class Reconstructions(Piece, frozen=True, tag_field="part", tag="reconstructions"):
    """Test digits above what models make of them. noise, strength: what is done to the digits before;
    run: beneath, what the visitor's run with these settings makes of them."""

    models: tuple[str, ...]
    digits: tuple[int, ...] = DIGITS
    noise: Literal["", "gaussian", "salt_and_pepper", "masked_squares"] = ""
    strength: float = 0.3
    run: dict[str, Setting] = msgspec.field(default_factory=dict)


class Code(Piece, frozen=True, tag_field="part", tag="code"):
    """Test digits, their latent codes and what comes back."""

    model: str
    digits: tuple[int, ...] = DIGITS


class ErrorByClass(Piece, frozen=True, tag_field="part", tag="error by class"):
    """Mean error of each class of test digits under a model."""

    model: str


class ErrorBySize(Piece, frozen=True, tag_field="part", tag="error by size"):
    """Test error against latent dimension: the shipped dense models and PCA.

    detection: beside it, how well letters and scribbles are told from digits.
    """

    detection: bool = False


class LinearBesidePca(Piece, frozen=True, tag_field="part", tag="linear beside PCA"):
    """A linear autoencoder, trained in place: its error, and its directions beside PCA's."""

    view: Literal["errors", "spectrum", "directions"] = "errors"


class FewDigits(Piece, frozen=True, tag_field="part", tag="few digits"):
    """Training and validation error of a network that is trained in place on few digits."""


class LossCurves(Piece, frozen=True, tag_field="part", tag="loss curves"):
    """Losses of the visitor's runs that have these settings. notebook: beside those of the notebook."""

    settings: dict[str, Setting] = msgspec.field(default_factory=dict)
    notebook: bool = False


class Neighbours(Piece, frozen=True, tag_field="part", tag="neighbours"):
    """The training digits nearest to a test digit: in the code, and in the pixels."""

    model: str
    digits: tuple[int, ...] = (4,)


class Interpolation(Piece, frozen=True, tag_field="part", tag="interpolation"):
    """From one digit to another, in the code and in the pixels."""

    model: str
    start: int = 4
    end: int = 9


class Plane(Piece, frozen=True, tag_field="part", tag="plane"):
    """Where the codes of test digits lie, and what every place of the plane decodes to: two values only."""

    models: tuple[str, ...]


class Threshold(Piece, frozen=True, tag_field="part", tag="threshold"):
    """The scores of test digits, with a threshold to move."""

    model: str
    score: str = "mse"


class Outliers(Piece, frozen=True, tag_field="part", tag="outliers"):
    """Named images that are no digits, with score, p-value and verdict. names: see `outliers.OUTLIERS`."""

    model: str
    names: tuple[str, ...]
    scores: tuple[str, ...] = ("mse",)


class Formula(Piece, frozen=True, tag_field="part", tag="formula"):
    """A formula with the numbers of one image in it: the first test digit of a class, or a named outlier.

    of: "layer" and "batch norm" need a dense model, "loss" a variational one; see `scores.formulas.kinds`.
    """

    model: str
    of: Literal["score", "p-value", "error", "bce", "loss", "batch norm", "layer"]
    digit: int = 4
    outlier: str = ""
    score: str = "mse"


class Contest(Piece, frozen=True, tag_field="part", tag="contest"):
    """A model and a score to choose, measured on anomalies held out, and the table of all entries."""


Part: TypeAlias = (
    Reconstructions
    | Code
    | ErrorByClass
    | ErrorBySize
    | LinearBesidePca
    | FewDigits
    | LossCurves
    | Neighbours
    | Interpolation
    | Plane
    | Threshold
    | Outliers
    | Formula
    | Contest
)


# -- what a step asks


class Choice(Piece, frozen=True):
    """An answer. because: what is said of it once it was given."""

    text: str
    because: str
    right: bool = False


class Question(Piece, frozen=True):
    """A prediction, or a question at the end."""

    ask: str
    choices: tuple[Choice, ...]


class WantedRun(Piece, frozen=True):
    """A run of the visitor's with these settings. preset: what "show me" starts, with them.

    finished: it must have ended too.
    """

    settings: dict[str, Setting]
    preset: str = "balanced"
    finished: bool = True


class State(Piece, frozen=True):
    """What the lab must be like for an action to be done. Everything that is named must hold.

    model, score, data: in view; latent_dim: of the model in view; rate: of false alarms in percent, from and
    to; drawing: something is on the canvas of Draw, and "show me" puts this there; few: so many training
    digits are chosen in the part "few digits"; entry: the visitor is in the contest's table.
    """

    model: str = ""
    latent_dim: int = 0
    score: str = ""
    data: str = ""
    rate: tuple[float, float] | None = None
    drawing: Literal["", "digit", "letter", "scribble"] = ""
    run: WantedRun | None = None
    few: int = 0
    entry: bool = False


class Action(Piece, frozen=True):
    """What a person is asked to do. page: where; "" on the page of lessons itself."""

    ask: str
    until: State
    page: Page | Literal[""] = ""


class Then(Piece, frozen=True):
    """What a step shows once its question is answered, or its action done."""

    text: str = ""
    show: Part | None = None


class Step(Piece, frozen=True):
    """One screen of a lesson."""

    title: str
    text: str
    numbers: dict[str, Number] = msgspec.field(default_factory=dict)
    show: Part | None = None
    question: Question | None = None
    action: Action | None = None
    then: Then | None = None


class Lesson(Piece, frozen=True):
    """about: in a sentence, for the list. minutes: how long it takes. language: as in `words.yaml`."""

    title: str
    about: str
    minutes: int
    steps: tuple[Step, ...]
    language: str = "en"
