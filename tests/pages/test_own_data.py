"""A data set of one's own on every page: chosen, trained on, looked at; said plainly when it is gone."""

import io
from threading import Event

import numpy as np
import pytest

from ae_core.data import fetch
from ae_core.data.own import access, published
from ae_core.data.own.importing import Wanted, import_files
from ae_core.data.own.record import Way, is_of_session
from ae_core.data.own.store import OwnData
from ae_core.errors import DataError
from ae_core.models.config import ModelConfig
from ae_core.runs.execution import execute
from ae_core.runs.exports.archive import digits_of
from ae_core.runs.exports.script import script_of
from ae_core.training.config import TrainConfig
from tests.data.made_files import encoded, npz, zipped
from tests.pages.conftest import assert_sound, button, words
from ui.shell import browser

PAGES = ["home", "lessons", "runs", "data", "digits", "draw", "latent", "tradeoffs", "anomaly", "train"]
SOME_PAGES = ["data", "digits", "runs", "train"]


@pytest.fixture
def things(visit, embedded):  # noqa: ARG001
    """Three classes with names: 60 images of each; imported where the page's session looks for them."""
    kept = np.isin(embedded.test.labels, (0, 1, 7))
    images, labels = embedded.test.images[kept], embedded.test.labels[kept]
    some = np.concatenate([np.flatnonzero(labels == label)[:60] for label in (0, 1, 7)])
    data = npz(images=images[some], labels=labels[some])
    return import_files([("things.npz", data)], Wanted("things", Way.RESIZED, ("ring", "stick", "hook")))


@pytest.fixture
def trained(things, service):  # noqa: ARG001
    """A run that has learned `things` for an epoch."""
    run = service.start(ModelConfig(latent_dim=2, hidden=(32,)), TrainConfig(epochs=1), dataset="things")
    execute(run)
    return run


@pytest.mark.parametrize("page", PAGES)
def test_every_page_shows_an_own_data_set_and_a_run_trained_on_it(visit, trained, page):
    run = {"run": trained.id} if page == "train" else {}
    lab = visit(page, data="things", model=trained.id, **run)
    assert lab.sidebar.selectbox(key="data").value == "things"
    assert "things, 180 images" in lab.sidebar.selectbox(key="data").options
    assert not [each.value for each in (*lab.warning, *lab.error) if "learned nothing" not in each.value]
    if page in ("digits", "draw", "latent", "train"):
        assert "test digit" not in words(lab)
        assert "training digits" not in words(lab)
    if page == "digits":
        assert "ring" in words(lab) or "stick" in words(lab) or "hook" in words(lab)


def archive(embedded):
    """Pictures in two folders that are their classes, as macOS packs them."""
    files = [("shoes/.DS_Store", b"\0")]
    for number, image in enumerate(embedded.test.images[:60]):
        files.append((f"shoes/{'boot' if number % 2 else 'sandal'}/{number}.png", encoded(image)))
        files.append((f"__MACOSX/shoes/._{number}.png", b"\0"))
    return zipped(files)


def test_an_upload_is_previewed_imported_and_in_view(visit, embedded):
    lab = visit("data")
    lab.get_by_key("own data images 0").upload("My shoes.zip", archive(embedded)).run()
    assert_sound(lab)
    assert "Classes among these: boot, sandal" in words(lab)
    assert lab.text_input(key="own data name").value == "my-shoes"
    lab.get_by_key("own data names 0").upload(
        "names.txt", "boot=Stiefel\nsandal=Sandale, weiß\n".encode()
    ).run()
    assert lab.text_area(key="own data class names").value == "boot=Stiefel\nsandal=Sandale, weiß"
    button(lab, "Import").click().run()
    assert_sound(lab)
    assert lab.session_state["view"].digits.class_names == ("Stiefel", "Sandale, weiß")
    assert lab.sidebar.selectbox(key="data").value == "my-shoes"
    (told,) = lab.success
    assert "60 images of 2 classes read from" in told.value
    assert "a file of the operating system (61)" in told.value
    assert lab.get("file_uploader")[0].value is None


