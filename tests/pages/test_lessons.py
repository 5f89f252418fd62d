"""Lessons: each can be walked to its end by "show me", and what is wrong is said where it is."""

import shutil

import pytest

from ae_core.jobs.states import State
from ae_core.lessons.contest import Leaderboard
from ae_core.models.build import build_model
from ae_core.models.weights import save_model
from tests.names import as_read
from tests.pages.conftest import assert_sound, words
from ui.lessons import shelf

LESSONS = sorted(path.name.removesuffix(".yaml") for path in shelf.FOLDER.glob("[0-9]*.yaml"))


def pressed(lab, key):
    lab.button(key=key).click().run()
    assert_sound(lab)
    assert not lab.error
    assert not lab.warning, words(lab)


def has(lab, key):
    return any(each.key == key for each in lab.button)


def finish_runs(store):
    """As workers do, but for what the networks learn."""
    for run in store.list():
        run.folder.write("model.safetensors", save_model(build_model(run.config().model)))
        run.set_state(State.FINISHED)


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_is_walked_to_its_end_by_show_me(visit, store, lesson):
    lab = visit("lessons", lesson=lesson)
    step = 1
    while True:
        assert lab.query_params["lesson"] == lesson
        assert lab.query_params["step"] == str(step)
        if has(lab, "show me"):
            pressed(lab, "show me")
            finish_runs(store)
            lab.run()
        assert not has(lab, "show me")
        assert step in lab.session_state["steps of lessons that are done"][lesson]
        if not has(lab, "next"):
            break
        pressed(lab, "next")
        step += 1
    pressed(lab, "finish")
    assert lab.success
    assert lab.query_params["lesson"] == "none"


def test_a_wrong_answer_is_explained_and_so_are_the_others(visit):
    lab = visit("lessons", lesson="02-bottleneck")
    lab.radio[0].set_value(0).run()
    assert "Not quite." in lab.warning[0].value
    assert "The 1" in words(lab)
    assert lab.session_state["steps of lessons that are done"] == {"02-bottleneck": {1}}


def test_other_pages_remind_of_the_lesson_until_it_is_left(visit):
    lab = visit("lessons", lesson="02-bottleneck", step="3")
    lab.switch_page("../../pages/digits.py").run()
    assert "Lesson 2, step 3." in words(lab)
    (back,) = (each for each in lab.main.page_link if each.proto.page == "lessons")
    assert "lesson=02-bottleneck&step=3" in back.proto.query_string
    lab.sidebar.selectbox(key="model").set_value("zoo:dense-2").run()
    lab.switch_page("../../pages/lessons.py").run()
    assert "Done: the lab has seen it." in lab.success[0].value
    lab.switch_page("../../pages/digits.py").run()
    lab.button(key="leave lesson").click().run()
    assert "Lesson 2" not in words(lab)


@pytest.mark.parametrize(
    ("asked", "told"), [({"lesson": "nothing"}, "'nothing'"), ({"step": "99"}, "1 to 5")]
)
def test_a_wrong_address_is_named_and_replaced(visit, asked, told):
    lab = visit("lessons", **({"lesson": "02-bottleneck"} | asked))
    assert told in as_read(lab.warning[0].value)
    assert lab.title


def test_a_damaged_lesson_says_where_and_the_others_still_work(visit, tmp_path, monkeypatch):
    folder = tmp_path / "lessons"
    shutil.copytree(shelf.FOLDER, folder)
    file = folder / "01-what-it-does.yaml"
    file.write_text(file.read_text().replace("part: code", "part: kode"))
    line = file.read_text()[: file.read_text().index("kode")].count("\n") + 1
    monkeypatch.setattr(shelf, "FOLDER", folder)
    lab = visit("lessons")
    (error,) = lab.error
    assert f"01-what-it-does.yaml, line {line}: " in as_read(error.value)
    assert not has(lab, "start 01-what-it-does")
    pressed(lab, "start 02-bottleneck.de")
    assert lab.title[0].value == "2 · Der Flaschenhals"


def test_who_has_no_name_is_not_entered_into_the_contest(visit, store):
    lab = visit("lessons", lesson="10-design-a-detector", step="3")
    (enter,) = (each for each in lab.button if each.label == "Measure and enter")
    enter.click().run()
    assert "1 to 30 characters" in lab.error[0].value
    assert Leaderboard(store).entries() == []
    lab.text_input(key="contest name").set_value("Ada").run()
    (enter,) = (each for each in lab.button if each.label == "Measure and enter")
    enter.click().run()
    (entry,) = Leaderboard(store).entries()
    assert (entry.name, entry.score) == ("Ada", "mse")
    assert 0.5 < entry.auroc < 1
    assert "Done: the lab has seen it." in [each.value for each in lab.success]


def test_the_recipe_of_an_action_waits_on_the_train_page(visit):
    lab = visit("lessons", lesson="04-learning-rate", step="4")
    lab.button(key="to train").click().run()
    assert_sound(lab)
    assert lab.title[0].value == "How does it learn?"
    assert not lab.warning
    assert lab.number_input(key="setting peak_learning_rate").value == 0.05
    assert lab.selectbox(key="setting schedule").value == "one_cycle"
    assert "Lesson 4, step 4." in words(lab)
