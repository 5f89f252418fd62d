"""What the Trade-offs page shows of models that are there: errors, classes, the same digits under each."""

import re
from collections.abc import Iterable

import numpy as np
import pandas
import plotly.graph_objects as go
import streamlit as st

from ae_core import zoo
from ae_core.errors import ConfigError
from ae_core.glossary import explained
from ae_core.lessons import code_size, findings
from ae_core.models.config import ModelConfig
from ae_core.models.inference import reconstruct
from ae_core.runs.film import film_places
from ae_core.training.config import TrainConfig
from ae_core.training.estimate import KEPT_SECONDS, least_seconds
from ae_core.words import three_digits
from ui.pictures import canvas, draft, mosaic
from ui.pictures.figures import QUIET, WITH_TOOLS
from ui.shell import cached, link, shell
from ui.shell.memory import kept
from ui.shell.theme import by_theme, plain
from ui.tradeoffs import figures
from ui.widgets import export, later

NUMBERS = "same digits"
ASKED = "Test digits, by their numbers"
LONGEST = 120
MOST_DIGITS = 12
TEN = 10


@kept(entries=8)
def linear_errors(dataset: str) -> np.ndarray:
    return code_size.linear_errors(cached.digits(dataset))


@kept(entries=8)
def costs(dataset: str) -> pandas.DataFrame:
    """A row for each shipped model."""
    rows = []
    for reference in shipped():
        errors = cached.evaluation(reference, dataset).test["error"].to_numpy()
        rows.append(code_size.cost_row(shell.title_of(reference), cached.model(reference).model, errors))
    return pandas.DataFrame(rows)


@kept(entries=8, seconds=KEPT_SECONDS)
def training_seconds(dataset: str) -> list[float]:
    """For each shipped model: how long its recipe would take on the training digits in view.

    Parameters differ by 4 % at most within an architecture, a busy machine's times by far more: so each
    architecture has one time, that of the model whose steps were disturbed least.
    """
    digits = len(cached.digits(dataset).train)
    cards = [zoo.card(reference.removeprefix("zoo:")) for reference in shipped()]
    least: dict[str, float] = {}
    for each in cards:
        model, recipe = ModelConfig.from_dict(each["model"]), TrainConfig.from_dict(each["recipe"])
        seconds = least_seconds(model, recipe, digits)
        least[model.architecture] = min(seconds, least.get(model.architecture, seconds))
    return [least[each["model"]["architecture"]] for each in cards]


@kept(entries=8, spinner="Corrupting digits, to measure their detection")
def corruption_detection(dataset: str) -> list[float]:
    """For each shipped model: how well its score tells corrupted digits from whole ones."""
    digits = cached.digits(dataset)
    models = [cached.model(reference).model for reference in shipped()]
    return [code_size.corruption_detection(model, digits) for model in models]


def components_for(error: float, dataset: str) -> int:
    """How many principal components reach a test error."""
    return int(np.argmax(linear_errors(dataset) <= error))


def shipped() -> list[str]:
    return [f"zoo:{name}" for name in zoo.names()]


def show_curve(dataset: str, swept: pandas.DataFrame) -> None:
    figure = figures.error_against_dimension(costs(dataset), linear_errors(dataset), swept)
    draft.plotly_chart(
        figure,
        key="curve",
        config=WITH_TOOLS,
        alt="Test error against latent dimension for the shipped models, PCA and sweeps",
    )
    st.caption(
        f"PCA is fitted on the {len(cached.digits(dataset).train):,} training digits in view, the shipped "
        f"models on {zoo.card(zoo.names()[0])['data']['images']:,} of full MNIST; the star is the notebook's "
        "validation error there."
    )
    export.offer_html(figure, "tradeoffs")


def show_costs(dataset: str) -> None:
    """The column of training times comes when it is known: a page that timed steps could answer no press."""
    later.show(lambda: training_seconds.begin(dataset), lambda is_timed: show_cost_table(dataset, is_timed))


def show_cost_table(dataset: str, is_timed: bool) -> None:
    table = costs(dataset)
    st.dataframe(
        table.assign(training=training_seconds(dataset)) if is_timed else table,
        hide_index=True,
        column_order=(
            "model",
            "test_error",
            "compression",
            "code_bytes",
            "parameters",
            *(("training",) if is_timed else ()),
            "detection",
        ),
        column_config={
            "model": "Model",
            "test_error": st.column_config.NumberColumn(
                "Test error", format="%.5f", help=explained("Test error")
            ),
            "compression": st.column_config.NumberColumn(
                "Compression", format="%.1f ×", help=explained("Compression")
            ),
            "code_bytes": st.column_config.NumberColumn(
                "Bytes a digit",
                format="%d",
                help="Of the latent code in 32-bit numbers; a digit's pixels take 784.",
            ),
            "parameters": st.column_config.NumberColumn(
                "Parameters", format="localized", help=explained("Parameter")
            ),
            "training": st.column_config.NumberColumn(
                "Training",
                format="%.1f s",
                help="Estimated: its recipe on the training digits in view, on this machine, from a few "
                "steps that are timed now.",
            ),
            "detection": st.column_config.NumberColumn(
                "Detection",
                format="percent",
                help=explained("AUROC", "Here of letters and scribbles against test digits."),
            ),
        },
    )
    if told := findings.below_chance(costs(dataset).set_index("model")["detection"]):
        st.caption(told)


def with_corruptions(dataset: str) -> pandas.DataFrame:
    return costs(dataset).assign(corruptions=corruption_detection(dataset))


@kept(entries=8, key=by_theme)
def curves_of_costs(dataset: str) -> go.Figure:
    return figures.cost_curves(with_corruptions(dataset))


