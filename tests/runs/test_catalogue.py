"""One kind of name for every model: the zoo's and the runs'."""

from dataclasses import replace

import numpy as np
import pytest

from ae_core import zoo
from ae_core.data.sources import load_digits
from ae_core.errors import NotFoundError, NotReadyError, RunError, WeightsError
from ae_core.models.build import build_model
from ae_core.models.config import ModelConfig
from ae_core.models.inference import reconstruct
from ae_core.models.linear_baseline import LinearBaseline
from ae_core.models.weights import save_model
from ae_core.runs.catalogue import BASELINE_DIMS, open_model, references, trained_on_class
from ae_core.runs.store import RunStore
from ae_core.training.config import TrainConfig


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "runs")


def make_run(store, number, *, with_model=True):
    """A run under an id of its own second, so that the order of ids is the order of making."""
    digits = load_digits("embedded")
    config = ModelConfig(latent_dim=3)
    run = store.create(config, TrainConfig(), dataset="embedded", fingerprint=digits.fingerprint)
    run_id = f"20260101-00000{number}-abcd"
    store.folder.fs.mv(run.folder.path, f"{store.folder.path}/{run_id}", recursive=True)
    run = store.get(run_id)
    if with_model:
        run.folder.write("model.safetensors", save_model(build_model(config, seed=number)))
    return run


def always_there() -> list[str]:
    best = load_digits("auto").name
    return [f"zoo:{name}" for name in zoo.names()] + [f"pca:{best}-{dim}" for dim in BASELINE_DIMS]


def test_without_runs_there_are_the_zoo_and_the_baselines(store):
    assert references(store.listed()) == always_there()


def test_a_baseline_opens_at_any_size_and_is_that_of_its_digits(store):
    trained = open_model("pca:embedded-5", store)
    assert trained.trained_on == "embedded"
    assert trained.model.components.shape == (5, 784)
    fitted = LinearBaseline.fit(load_digits("embedded"), 5)
    assert (trained.model.components == fitted.components).all()


@pytest.mark.parametrize(
    "reference", ["pca:", "pca:embedded", "pca:fashion-8", "pca:embedded-", "pca:embedded--1"]
)
def test_an_unknown_baseline_is_refused_with_an_example(store, reference):
    with pytest.raises(NotFoundError, match="pca:embedded-8"):
        open_model(reference, store)


def test_runs_with_a_model_follow_newest_first(store):
    old, new = make_run(store, 1), make_run(store, 2)
    make_run(store, 3, with_model=False)
    assert references(store.listed())[len(always_there()) :] == [new.id, old.id]


@pytest.mark.slow
def test_everything_listed_opens(store):
    make_run(store, 1)
    for reference in references(store.listed()):
        trained = open_model(reference, store)
        assert trained.reference == reference
        assert trained.title
        assert trained.config == trained.model.config
        assert not trained.model.training


def test_a_run_opens_with_its_weights_its_name_and_its_data_set(store):
    run = make_run(store, 1)
    run.rename("my first")
    trained = open_model(run.id, store)
    images = load_digits("embedded").test.images[:5]
    own = build_model(ModelConfig(latent_dim=3), seed=1)
    assert (trained.title, trained.trained_on) == ("my first", "embedded")
    assert np.array_equal(reconstruct(trained.model, images), reconstruct(own, images))


def test_a_shipped_model_says_that_it_is(store):
    trained = open_model("zoo:dense-8", store)
    assert trained.trained_on == "zoo"
    assert trained.config.latent_dim == 8
    assert "8" in trained.title


@pytest.mark.parametrize("reference", ["zoo:dense-9", "zoo:", "dense-8", "20250101-000000-abcd", "../x", ""])
def test_what_is_not_there_is_refused(store, reference):
    with pytest.raises(RunError, match=r"has no model|There is no run"):
        open_model(reference, store)


def test_a_run_without_a_model_yet_is_refused(store):
    run = make_run(store, 1, with_model=False)
    with pytest.raises(NotReadyError, match="no model yet: it is queued"):
        open_model(run.id, store)


def test_a_damaged_model_is_named(store):
    run = make_run(store, 1)
    run.folder.write("model.safetensors", b"cut off")
    with pytest.raises(WeightsError, match=run.id):
        open_model(run.id, store)


def test_a_model_that_was_trained_on_an_anomaly_says_so(store):
    digits = load_digits("embedded")
    shipped, linear = (open_model(each, store) for each in ("zoo:dense-32", "pca:embedded-8"))
    for knows_all in (shipped, linear):
        assert "trained on the 3 too" in trained_on_class(knows_all, digits, 3)
    without_3 = replace(linear, classes=(0, 1, 2, 4, 5, 6, 7, 8, 9))
    assert trained_on_class(without_3, digits, 3) == ""
    assert "a 4 is normal" in trained_on_class(without_3, digits, 4)


def test_classes_of_a_model_of_digits_say_nothing_of_other_images(few):
    of_digits = replace(open_model("zoo:dense-32", RunStore()), classes=(3,))
    things = replace(few, name="things", class_names=tuple("abcdefghij"))
    assert of_digits.classes_in(few) == ()  # neither MNIST's digits nor what it was trained on
    assert of_digits.classes_in(load_digits("embedded")) == (3,)
    assert of_digits.classes_in(things) == ()
    assert trained_on_class(of_digits, things, 3) == ""
    assert replace(of_digits, trained_on="things").classes_in(things) == (3,)
    assert "trained on d too: for it d is normal" in trained_on_class(
        replace(of_digits, trained_on="things"), things, 3
    )


def test_a_run_of_some_digits_keeps_them_when_it_is_opened(store):
    digits = load_digits("embedded")
    config = ModelConfig(latent_dim=3)
    run = store.create(
        config, TrainConfig(), dataset="embedded", fingerprint=digits.fingerprint, classes=(1, 2)
    )
    run.folder.write("model.safetensors", save_model(build_model(config)))
    assert open_model(run.id, store).classes == (1, 2)
    assert open_model("zoo:dense-8", store).classes == ()
