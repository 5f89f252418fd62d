"""A model card: what a model is, what it was trained on, how well it does and what it is not for.

After M. Mitchell et al., "Model Cards for Model Reporting" (arXiv 1810.03993).
"""

from ae_core.data.own.record import spoken_name
from ae_core.models.build import compression_ratio, parameter_count
from ae_core.models.description import paragraph, stages
from ae_core.runs.overview import fields_of
from ae_core.runs.run import Run, spoken_classes
from ae_core.words import duration, three_digits, visible


def card_of(run: Run) -> str:
    """Markdown."""
    config, state = run.config(), run.state()
    facts, model = run.facts(state), config.model
    figures = {
        "Parameters": f"{parameter_count(model):,}",
        "Compression": f"{three_digits(compression_ratio(model))} pixels for each value of the code",
        "Epochs": f"{facts.epochs} of {config.train.epochs}, {duration(facts.seconds)}",
        "Validation loss": told(facts.validation_loss),
        "Lowest validation loss": f"{told(facts.best_validation_loss)}, after epoch {facts.best_epoch}",
        "Test error": told(facts.test_error),
    }
    settings = {
        name: value for name, value in fields_of(config).items() if name not in ("dataset", "classes")
    }
    return "\n".join(
        [
            f"# {escaped(run.name)}",
            "",
            f"An autoencoder for pictures of 28 × 28 pixels, trained with Autoencoder Lab (run {run.id}).",
            "",
            "## The model",
            "",
            paragraph(model),
            "",
            f"Stages: {', '.join(caption for caption, _ in stages(model))}.",
            "",
            "## The data",
            "",
            f"The data set {escaped(spoken_name(config.dataset))} (fingerprint {config.fingerprint}), "
            f"{spoken_classes(config.classes, config.class_names)}. "
            "Intensities are divided by 255, and that is all.",
            "",
            "## How well it does",
            "",
            *rows(figures),
            "",
            "Losses and test error are per-pixel mean squared errors of digits that it was not trained on.",
            "",
            *cautions(run),
            "## The recipe",
            "",
            *rows({name.replace("_", " "): str(value) for name, value in settings.items()}),
            "",
            "## What it is for, and what not",
            "",
            "For teaching, and for trying what a reconstruction error tells. A low error is no proof that a "
            "picture is a digit: some things that are none are reconstructed well, a blank page among them. "
            "It has seen small pictures of one kind only, and judges nothing else.",
            "",
        ]
    )


def rows(values: dict[str, str]) -> list[str]:
    return ["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in values.items())]


def told(value: float | None) -> str:
    return "not measured" if value is None else three_digits(value)


def cautions(run: Run) -> list[str]:
    said = [
        run.caution() and f"**It has learned nothing.** {run.caution()}",
        run.why_stopped(),
        run.message(),
    ]
    return [line for each in said if each for line in (each, "")]


def escaped(text: str) -> str:
    """A person's words, where Markdown would make a table, a link or a tag of them."""
    return "".join(f"\\{each}" if each in "\\`*_[]<>|#" else each for each in visible(text))
