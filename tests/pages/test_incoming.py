"""Values that no browser sends: each page goes on with what it had, and nothing stumbles."""

import json
import logging

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates

from ae_core.drawing.samples import real_digit
from ae_core.jobs.states import State
from ae_core.models.config import ModelConfig
from ae_core.studies.execution import carry_out
from ae_core.studies.experiment import Experiment, ExperimentConfig, Kind
from ae_core.studies.store import StudyStore
from ae_core.studies.sweep import SweepConfig
from ae_core.training.config import TrainConfig
from tests.pages.conftest import assert_sound, words
from tests.pages.test_draw import draw
from tests.pages.test_train import write_run

NET, RECIPE = ModelConfig(latent_dim=2, hidden=(16,)), TrainConfig(epochs=1, batch_size=128, precision="fp32")
PAGES = ("home", "train", "digits", "draw", "latent", "tradeoffs", "anomaly", "runs")
PICTURE = "data:image/png;base64,"
SELECTIONS = (
    5,
    {"selection": 5},
    {"selection": {}},
    {"selection": {"points": 5}},
    {"selection": {"points": [5, {}, {"point_index": "x", "customdata": "x"}]}},
    {"selection": {"points": [{"point_index": 1e400, "customdata": [None]}]}},
    {"selection": {"points": [{"point_index": -(10**9), "customdata": {"0": 10**9}}]}},
    {"selection": {"points": [{"point_index": 10**400, "customdata": {"0": 10**400}}]}},
)
DRAWINGS = (
    5,
    {"drawing": 5},
    {"drawing": {}},
    {"drawing": {"data": 5, "raw": 5}},
    {"drawing": {"data": "no address", "raw": None}},
    {"drawing": {"data": PICTURE + "no base64 !", "raw": {}}},
    {"drawing": {"data": PICTURE + "iVBORw0KGgo=", "raw": {"objects": 5}}},
    {"drawing": {"data": PICTURE, "raw": {}}, "backgroundFit": 5},
)
# By the kind of value that a widget takes; the first JSON of each is none.
HOSTILE = {
    "trigger_value": [],  # a press is a press
    "bool_value": [True],
    "double_value": [float("inf"), float("-inf"), float("nan"), 1e308, -1.0, 0.5],
    "double_array_value": [[float("nan")], [float("inf"), 0.0], [], [1e308] * 2, [-1.0] * 1000, [0.5, 0.1]],
    "string_value": ["no such", "x" * 10**6, ""],
    "string_array_value": [["no such"], ["no such"] * 5000, [], [""] * 3, ["7", "7"]],
    "json_value": ["{", "[" * 10_000, *map(json.dumps, DRAWINGS)],
    "json_trigger_value": ["{", "5", '{"event": 5}', '[{"event": "no such", "value": 5}]'],
    "file_uploader_state_value": [],
}
SELECTED = ["{", *map(json.dumps, SELECTIONS)]  # a chart sends its selection as a text
CONFUSED = ("string_value", "double_value", "json_value")  # kinds that are sent for another


def value(widget_id: str, kind: str, given: object) -> WidgetState:
    state = WidgetState(id=widget_id)
    if kind.endswith("array_value"):
        getattr(state, kind).data.extend(given)
        getattr(state, kind).SetInParent()
    else:
        setattr(state, kind, given)
    return state


def widgets(lab) -> dict[str, str]:
    """The kind of value of each widget that the session has met, by the widget's id."""
    known = lab._session_state._state._new_widget_state.widget_metadata
    return {each.id: each.value_type for each in known.values() if each.value_type}


def hostile(widget_id: str, kind: str) -> list:
    return SELECTED if "plotly_chart" in widget_id else HOSTILE[kind]


def attacks(known: dict[str, str]) -> list[list[WidgetState]]:
    """Values for all widgets at once, again and again: impossible ones, then such of another kind."""
    rounds = max(len(hostile(*each)) for each in known.items())
    impossible = [
        [
            value(each, kind, some[number % len(some)])
            for each, kind in known.items()
            if (some := hostile(each, kind))
        ]
        for number in range(rounds)
    ]
    return impossible + [
        [value(each, other, HOSTILE[other][0]) for each, kind in known.items() if kind != other]
        for other in CONFUSED
    ]


