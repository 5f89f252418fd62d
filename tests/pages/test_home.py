"""Home, and what surrounds every page: the sidebar, the address, the download."""

import threading

import pytest

from ae_core import zoo
from ae_core.data import fetch, mnist_files
from ae_core.data.digits import Digits
from ae_core.data.overlap import overlap_note
from ae_core.data.sources import load_digits
from ae_core.jobs.states import State
from ae_core.models.build import build_model
from ae_core.models.config import ModelConfig
from ae_core.models.inference import reconstruction_errors
from ae_core.models.weights import save_model
from ae_core.scores.calibration import Calibrator
from ae_core.training.config import TrainConfig
from ae_core.words import percent, three_digits
from tests.names import as_read
from tests.pages.conftest import PROJECT, assert_sound, button, words
from ui.shell import cached, shell
from ui.shell.run_label import label

TITLES = {
    "home": "What is an autoencoder?",
    "lessons": "What do you want to understand?",
    "train": "How does it learn?",
    "runs": "Which run is the best?",
    "digits": "Which digits does it find hard?",
    "draw": "Is your drawing a digit it knows?",
    "latent": "What lives inside the code?",
    "tradeoffs": "What does a latent dimension buy?",
    "anomaly": "Which threshold, and does it work?",
    "data": "What does it learn from?",
}
NAMES = ["Home", "Lessons", "Train", "Runs", "Digits", "Draw", "Latent", "Trade-offs", "Anomaly", "Data"]
SMALL = ModelConfig(latent_dim=3, hidden=(8,))


def finished(store, dataset="embedded", name="", model=SMALL, classes=()):
    """A run that has a model, as the pages find it."""
    made = {"dataset": dataset, "fingerprint": "f" * 16, "name": name, "classes": classes}
    run = store.create(model, TrainConfig(epochs=1), **made)
    run.folder.write("model.safetensors", save_model(build_model(model)))
    run.set_state(State.FINISHED)
    return run


# -- every page


@pytest.mark.parametrize("page", TITLES)
def test_every_page_shows_its_question_and_writes_the_view_into_the_address(visit, page):
    lab = visit(page)
    assert [title.value for title in lab.title] == [TITLES[page]]
    assert lab.query_params["model"] == "zoo:dense-32"
    assert lab.query_params["data"] == "embedded"
    assert not lab.error
    assert not lab.warning


def test_every_page_is_in_the_list(visit):
    assert {path.stem for path in (PROJECT / "pages").glob("*.py")} == set(TITLES)
    listed = [link.proto.label for link in visit("home").sidebar.page_link]
    assert listed == NAMES


@pytest.mark.parametrize("page", TITLES)
def test_the_address_brings_a_model_into_view_on_every_page(visit, page):
    lab = visit(page, model="zoo:dense-2")
    assert lab.session_state["view"].reference == "zoo:dense-2"
    assert lab.sidebar.selectbox(key="model").value == "zoo:dense-2"


def test_the_sidebar_brings_a_model_into_view_and_into_the_address(visit):
    lab = visit("home")
    lab.sidebar.selectbox(key="model").set_value("zoo:dense-4").run()
    assert_sound(lab)
    assert lab.query_params["model"] == "zoo:dense-4"
    assert lab.metric[0].value == "196 ×"


def test_an_address_changed_by_hand_wins_over_the_sidebar(visit):
    lab = visit("home")
    lab.sidebar.selectbox(key="model").set_value("zoo:dense-4").run()
    lab.query_params["model"] = "zoo:dense-64"
    lab.run()
    assert lab.session_state["view"].reference == "zoo:dense-64"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("model", "nothing"),
        ("model", "zoo:dense-33"),
        ("model", "../../etc/passwd"),
        ("model", "20200101-000000-aaaa"),
        ("data", "fashion"),
        ("data", "mnist"),  # which is not here
        ("data", ""),
    ],
)
def test_a_wrong_value_in_the_address_is_named_and_replaced(visit, key, value):
    lab = visit("home", **{key: value})
    (warning,) = lab.warning
    assert f"the {shell.CHOICES[key].lower()} {value!r}" in as_read(warning.value)
    shown = {"model": "zoo:dense-32", "data": "embedded"}[key]
    assert f"Showing {shown} instead" in as_read(warning.value)
    assert lab.query_params[key] == shown


@pytest.mark.parametrize("page", TITLES)
def test_a_wrong_address_opens_every_page_all_the_same(visit, page):
    lab = visit(page, model="nothing", data="fashion")
    assert len(lab.warning) == 2
    assert lab.title[0].value == TITLES[page]


def test_a_wrong_value_is_named_once(visit):
    lab = visit("home", model="nothing")
    lab.run()
    assert not lab.warning


