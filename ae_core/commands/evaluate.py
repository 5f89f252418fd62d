"""`evaluate` and `score`: what a model makes of the test digits, or of one picture."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ae_core.commands.output import AsJson, show, tell
from ae_core.config import DEFAULT_SCORE
from ae_core.errors import PictureError

if TYPE_CHECKING:
    from ae_core.data.digits import Digits
    from ae_core.runs.catalogue import TrainedModel
    from ae_core.scores.detector import Detector

ANY_MODEL = "A run's id, or a shipped model such as zoo:dense-32."
JudgedOn = Annotated[
    str,
    typer.Option(
        "--dataset",
        help="The data set to calibrate with and to evaluate on. Default: the run's own, or auto.",
    ),
]
FalseAlarmRate = Annotated[float, typer.Option(help="Share of normal digits that may be called anomalies.")]
ScoreName = Annotated[
    str,
    typer.Option(
        "--score",
        metavar="NAME",
        # Written out, for the table of scores would load PyTorch.
        help="The anomaly score: error_and_outline, mse (the reference notebook's), error_per_ink, "
        "largest_local_error, local_error_per_ink, neighbour_distance, mahalanobis, local_outlier_factor, "
        "sap, nap, negative_elbo (of variational models), pca_residual, pixel_neighbour, isolation_forest, "
        "outline, frame_and_pen or combined.",
    ),
]


def evaluate(
    run: Annotated[str, typer.Argument(metavar="RUN", help=ANY_MODEL)],
    score_name: ScoreName = DEFAULT_SCORE,
    false_alarm_rate: FalseAlarmRate = 0.05,
    dataset: JudgedOn = "",
    as_json: AsJson = False,
) -> None:
    """Scores the test digits; the threshold comes from the validation digits alone.

    Of a model that was trained on some digits alone, those are judged.
    """
    from ae_core.data.overlap import seen_in_training
    from ae_core.models.inference import reconstruction_errors

    trained, digits, detector = fitted_detector(run, dataset, score_name)
    threshold = detector.calibrator.threshold(false_alarm_rate)
    images = digits.test.only(trained.classes_in(digits)).images
    errors = reconstruction_errors(trained.model, images)
    scores = detector.decision_function(images)
    flagged = scores > threshold
    show(
        {
            "run": run,
            "dataset": digits.name,
            "test_digits": len(errors),
            "mean_error": float(errors.mean(dtype=float)),  # whatever the score: how well it draws
            "score_name": score_name,
            "mean_score": float(scores.mean()),
            "false_alarm_rate": false_alarm_rate,
            "threshold": threshold,
            "calibration_digits": len(detector.calibrator.scores),
            "flagged": int(flagged.sum()),
            "flagged_share": float(flagged.mean()),
            "seen_in_training": seen_in_training(trained.trained_on, digits.name),
            "learned_nothing": bool(trained.caution),
        },
        as_json,
    )


def score(
    image: Annotated[Path, typer.Argument(help="A PNG or JPEG of one digit.")],
    run: Annotated[str, typer.Option(help=ANY_MODEL)] = "zoo:dense-32",
    score_name: ScoreName = DEFAULT_SCORE,
    false_alarm_rate: FalseAlarmRate = 0.05,
    dataset: JudgedOn = "",
    largest_alone: Annotated[
        bool, typer.Option(help="Leave out every shape of the picture but the largest.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Makes a picture into a digit as MNIST was made, and says whether the model finds it normal."""
    from ae_core.drawing.ink import digit_from_drawing
    from ae_core.drawing.picture import open_picture
    from ae_core.models.inference import reconstruction_errors

    read = digit_from_drawing(open_picture(picture_bytes(image)), largest_alone=largest_alone)
    digit = read.image
    trained, digits, detector = fitted_detector(run, dataset, score_name)
    found = detector.verdict(digit, false_alarm_rate)
    show(
        {
            "image": str(image),
            "run": run,
            "dataset": digits.name,
            "error": float(reconstruction_errors(trained.model, digit[None])[0]),
            "score_name": score_name,
            "score": found.score,
            "p_value": found.p_value,
            "p_values_of_parts": dict(found.parts) or None,
            "false_alarm_rate": false_alarm_rate,
            "threshold": detector.calibrator.threshold(false_alarm_rate),
            "verdict": found.word,
            "reason": found.reason or None,
            "shapes": read.shapes,
            "left_out": read.left_out or None,
            "learned_nothing": bool(trained.caution),
        },
        as_json,
    )


def fitted_detector(reference: str, dataset: str, score: str) -> "tuple[TrainedModel, Digits, Detector]":
    """The model, the digits to evaluate it on, its score fitted and calibrated on what it should know."""
    from ae_core.data.overlap import ZOO, overlap_note
    from ae_core.data.sources import load_digits
    from ae_core.runs.catalogue import open_model
    from ae_core.runs.store import RunStore

    trained = open_model(reference, RunStore())
    own = "auto" if trained.trained_on == ZOO else trained.trained_on
    digits = load_digits(dataset or own)
    note = overlap_note(trained.trained_on, digits.name, trained.classes)
    if note:
        tell(note)
    if trained.caution:
        tell(f"This model has learned nothing. {trained.caution}")
    return trained, digits, trained.detector(digits, score)


def picture_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise PictureError(f"{path} cannot be read ({error.strerror}); give a PNG or JPEG file.") from error