@pytest.fixture
def full_visit(visit, store, embedded):
    """Each page with all that it can hold: a run, a sweep, an experiment with its results, a drawing."""

    def visit_page(page: str):
        asked, studies = {}, StudyStore(store)
        if page == "runs":
            asked["runs"] = write_run(store, State.FINISHED).id
        elif page == "train":
            write_run(store, State.FINISHED)
            asked["run"] = write_run(store, State.PAUSED).id
        elif page == "tradeoffs":
            asked["sweep"] = studies.create(SweepConfig((2, 4), ("dense",), (0,), NET, RECIPE, "embedded")).id
        elif page == "anomaly":
            config = ExperimentConfig.of(
                Kind.FOREIGN, dataset="embedded", scores=("mse",), images=60, sources=("letters",)
            )
            asked["experiment"] = studies.create(config).id
            for part, record in studies.records(studies.get(asked["experiment"], Experiment)):
                record.ensure(part)
                carry_out(record, "me", device="cpu")
        lab = visit(page, **asked)
        if page == "draw":
            draw(lab, real_digit(embedded.test.images, 0))
        return lab

    return visit_page


@pytest.mark.parametrize("page", PAGES)
def test_what_no_browser_sends_is_dropped(full_visit, visit, caplog, page):
    lab = full_visit(page)
    for states in attacks(widgets(lab)):
        lab._run(WidgetStates(widgets=states))
        assert_sound(lab)
    newcomer = visit(page)
    newcomer._session_state._state.clear()  # as after a restart: the browser sends before anything is drawn
    for states in attacks(widgets(lab))[:2]:
        newcomer._run(WidgetStates(widgets=states))
        assert_sound(newcomer)
    assert not [each for each in caplog.records if each.levelno >= logging.ERROR]


def test_a_number_that_is_none_leaves_what_the_field_had(visit):
    lab = visit("train")
    key = "setting peak_learning_rate"
    lab.number_input(key=key).set_value(0.002).run()
    (widget,) = (each for each in widgets(lab) if each.endswith(key))
    lab._run(WidgetStates(widgets=[value(widget, "double_value", float("inf"))]))
    assert lab.session_state[key] == lab.number_input(key=key).value == 0.002


def test_what_a_browser_sends_is_taken(visit):
    """A cleared number, one of the options, none of several."""
    lab = visit("train")
    ids = {each.rsplit("-", 1)[-1]: each for each in widgets(lab)}
    states = [
        WidgetState(id=ids["setting epochs"]),
        value(ids["setting schedule"], "string_value", "one cycle"),
        value(ids["setting hidden"], "string_value", "64, 32"),
    ]
    lab._run(WidgetStates(widgets=states))
    assert lab.session_state["setting schedule"] == "one_cycle"
    assert lab.session_state["setting hidden"] == "64, 32"


@pytest.mark.parametrize("kind", ["int_value", "double_value"])
def test_a_whole_number_is_taken_as_either_kind_of_number(visit, kind):
    """The browser sends it as the one and the server knows its field as the other."""
    lab = visit("train")
    (field,) = (each for each in widgets(lab) if each.endswith("setting epochs"))
    lab._run(WidgetStates(widgets=[value(field, kind, 7)]))
    assert lab.session_state["setting epochs"] == lab.number_input(key="setting epochs").value == 7


def test_a_region_of_a_thousand_digits_is_taken(visit):
    lab = visit("latent")
    (chart,) = (each for each in widgets(lab) if each.endswith("-map"))
    points = [{"point_index": number, "customdata": {"0": number}} for number in range(1000)]
    lab._run(
        WidgetStates(widgets=[value(chart, "string_value", json.dumps({"selection": {"points": points}}))])
    )
    assert "**1,000** selected" in words(lab)
