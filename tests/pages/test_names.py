"""A person's words are text wherever they stand: every element of every page, with all that can be named."""

import pytest
from google.protobuf.message import Message

from ae_core.jobs.states import State
from ae_core.models.config import ModelConfig
from ae_core.studies.experiment import ExperimentConfig, Kind
from ae_core.studies.store import StudyStore
from ae_core.training.config import TrainConfig
from tests.pages.test_train import write_run
from ui.draw.verdict import COMPARISON
from ui.shell.theme import plain

NAME = "![x](http://example.org/p.png)$x^2$ :red[<b>y</b>]"
NET, RECIPE = ModelConfig(latent_dim=2, hidden=(16,)), TrainConfig(epochs=1, batch_size=128, precision="fp32")
# What is no Markdown: words to choose from, to be typed over or read out, and the data of Vega's charts.
TEXT = {"alt", "default", "id", "options", "raw_value", "raw_values", "value", "query_string", "url", "data"}


def texts(message: Message, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], str]]:
    """Every text in a message, with the names of the fields that lead to it."""
    found = []
    for field, held in message.ListFields():
        for each in held if field.is_repeated else [held]:
            if isinstance(each, Message):
                found += texts(each, (*path, field.name))
            elif isinstance(each, str):
                found.append(((*path, field.name), each))
    return found


def shown_as_markup(lab) -> list[tuple]:
    """Where the name stands as it was given, though signs in it mean something there."""
    elements = [node.proto for node in lab if getattr(node, "proto", None) is not None]
    return [
        (type(proto).__name__, *path)
        for proto in elements
        for path, text in texts(proto)
        if NAME in text and path[-1] not in TEXT
    ]


def words(lab) -> str:
    return "\n".join(text for node in lab if getattr(node, "proto", None) for _, text in texts(node.proto))


@pytest.fixture
def named(store):
    """A run that is called so, with a model."""
    run = write_run(store, State.FINISHED, message=NAME)
    run.rename(NAME)
    return run


@pytest.mark.parametrize("page", ["home", "digits", "latent", "anomaly"])
def test_the_model_in_view(visit, named, page):
    lab = visit(page, model=named.id)
    assert not shown_as_markup(lab)
    assert plain(NAME) in words(lab)


def test_the_run_in_view_and_beside_it(visit, store, named):
    other = write_run(store, State.FAILED, message=NAME)
    other.rename(NAME)
    lab = visit("train", run=named.id)
    lab.multiselect(key="compare").set_value([other.id]).run()
    lab.session_state["train deletion"] = True
    lab.run()
    assert f"Delete **{plain(NAME)}**?" in words(lab)
    assert not shown_as_markup(lab)
    assert lab.subheader[0].value == plain(NAME)


def test_the_models_that_a_drawing_is_compared_under(visit, named):
    lab = visit("draw")
    next(each for each in lab.button if each.label == "A digit").click().run()
    lab.session_state[COMPARISON] = True
    lab.run()
    lab.multiselect(key="compare models").set_value([named.id]).run()
    assert plain(NAME) in words(lab)
    assert not shown_as_markup(lab)


def test_a_file(visit, store, embedded):
    experiments = StudyStore(store)
    config = ExperimentConfig.of(
        Kind.FOREIGN,
        dataset="embedded",
        scores=("mse",),
        images=60,
        sources=("upload",),
        upload=experiments.uploads.keep(embedded.test.images[:20]),
        upload_name=NAME,
    )
    lab = visit("anomaly", experiment=experiments.create(config).id)
    assert plain(NAME) in words(lab)
    lab.segmented_control(key="kind").set_value(str(Kind.FOREIGN)).run()
    lab.file_uploader(key="images 0").set_value((NAME, b"no image", "text/plain")).run()
    assert any(plain(NAME) in each.value for each in lab.error)
    assert not shown_as_markup(lab)


ASKED = {"data": "home", "model": "home", "score": "home", "run": "train", "sweep": "tradeoffs"}
ASKED |= {"experiment": "anomaly"}


@pytest.mark.parametrize(("key", "page"), ASKED.items())
def test_the_address(visit, key, page):
    lab = visit(page, **{key: NAME})
    assert plain(NAME) in words(lab)
    assert not shown_as_markup(lab)


def test_what_was_typed(visit):
    lab = visit("train")
    lab.text_input(key="setting hidden").set_value(NAME).run()
    assert plain(NAME) in lab.error[0].value
    assert not shown_as_markup(lab)
