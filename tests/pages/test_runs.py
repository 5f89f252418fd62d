"""The Runs page: the table, what is chosen of it, and what can be done to it."""

import pytest

from ae_core.drawing.ink import digit_from_drawing
from ae_core.drawing.samples import letter
from ae_core.jobs.states import State
from ae_core.models.build import build_model
from ae_core.models.config import ModelConfig
from ae_core.models.inference import reconstruction_errors
from ae_core.models.weights import save_model
from ae_core.runs import tensorboard
from tests.names import as_read
from tests.pages.conftest import assert_sound, button, words
from tests.pages.test_train import write_run
from ui.runs import chosen, table
from ui.train import settings


@pytest.fixture(autouse=True)
def new_table():
    table.overview.clear()


def shown(lab):
    return lab.dataframe[0].value


def test_without_a_run_the_page_says_what_to_do(visit):
    assert "Train one" in words(visit("runs"))


def test_all_runs_stand_in_the_table_and_a_search_leaves_some(visit, store):
    write_run(store, State.FINISHED, name="first")
    write_run(store, State.FAILED, name="second")
    lab = visit("runs")
    assert shown(lab)["Name"].tolist() == ["second", "first"]
    assert shown(lab)["Validation"].tolist() == [0.0875, 0.0875]
    lab.text_input(key="runs search").set_value("fir").run()
    assert shown(lab)["Name"].tolist() == ["first"]
    assert "1 of 2 runs" in words(lab)


def test_no_more_rows_are_sent_than_are_shown(visit, store, monkeypatch):
    monkeypatch.setattr(table, "SHOWN", 2)
    for _ in range(3):
        write_run(store, State.FINISHED)
    lab = visit("runs")
    assert len(shown(lab)) == 2
    assert "3 runs, the first 2 shown" in words(lab)


def test_the_address_names_the_chosen_runs(visit, store):
    first, second = (write_run(store, State.FINISHED, name=name) for name in ("first", "second"))
    lab = visit("runs", runs=f"{first.id},{second.id}")
    assert [each.value for each in lab.header] == ["2 runs side by side"]
    assert "Nowhere: the same model" in words(lab)
    assert lab.query_params["runs"] == f"{first.id},{second.id}"
    button(lab, "Choose none").click().run()
    assert not lab.header
    lab = visit("runs", runs=f"{first.id},20200101-000000-aaaa")
    assert "There is no run" in as_read(lab.warning[0].value)
    assert lab.text_input(key=f"runs name {first.id}").value == "first"


def test_the_same_digits_and_the_same_drawing_stand_under_each(visit, store):
    from ui.pictures.canvas import DRAWING, Drawing  # the component can be loaded in a lab alone

    runs = [write_run(store, State.FINISHED, name=name) for name in ("first", "second")]
    lab = visit("runs", runs=",".join(run.id for run in runs))
    assert len(errors_of(lab)) == 10
    assert "your drawing" not in words(lab)
    lab.session_state[DRAWING] = Drawing(picture=letter(0))
    lab.run()
    assert_sound(lab)
    table = errors_of(lab)
    assert table["Image"].tolist() == [*map(str, range(10)), "your drawing"]
    image = digit_from_drawing(letter(0), on_black=True).image[None]
    assert table["second"].iloc[-1] == pytest.approx(float(reconstruction_errors(runs[1].model(), image)[0]))
    assert words(lab).count("of your drawing **") == 2


def errors_of(lab):
    (table,) = (each.value for each in lab.dataframe if "Image" in each.value)
    return table


def test_a_run_is_logged_for_tensorboard_on_request_and_says_what_mlflow_lacks(visit, store):
    run = write_run(store, State.FINISHED)
    run.folder.write_json("tracking.json", {"trouble": "The MLflow server does not answer."})
    lab = visit("runs", runs=run.id)
    assert "The MLflow server does not answer." in words(lab)
    lab.session_state[f"export {run.id}"] = True
    lab.run()
    button(lab, "Log for TensorBoard").click().run()
    assert_sound(lab)
    assert tensorboard.is_logged(run)
    assert f"tensorboard --logdir {run.folder.url}" in words(lab)