def show_lesson(dataset: str) -> None:
    """What the size of the code does to detection, of foreign images and of corrupted digits."""
    table = with_corruptions(dataset)
    dense = table.query("architecture == 'dense'").set_index("latent_dim")
    errors = dense["test_error"].map(three_digits)
    left, right = st.columns([3, 2], gap="medium", vertical_alignment="center")
    with left:
        st.plotly_chart(
            curves_of_costs(dataset),
            key="cost",
            config=QUIET,
            alt="Test error and detection of foreign drawings and corruptions against latent dimension",
        )
    with right:
        st.markdown(
            f"From {dense.index[0]} to {dense.index[-1]} latent dimensions the test error falls from "
            f"**{errors.iloc[0]}** to **{errors.iloc[-1]}**. {findings.foreign_by_size(dense['detection'])}"
        )
        st.markdown(
            f"{findings.corrupted_by_size(dense['corruptions'])} "
            f"{findings.best_size(dense['detection'], dense['corruptions'])}"
        )
        if told := findings.below_chance(table.set_index("model")["corruptions"]):
            st.caption(told)


@kept(entries=8)
def classes(dataset: str) -> go.Figure:
    evaluations = {
        reference.removeprefix("zoo:"): cached.evaluation(reference, dataset).test for reference in shipped()
    }
    digits = cached.digits(dataset)
    table = code_size.errors_by_class(evaluations).rename(index=digits.class_name)
    return figures.class_heatmap(table, "Class" if digits.class_names else "Digit")


def show_classes(dataset: str) -> None:
    st.plotly_chart(
        classes(dataset),
        key="by class",
        config=QUIET,
        alt="Mean error by digit and model",
    )


def show_same_digits(view: shell.View) -> None:
    """The chosen digits in the first row, each model's reconstructions in a row below."""
    images = chosen_images(view)
    if not len(images):
        st.info("Choose at least one test digit.", icon=":material/touch_app:")
        return
    for name, picture in strips(images.tobytes()).items():
        label, strip = st.columns([1, 6], vertical_alignment="center", gap="small")
        label.caption(f"**{name}**")
        strip.image(picture, width=min(84 * len(images), 840), alt=f"The chosen digits, {name}")


@kept(entries=64)
def strips(pixels: bytes) -> dict[str, str]:
    """The digits and what each shipped model makes of them, as pictures. pixels: of uint8 [N, 28, 28]."""
    images = np.frombuffer(pixels, np.uint8).reshape(-1, 28, 28)
    rows = {"original": images} | {
        reference.removeprefix("zoo:"): reconstruct(cached.model(reference).model, images)
        for reference in shipped()
    }
    tiles = {name: mosaic.ink_tiles(pictures) for name, pictures in rows.items()}
    return {name: mosaic.data_uri(mosaic.grid([row], scale=3)) for name, row in tiles.items()}


def key_of(dataset: str) -> str:
    """Where the session has what was typed: one number is another digit in another data set."""
    return f"{NUMBERS}, {dataset}"


def linked(view: shell.View) -> link.Field:
    """The typed numbers as a field of the URL; one digit of each class at first."""
    test = view.digits.test

    def read(text: str) -> str:
        try:
            return written(parse_numbers(text.replace(link.BETWEEN, ","), len(test)))
        except ConfigError as error:
            raise ValueError(text) from error

    def write(typed: str) -> str | None:
        return re.sub(r"[\s,;]+", link.BETWEEN, typed.strip(" ,;")) or None

    allowed = f"at most {MOST_DIGITS} whole numbers from 0 to {len(test) - 1:,}"
    usual = written(film_places(view.digits))
    return link.Field("digits", key_of(view.digits.name), ASKED, allowed, read, write, usual)


def chosen_images(view: shell.View) -> np.ndarray:
    """The digits whose numbers a person typed, and their drawing where they have one."""
    test = view.digits.test
    key = key_of(view.digits.name)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        typed = st.text_input(ASKED, key=key, persist_state="session", max_chars=LONGEST)
        st.button("Ten others", icon=":material/shuffle:", on_click=choose_others, args=(key, test.labels))
    try:
        chosen = test.images[parse_numbers(typed, len(test))]
    except ConfigError as error:
        st.error(plain(str(error)))
        return test.images[:0]
    drawn = canvas.digit()
    if drawn is None:
        return chosen
    st.caption("The first is your drawing from the Draw page.")
    return np.concatenate([drawn[None], chosen])


def choose_others(key: str, labels: np.ndarray) -> None:
    """One test digit of each class, by chance; of ten classes where there are more."""
    chance = np.random.default_rng()
    classes = np.unique(labels)
    some = np.sort(chance.permutation(classes)[:TEN])
    st.session_state[key] = written(chance.choice(np.flatnonzero(labels == label)) for label in some)


def written(numbers: Iterable[int]) -> str:
    return ", ".join(str(int(number)) for number in numbers)


def parse_numbers(text: str, count: int) -> list[int]:
    """[3, 17] from "3, 17". Raises ConfigError for what is no number of a test digit, and for too many."""
    parts = [part.strip() for part in text.replace(";", ",").split(",") if part.strip()]
    bad = [part for part in parts if not (part.isdecimal() and len(part) < 9 and int(part) < count)]
    if bad:
        raise ConfigError(
            f"Test digits have whole numbers from 0 to {count - 1:,}, between commas; got {bad[0][:20]!r}."
        )
    if len(parts) > MOST_DIGITS:
        raise ConfigError(f"At most {MOST_DIGITS} digits fit side by side, got {len(parts)}.")
    return [int(part) for part in parts]