def test_links_carry_the_view_and_the_run_to_watch(visit, store):
    run = finished(store)
    lab = visit("train", model="zoo:dense-8", run=run.id).run()
    links = {link.proto.page: link.proto.query_string for link in lab.sidebar.page_link}
    assert len(links) == len(TITLES)
    assert all("model=zoo%3Adense-8" in query for query in links.values())
    assert [page for page, query in links.items() if run.id in query] == ["train"]


# -- the model in view


def test_a_run_with_a_model_can_be_chosen_by_its_name(visit, store):
    run = finished(store, name="My net")
    lab = visit("home")
    box = lab.sidebar.selectbox(key="model")
    assert label(run.listed()) in box.options
    box.set_value(run.id).run()
    assert_sound(lab)
    assert lab.metric[0].value == "261 ×"
    assert "My net" in words(lab)


DAMAGES = {
    "cut off": lambda data: data[: len(data) // 2],
    "empty": lambda _: b"",
    "foreign": lambda _: b"\xff" * 99,
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_model_is_named_and_replaced_by_the_shipped_one(visit, store, damage):
    run = finished(store)
    run.folder.write("model.safetensors", damage(run.folder.read("model.safetensors")))
    lab = visit("draw", model=run.id)
    (error,) = lab.error
    assert f"model.safetensors of the run {run.id}" in as_read(error.value)
    assert "Showing zoo:dense-32 instead" in as_read(error.value)
    assert lab.session_state["view"].reference == "zoo:dense-32"


@pytest.mark.parametrize("page", TITLES)
def test_a_model_in_view_that_is_deleted_elsewhere_gives_way_to_the_shipped_one(visit, store, page):
    run = finished(store)
    lab = visit(page, model=run.id)
    assert lab.session_state["view"].reference == run.id
    sent = label(run.listed())  # which a browser goes on sending
    store.delete(run.id)
    box = lab.sidebar.selectbox(key="model")
    box.select_index(box.options.index(sent)).run()
    assert_sound(lab)
    assert lab.session_state["view"].reference == "zoo:dense-32"


def test_a_model_whose_data_set_was_deleted_says_so_and_goes_on(visit, store):
    run = finished(store, dataset="shoes")
    lab = visit("home", model=run.id)
    (warning,) = lab.warning
    assert f"The data set shoes that it was trained on (fingerprint {'f' * 16}) was deleted" in warning.value
    assert lab.session_state["view"].reference == run.id


def test_a_model_that_has_seen_the_digits_says_so(visit, store):
    (info,) = visit("home", model=finished(store, dataset="mnist").id).info
    assert info.value == overlap_note("mnist", "embedded")
    assert not visit("home", model=finished(store).id).info
    assert not visit("home").info


# -- what Home shows


@pytest.mark.parametrize("name", ["dense-2", "dense-32"])
def test_its_numbers_are_those_of_the_library(visit, name):
    digits, model = load_digits("embedded"), zoo.load(name)
    errors = reconstruction_errors(model, digits.test.images)
    flagged = Calibrator.fit(model, digits.validation).flags(errors, 0.05).mean()
    lab = visit("home", model=f"zoo:{name}")
    assert {metric.label: metric.value for metric in lab.metric} == {
        "Compression": f"{784 / model.config.latent_dim:.3g} ×",
        "Test error": three_digits(errors.mean()),
        "False alarms": percent(flagged),
    }
    assert f"{model.config.latent_dim} latent dimensions" in words(lab)


def test_of_a_model_of_some_classes_only_these_are_false_alarms(visit, store):
    run, digits = finished(store, classes=(3, 8)), load_digits("embedded")
    model, known = store.get(run.id).model(), digits.only((3, 8))
    errors = reconstruction_errors(model, digits.test.only((3, 8)).images)
    flagged = Calibrator.fit(model, known.validation).flags(errors, 0.05).mean()
    lab = visit("home", model=run.id)
    shown = {metric.label: metric for metric in lab.metric}
    assert shown["Test error"].value == three_digits(errors.mean())
    assert shown["False alarms"].value == percent(flagged)
    assert f"{len(errors)} test digits of its classes (only 3, 8)" in shown["False alarms"].help
    lab = visit("digits", model=run.id, score="mse")
    assert (
        f"it flags **{percent(flagged)}** of the {len(errors)} test digits of its classes (only 3, 8), 5 %"
        in words(lab)
    )
    lab.switch_page("../../pages/latent.py").run()
    assert_sound(lab)
    assert "trained without labels; it was trained on some classes alone (only 3, 8)." in words(lab)


def test_ways_in_lead_to_every_page_but_those_where_things_are_kept(visit):
    lab = visit("home")
    assert {link.proto.page for link in lab.main.page_link} == set(TITLES) - {"home", "runs", "data"}


# -- the download


class Fetching:
    """A fetch that waits until it is told how to end."""

    def __init__(self, monkeypatch):
        self.go_on, self.error = threading.Event(), None
        monkeypatch.setattr(fetch, "fetch", self)

    def __call__(self, _, on_progress, *_name):
        on_progress(0.42)
        self.go_on.wait(60)
        if self.error:
            raise self.error

    def end(self):
        self.go_on.set()
        fetch.current_download().thread.join()


@pytest.fixture
def fetching(monkeypatch):
    fetching = Fetching(monkeypatch)
    yield fetching
    fetching.go_on.set()


@pytest.mark.parametrize("page", TITLES)
def test_where_full_mnist_is_absent_it_is_offered(visit, page):
    lab = visit(page)
    assert button(lab, "Get full MNIST").help.startswith("Downloads 11 MB")
    assert lab.sidebar.selectbox(key="data").options == ["Embedded, 5,000 digits"]


def test_a_download_shows_its_progress_in_every_session_and_then_is_offered_no_more(
    visit, fetching, wait_until
):
    lab = visit("home")
    button(lab, "Get full MNIST").click().run()
    wait_until(lambda: fetch.current_download().fraction > 0)
    for each in (lab.run(), visit("digits")):
        (bar,) = each.sidebar.progress
        assert bar.value == 42
        assert "42 %" in bar.proto.text
        assert not [b for b in each.button if b.label == "Get full MNIST"]
    fetching.end()


def test_a_download_that_fails_says_why_and_can_be_tried_again(visit, fetching):
    fetching.error = mnist_files.DataError("The network is down, says the test.")
    lab = visit("home")
    button(lab, "Get full MNIST").click().run()
    fetching.end()
    lab.run()
    assert_sound(lab)
    assert [error.value for error in lab.sidebar.error] == ["The network is down, says the test."]
    fetching.go_on.clear()
    button(lab, "Get full MNIST").click().run()
    assert not lab.sidebar.error
    assert len(lab.sidebar.progress) == 1


def test_damaged_mnist_is_named_and_the_embedded_digits_are_shown(visit, data_dir):
    raw = mnist_files.raw_dir(data_dir)
    raw.mkdir(parents=True)
    (raw / "t10k-labels-idx1-ubyte").write_bytes(b"half")
    lab = visit("home")
    (error,) = lab.sidebar.error
    assert "t10k-labels-idx1-ubyte has 4 bytes" in as_read(error.value)
    assert lab.query_params["data"] == "embedded"
    assert button(lab, "Get full MNIST")


def test_where_full_mnist_is_it_is_shown_and_not_offered(visit, monkeypatch, few):
    state = {"data_dir": "", "mnist": True, "embedded": True, "files": {}}
    stand_in = Digits("mnist", few.train, few.validation, few.test)
    monkeypatch.setattr("ui.shell.cached.data_status", lambda: state)
    monkeypatch.setattr("ui.shell.cached.load_digits", lambda _: stand_in)
    lab = visit("home", model="zoo:dense-16")
    cached.evaluation_by_error.clear()  # of the stand-in: others must not meet it
    assert "Get full MNIST" not in [each.label for each in lab.button]
    assert lab.query_params["data"] == "mnist"
    assert lab.sidebar.selectbox(key="data").value == "mnist"
    errors = reconstruction_errors(zoo.load("dense-16"), few.test.images)
    assert lab.metric[1].value == three_digits(errors.mean())


@pytest.mark.parametrize(("size", "passes"), [(1, "latent code of 1 value"), (3, "latent code of 3 values")])
def test_home_counts_the_values_of_the_code(visit, store, size, passes):
    run = finished(store, model=ModelConfig(latent_dim=size, hidden=(8,)))
    lab = visit("home", model=run.id)
    assert f"a **{passes}** is all that is kept" in words(lab)
    assert lab.metric[0].help.endswith(f"Here 784 pixels for a {passes}.")


def test_a_rate_too_fine_for_few_calibration_digits_is_raised_to_the_finest(visit, store):
    run = finished(store, classes=(3,))
    lab = visit("digits")
    lab.slider(key="rate").set_value(0.2).run()
    lab.switch_page("../../pages/home.py").run()
    lab.sidebar.selectbox(key="model").set_value(run.id).run()
    assert_sound(lab)
    for page in ("digits", "draw", "anomaly"):
        lab.switch_page(f"../../pages/{page}.py").run()
        assert_sound(lab)
    assert lab.slider(key="rate").value == 1.3  # of 80 validation digits, one in 81


def test_a_name_is_shown_as_it_was_given_and_as_soon_as_it_is(visit, store):
    run = finished(store, name="first")
    assert "first" in words(visit("digits", model=run.id))
    run.rename("a_b_ ![x](y) $z$")
    shown = words(visit("digits", model=run.id))
    assert "a_b_ ![x](y) $z$" in shown
    assert "first" not in shown