def test_a_run_is_renamed_deleted_and_taken_back(visit, store):
    run = write_run(store, State.FINISHED, name="before")
    lab = visit("runs", runs=run.id)
    lab.text_input(key=f"runs name {run.id}").set_value("after").run()
    assert shown(lab)["Name"].tolist() == ["after"]
    lab.session_state["runs deletion"] = True
    lab.run()
    button(lab, "Yes, delete").click().run()
    assert store.list() == []
    assert "Deleted: **after**" in words(lab)
    button(lab, "Undo").click().run()
    assert shown(lab)["Name"].tolist() == ["after"]
    assert lab.session_state[chosen.CHOSEN] == [run.id]


def test_tags_are_set_found_by_and_taken_away(visit, store):
    first, second = (write_run(store, State.FINISHED, name=name) for name in ("first", "second"))
    second.set_tags(["class-7b"])
    lab = visit("runs", runs=first.id)
    field = lab.multiselect(key=f"runs tags {first.id}")
    assert field.options == ["class-7b"]
    field.set_value(["class-7b", "My best"]).run()
    assert_sound(lab)
    assert first.tags == ("class-7b", "my-best")
    assert lab.multiselect(key=f"runs tags {first.id}").value == ["class-7b", "my-best"]
    assert [list(each) for each in shown(lab)["Tags"]] == [["class-7b"], ["class-7b", "my-best"]]
    lab.multiselect(key=f"runs tags {first.id}").set_value(["class-7b", "my-best", "a,b"]).run()
    assert "A tag has" in lab.toast[0].value
    lab = visit("runs", tags="my-best")
    assert shown(lab)["Name"].tolist() == ["first"]
    lab = visit("runs", runs=f"{first.id},{second.id}")
    both = lab.multiselect(key=f"runs tags {first.id} {second.id}")
    assert both.value == ["class-7b"]
    both.set_value(["seen"]).run()
    assert (first.tags, second.tags) == (("my-best", "seen"), ("seen",))


def test_its_settings_are_taken_to_the_train_page(visit, store):
    run = write_run(store, State.FINISHED, model=ModelConfig(latent_dim=3, hidden=(16,)))
    lab = visit("train")
    lab.get_by_key(settings.key_of("latent_dim")).set_value(64).run()
    lab.switch_page("../../pages/runs.py").run()
    lab.query_params["runs"] = run.id
    lab.run()
    button(lab, "Train again with changes").click().run()
    assert_sound(lab)
    assert lab.get_by_key(settings.key_of("latent_dim")).value == 3
    assert lab.get_by_key(settings.key_of("hidden")).value == "16"


def test_its_model_comes_into_view(visit, store):
    run = write_run(store, State.FINISHED)
    lab = visit("runs", runs=run.id)
    button(lab, "Look at this model on the other pages").click().run()
    assert lab.session_state["model"] == run.id
    assert button(lab, "In view on the other pages").disabled


def test_a_model_of_ones_own_is_brought_in_and_every_page_shows_it(visit, store):
    lab = visit("runs")
    lab.session_state["runs bring"] = True
    lab.run()
    model = build_model(ModelConfig(latent_dim=2, hidden=(8,)))
    lab.file_uploader[0].upload("mine.safetensors", save_model(model), "").run()
    (run,) = store.list()
    assert shown(lab)["Recipe"].tolist() == [""]
    assert lab.session_state[chosen.CHOSEN] == [run.id]
    for page in ("train", "digits", "draw", "latent"):
        assert_sound(visit(page, model=run.id, **({"run": run.id} if page == "train" else {})))


def test_a_file_that_is_no_model_is_refused_in_words(visit, store):
    lab = visit("runs")
    lab.session_state["runs bring"] = True
    lab.run()
    lab.file_uploader[0].upload("mine.safetensors", b"hello", "").run()
    assert "neither a ZIP file" in words(lab)
    assert store.list() == []


def test_the_address_holds_what_is_asked_of_the_table(visit, store):
    write_run(store, State.FINISHED, name="first")
    write_run(store, State.FAILED, name="second")
    lab = visit("runs", search="s", state="failed", order="test-error")
    assert shown(lab)["Name"].tolist() == ["second"]
    lab = visit("runs", state="exploded")
    assert "State must be" in words(lab)
    assert len(shown(lab)) == 2