def test_what_cannot_be_imported_is_refused_in_the_librarys_words(visit, things):
    lab = visit("data", data="things")
    lab.get_by_key("own data images 0").upload("a.zip", b"PK\3\4 no archive").run()
    assert "damaged or incomplete" in lab.error[0].value
    data = npz(images=np.eye(28, dtype=np.uint8)[None].repeat(30, axis=0) * 255)
    lab.get_by_key("own data images 0").upload("a.npz", data).run()
    lab.text_input(key="own data name").set_value("things")
    button(lab, "Import").click().run()
    assert_sound(lab)
    assert "There is a data set things already" in lab.error[0].value
    assert OwnData().record("things") == things


def test_a_deletion_names_what_needs_it_and_pages_go_on(visit, trained):
    lab = visit("data", data="things", model=trained.id)
    lab.session_state["deletion things"] = True
    lab.run()
    assert "1 run** learned from it" in words(lab)
    button(lab, "Yes, delete it").click().run()
    assert_sound(lab)
    assert OwnData().names() == []
    assert lab.sidebar.selectbox(key="data").value == "embedded"
    told = " ".join(each.value for each in lab.warning)
    assert "The data set things was deleted. Showing embedded instead." in told
    assert "The data set things that it was trained on" in told


def test_a_data_set_that_was_replaced_is_seen_anew(visit, trained, embedded):
    lab = visit("digits", data="things", model=trained.id)
    data = npz(images=embedded.test.images[::10], labels=embedded.test.labels[::10] % 2)
    record = import_files([("b.npz", data)], Wanted("things", Way.RESIZED, replace=True))
    lab.run()
    assert_sound(lab)
    assert lab.session_state["view"].digits.fingerprint == record.fingerprint
    assert "The data set things has changed since it was trained" in lab.warning[0].value


def test_an_archive_of_nothing_but_damage_is_refused(visit):
    lab = visit("data")
    files = [(f"boot/{number}.png", b"\x89PNG\r\n\x1a\n cut off") for number in range(3)]
    lab.get_by_key("own data images 0").upload("a.zip", zipped(files)).run()
    assert_sound(lab)
    assert "holds no image that could be read. Skipped: a picture that is damaged" in lab.error[0].value


def test_an_exported_script_trains_on_the_own_images_and_on_nothing_else(trained, embedded):
    with np.load(io.BytesIO(digits_of(trained))) as held:
        assert len(held["train"]) == trained_on("things")
    assert "MNIST(" not in script_of(trained)
    assert "images of things must lie beside this file" in script_of(trained)
    data = npz(images=embedded.test.images[::10], labels=embedded.test.labels[::10] % 2)
    import_files([("b.npz", data)], Wanted("things", Way.RESIZED, replace=True))
    assert digits_of(trained) is None


def trained_on(name):
    return OwnData().record(name).sizes[0]


@pytest.mark.parametrize(
    "error", ["", "Fashion-MNIST could not be downloaded. Check the network connection."]
)
def test_a_published_set_is_fetched_by_a_button_and_says_first_what_it_is(
    visit, monkeypatch, error, embedded
):
    def fetch_it(name, on_progress):
        on_progress(0.4)
        go_on.wait(60)
        if error:
            raise DataError(error)
        images, labels = embedded.test.images[::10], embedded.test.labels[::10]
        import_files([("a.npz", npz(images=images, labels=labels))], Wanted(name))

    go_on = Event()
    monkeypatch.setattr(published, "fetch_published", fetch_it)
    lab = visit("data")
    for said in ("31 MB to download", "arXiv 1708.07747", "licence: MIT"):
        assert said in words(lab)
    button(lab, "Get Fashion-MNIST").click().run()
    assert_sound(lab)
    assert "You may leave or reload" in words(visit("data"))  # of another visitor
    go_on.set()
    fetch.current_download(name="fashion-mnist").thread.join()
    lab.run()
    assert_sound(lab)
    if error:
        assert lab.error[0].value == error
        assert button(lab, "Get Fashion-MNIST")
    else:
        button(lab, "Look at Fashion-MNIST").click().run()
        assert lab.session_state["view"].digits.name == "fashion-mnist"


