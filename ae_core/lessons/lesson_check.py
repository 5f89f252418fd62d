"""What a lesson's form alone does not forbid: models that are not there, numbers that nobody computes."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from ae_core import zoo
from ae_core.document import Document, Place
from ae_core.errors import ConfigError
from ae_core.lessons import lesson
from ae_core.lessons.numbers import NUMBERS
from ae_core.lessons.outliers import OUTLIERS
from ae_core.lessons.small_trainings import FEW
from ae_core.lessons.trials import SOURCES
from ae_core.models.config import ModelConfig
from ae_core.scores.table import SCORES
from ae_core.training.config import TrainConfig
from ae_core.training.presets import Preset, preset_called

PLACEHOLDER = re.compile(r"\{\{\s*(.*?)\s*\}\}")
BASELINE = re.compile(r"pca:embedded-(\d{1,3})")
SUITED = {"layer": "dense", "batch norm": "dense", "loss": "variational"}  # what models these formulas are of
Faults = Iterator[tuple[Place, str]]


def read_lesson(document: Document) -> lesson.Lesson:
    """Raises DocumentError for the first fault."""
    found = document.as_a(lesson.Lesson)
    for place, told in faults_of(found):
        raise document.error(place, told)
    return found


def faults_of(found: lesson.Lesson) -> Faults:
    """Where each fault is, and what is wrong there."""
    count = len(found.steps)
    if not lesson.LEAST_STEPS <= count <= lesson.MOST_STEPS:
        yield ("steps",), f"A lesson has {lesson.LEAST_STEPS} to {lesson.MOST_STEPS} steps; this has {count}."
    for number, step in enumerate(found.steps):
        for place, told in faults_of_step(step):
            yield ("steps", number, *place), told


def faults_of_step(step: lesson.Step) -> Faults:
    if step.question and step.action:
        yield ("action",), "A step has a question or an action, not both: make two steps of it."
    if step.then and not (step.question or step.action):
        yield ("then",), "`then` follows a question or an action, and this step has neither."
    for name, number in step.numbers.items():
        for place, told in faults_of_number(number):
            yield ("numbers", name, *place), told
    for place, text in texts_of(msgspec.to_builtins(step), ()):
        for name in PLACEHOLDER.findall(text):
            if name not in step.numbers:
                known = ", ".join(step.numbers) or "none"
                yield place, f"{{{{{name}}}}} is not among the numbers of this step ({known})."
    for name, part in (("show", step.show), ("then", step.then and step.then.show)):
        for place, told in faults_of_part(part) if part else ():
            yield (name, *(("show",) if name == "then" else ()), *place), told
    if step.question:
        yield from faults_of_question(step.question)
    if step.action:
        for place, told in faults_of_state(step.action.until):
            yield ("action", "until", *place), told


def texts_of(values: Any, place: Place) -> Iterator[tuple[Place, str]]:
    if isinstance(values, str):
        yield place, values
    elif isinstance(values, dict | list):
        for key, each in values.items() if isinstance(values, dict) else enumerate(values):
            yield from texts_of(each, (*place, key))


def faults_of_number(number: lesson.Number) -> Faults:
    if number.of not in NUMBERS:
        yield ("of",), f"There is no number {number.of!r}; there are {', '.join(NUMBERS)}."
        return
    for name in NUMBERS[number.of].needs:
        if name != "digit" and not getattr(number, name):
            yield (), f"The number {number.of!r} needs `{name}`."
    for name in ("model", "other"):
        if getattr(number, name):
            yield from faults_of_model(getattr(number, name), (name,))
    yield from among(number.score, SCORES, "score", ("score",))
    if number.outlier:
        yield from among(number.outlier, OUTLIERS, "outlier", ("outlier",))
    if "preset" in NUMBERS[number.of].about:
        yield from faults_of_preset(number.source, ("source",))
    else:
        yield from among(number.source, SOURCES, "source", ("source",))
    if number.of.endswith("on few digits"):
        yield from among(number.count, FEW, "count", ("count",))
    elif not 0 <= number.count <= 784:
        yield ("count",), f"There are 0 to 784 components, got {number.count}."
    if not 0.1 <= number.rate <= 20:
        yield ("rate",), f"A false-alarm rate is 0.1 to 20 percent, got {number.rate:g}."


def among(value: Any, known: Any, noun: str, place: Place) -> Faults:
    if value not in known:
        yield place, f"There is no {noun} {value!r}; there are {', '.join(map(str, known))}."


def faults_of_model(reference: str, place: Place) -> Faults:
    baseline = BASELINE.fullmatch(reference)
    if reference.removeprefix("zoo:") in zoo.names() and reference.startswith("zoo:"):
        return
    if not baseline or not 1 <= int(baseline[1]) <= 784:
        known = ", ".join(f"zoo:{name}" for name in zoo.names())
        yield place, f"There is no model {reference!r}; there are {known}, and pca:embedded-8 and its like."


def faults_of_part(part: lesson.Part) -> Faults:
    values = msgspec.to_builtins(part)
    for number, reference in enumerate(values.get("models", ())):
        yield from faults_of_model(reference, ("models", number))
    if "model" in values:
        yield from faults_of_model(values["model"], ("model",))
    for name in ("start", "end", "digit"):
        if values.get(name, 0) not in lesson.DIGITS:
            yield (name,), f"A digit is 0 to 9, got {values[name]}."
    for number, digit in enumerate(values.get("digits", ())):
        if digit not in lesson.DIGITS:
            yield ("digits", number), f"A digit is 0 to 9, got {digit}."
    for number, name in enumerate(values.get("names", ())):
        yield from among(name, OUTLIERS, "outlier", ("names", number))
    for number, name in enumerate(values.get("scores", ())):
        yield from among(name, SCORES, "score", ("scores", number))
    if "score" in values:
        yield from among(values["score"], SCORES, "score", ("score",))
    if values.get("outlier"):
        yield from among(values["outlier"], OUTLIERS, "outlier", ("outlier",))
    if isinstance(part, lesson.Plane):
        yield from faults_of_plane(part)
    if isinstance(part, lesson.Formula) and not part.model.startswith(f"zoo:{SUITED.get(part.of, '')}"):
        yield ("model",), f"The formula of a {part.of} needs a shipped {SUITED.get(part.of, '')} model."
    for name in ("settings", "run"):
        yield from faults_of_settings(values.get(name, {}), (name,))


def faults_of_plane(part: lesson.Plane) -> Faults:
    for number, reference in enumerate(part.models):
        if not reference.endswith("-2"):
            yield ("models", number), f"A plane shows codes of two values; {reference} has others."


def faults_of_question(question: lesson.Question) -> Faults:
    if len(question.choices) < 2:
        yield ("question", "choices"), "A question has at least two choices."
    if not any(choice.right for choice in question.choices):
        yield ("question", "choices"), "No choice is the right one: add `right: true` to one."


def faults_of_state(state: lesson.State) -> Faults:
    if state == lesson.State():
        yield (), "`until` names nothing, so the action would be done at once."
    if state.model:
        yield from faults_of_model(state.model, ("model",))
    if state.score:
        yield from among(state.score, SCORES, "score", ("score",))
    if state.few:
        yield from among(state.few, FEW, "number of training digits", ("few",))
    if state.latent_dim and f"dense-{state.latent_dim}" not in zoo.names():
        yield ("latent_dim",), f"No shipped dense model has {state.latent_dim} latent dimensions."
    if state.rate and not 0.1 <= state.rate[0] <= state.rate[1] <= 20:
        yield ("rate",), "A false-alarm rate is two numbers from 0.1 to 20 percent, the smaller one first."
    if state.run:
        yield from faults_of_settings(state.run.settings, ("run", "settings"))
        yield from faults_of_preset(state.run.preset, ("run", "preset"))


def faults_of_settings(settings: dict[str, lesson.Setting], place: Place) -> Faults:
    for name, value in settings.items():
        try:
            recipe(preset_called("balanced"), {name: value}, count=0)
        except ConfigError as error:
            yield (*place, name), str(error)


def faults_of_preset(name: str, place: Place) -> Faults:
    try:
        preset_called(name)
    except ConfigError as error:
        yield place, str(error)


def recipe(
    preset: Preset, settings: dict[str, lesson.Setting], count: int
) -> tuple[ModelConfig, TrainConfig]:
    """The preset for so many training digits, with these settings. Raises ConfigError."""
    of_model = {name: value for name, value in settings.items() if name in ModelConfig.__dataclass_fields__}
    of_train = {name: value for name, value in settings.items() if name not in of_model}
    return preset.model.with_changes(**of_model), preset.recipe(count).with_changes(**of_train)