@pytest.mark.parametrize("page", ["home", "digits", "draw", "latent", "anomaly"])
def test_a_page_has_an_answer_for_twenty_images_of_one_class(visit, embedded, page):
    import_files([("a.npz", npz(images=embedded.test.images[:20]))], Wanted("few", Way.RESIZED))
    lab = visit(page, data="few", model="pca:few-2")
    if page == "anomaly":
        assert "few has one class alone" in lab.error[0].value
    if page == "digits":
        assert "With only 3 validation images, no finer rate can be told." in words(lab)


# ---- for a session only


def session_only(lab, embedded):
    """Imports pictures as `test_an_upload_is_previewed_imported_and_in_view` does, for the session only."""
    lab.get_by_key("own data images 0").upload("My shoes.zip", archive(embedded)).run()
    lab.segmented_control(key="own data for").set_value("This session only")
    button(lab, "Import").click().run()
    assert_sound(lab)
    return lab.sidebar.selectbox(key="data").value


def test_what_is_kept_for_a_session_is_its_visitors_alone(visit, service, embedded, monkeypatch):
    lab = visit("data")
    name = session_only(lab, embedded)
    assert is_of_session(name)
    assert "my-shoes (only you), 60 images" in lab.sidebar.selectbox(key="data").options
    assert "You alone see these images" in words(lab)
    in_url = lab.query_params["data"]
    assert in_url == f"session-{name[-8:]}"
    secret = lab.session_state[browser.SECRET]
    run = service.start(ModelConfig(latent_dim=2, hidden=(32,)), TrainConfig(epochs=1), dataset=name)
    execute(run)
    with np.load(io.BytesIO(digits_of(run))) as held:
        assert len(held["train"])

    for page in SOME_PAGES:
        mine = visit(page, secret, data=in_url, model=run.id, run=run.id)
        assert mine.sidebar.selectbox(key="data").value == name, page
        assert not [each.value for each in mine.warning if "learned nothing" not in each.value], page
    for page in SOME_PAGES:
        other = visit(page, data=in_url, model=f"pca:{in_url}-8", run=run.id)
        assert other.sidebar.selectbox(key="data").value == "embedded", page
        assert not [each for each in other.sidebar.selectbox(key="data").options if "shoes" in each]
        told = [each.value for each in other.warning if "a link does not pass them on" in each.value]
        assert len(told) == 2, (page, told)
        assert "sandal" not in words(other).replace("sandals/7.jpg", ""), page
    other = visit("train", model=run.id, run=run.id)
    assert any("there for whoever brought it" in each.value for each in other.warning)
    assert not [each for each in other.get("imgs") if "reconstructions" in str(each)]
    assert run.name == "dense-2, 1 epoch on my-shoes of one session"
    monkeypatch.setattr(access, "_asking", lambda: "somebody else")
    assert digits_of(run) is None


def test_what_is_kept_for_a_session_can_be_kept_for_all(visit, service, embedded):
    lab = visit("data")
    name = session_only(lab, embedded)
    run = service.start(ModelConfig(latent_dim=2, hidden=(32,)), TrainConfig(epochs=1), dataset=name)
    execute(run)
    button(lab, "Keep it").click().run()
    assert_sound(lab)
    assert lab.sidebar.selectbox(key="data").value == "my-shoes"
    other = visit("digits", data="my-shoes", model=run.id)
    assert not [each.value for each in other.warning if "learned nothing" not in each.value]
    assert not [each.value for each in other.info if "trained on" in each.value]
