"""Whatever a page's controls can say, a link holds: a URL's state is taken, and the URL then says it."""

import hypothesis
import numpy as np
import pytest
from hypothesis import HealthCheck
from hypothesis import strategies as st

from ae_core.drawing.sketch import Sketch
from ae_core.jobs.states import State
from ae_core.models.build import ARCHITECTURES
from ae_core.models.config import ModelConfig
from ae_core.studies.experiment import Kind
from ae_core.training.config import TrainConfig
from ae_core.training.presets import PRESETS
from tests.pages.conftest import assert_sound
from ui.anomaly.lessons import LESSONS as TRAPS
from ui.lessons import shelf
from ui.runs import curves, table
from ui.shell import link
from ui.tradeoffs.sweep_form import DIMS
from ui.train.settings import LATENT_DIMS, OWN

ELSEWHERE = {"run", "sweep", "experiment", "runs", "of", "tags", "digit"}  # what must be on file, or in view
BY_CHANCE = {"sample", "drawing", "code", "step", "digits", "size", "epochs", "seeds", "images", "severity"}
BY_CHANCE |= {"corruptions", "sources", "hidden", "channels", "beta"}  # another choice brings them
HALVES = st.integers(1, 40).map(lambda halves: link.written(halves / 2))  # percent


def one(options):
    return st.sampled_from([link.slug(each) for each in options])


def some(options, least=0):
    """In their order."""
    options = [link.slug(each) for each in options]
    chosen = st.sets(st.sampled_from(options), min_size=least, max_size=4)
    return chosen.map(lambda some: "~".join(sorted(some, key=options.index)) or link.NOTHING)


def count(low, high):
    return st.integers(low, high).map(str)


def digits(classes):
    return some(range(classes), least=1)


SWITCH = st.sampled_from(["yes", "no"])
VIEW = {
    "model": st.sampled_from(["zoo:dense-32", "zoo:dense-8"]),
    "score": st.sampled_from(["mse", "error_per_ink", "error_and_outline"]),
    "data": st.just("embedded"),
}
POINTS = st.lists(st.tuples(st.integers(0, 1119), st.integers(0, 1119)), min_size=1, max_size=20)
DRAWING = POINTS.map(lambda points: Sketch(((20, np.array(points) / 4),)).packed())


@st.composite
def home(draw):
    of = draw(st.sampled_from(["sample", "drawing", "code"]))
    values = {
        "sample": st.one_of(count(0, 9), st.just(link.NOTHING)),
        "drawing": DRAWING,
        "code": st.lists(st.integers(-99, 99), min_size=32, max_size=32).map(
            lambda code: "~".join(f"{value / 10:.4g}" for value in code)
        ),
    }
    return {"model": "zoo:dense-32", of: draw(values[of])}


@st.composite
def lessons(draw):
    names = sorted(path.stem for path in shelf.FOLDER.glob("0[1-3]*.yaml"))
    lesson = draw(st.sampled_from([link.NOTHING, *names]))
    return {"lesson": lesson} | ({} if lesson == link.NOTHING else {"step": draw(count(1, 3))})


@st.composite
def train(draw):
    model, recipe = ModelConfig.rule, TrainConfig.rule
    architecture = draw(one(ARCHITECTURES))
    widths = st.lists(st.integers(1, 128), min_size=1, max_size=2).map(lambda all: "~".join(map(str, all)))
    own = {"hidden": widths, "channels": widths, "beta": st.sampled_from(["0.5", "2"])}
    return {"architecture": architecture} | draw(
        st.fixed_dictionaries(
            {
                "preset": one(preset.title for preset in PRESETS),
                "latent_dim": one(LATENT_DIMS),
                "activation": one(model("activation").choices),
                "batch_norm": SWITCH,
                "epochs": count(1, 1000),
                "batch_size": count(2, 4096),
                "peak_learning_rate": st.floats(1e-6, 1.0).map(link.written),
                **{
                    name: one(recipe(name).choices)
                    for name in ("schedule", "optimizer", "loss", "noise", "precision")
                },
                "seed": count(0, 9999),
                "denoising": st.sampled_from(["0", "0.25"]),
                "augmentation": st.sampled_from(["0", "0.5"]),
                "patience": count(0, 9),
                "target_error": st.sampled_from(["0", "0.01"]),
                "time_limit": count(0, 99),
            }
            | {name: own[name] for name in OWN[architecture]}
        )
    )


@st.composite
def anomaly(draw):
    kind = draw(st.sampled_from(list(Kind)))
    trains = {"digits": digits(10), "size": one((2, 8, 32)), "epochs": count(1, 9), "seeds": count(1, 3)}
    asked = {"images": count(100, 500)}
    if kind is Kind.CORRUPTIONS:
        asked |= {"severity": st.sampled_from(["0.5", "1"]), "corruptions": some(("fog", "glass_blur"), 1)}
    if kind is Kind.FOREIGN:
        asked |= {"sources": some(("letters", "scikit_digits"), 1)}
    common = {"anomalies": one(("letters", "digit 3")), "rate": HALVES, "trap": one(TRAPS)}
    return {"kind": str(kind)} | draw(st.fixed_dictionaries(common | (trains if kind.trains else asked)))


STATES = {
    "home": home(),
    "lessons": lessons(),
    "train": train(),
    "runs": st.fixed_dictionaries(
        {
            "search": st.text("ab 1~&=?", min_size=1, max_size=9).filter(str.strip),
            "state": some(State),
            "kind": some(ARCHITECTURES),
            "order": one(table.ORDER_NAMES),
            "studies": SWITCH,
            "by": one(curves.X),
            "log": SWITCH,
            "training": SWITCH,
        }
    ),
    "digits": st.fixed_dictionaries(
        {
            "order": one(("Hardest first", "Easiest first")),
            "labels": some(range(10)),
            "page": count(1, 5),
            "rate": HALVES,
            "range": st.just("all"),
        }
    ),
    "draw": st.fixed_dictionaries(
        {"brush": count(4, 40), "alone": SWITCH, "rate": HALVES, "drawing": DRAWING}
    ),
    "latent": st.fixed_dictionaries(
        {
            "model": st.just("zoo:dense-32"),
            "map": st.just("principal-components"),
            "colour": one(("By class", "By score")),
            "sliders": st.sampled_from(["0", "0.5~0~-0.25", "0~1"]),
            **{name: count(0, 999) for name in ("from", "to", "minus", "plus", "near")},
            "drawn": SWITCH,
        }
    ),
    "tradeoffs": st.fixed_dictionaries(
        {
            "sizes": some(DIMS, least=1),
            "kinds": some(ARCHITECTURES, least=1),
            "seeds": count(1, 3),
            "epochs": count(1, 50),
            "batch": count(2, 512),
            "digits": st.lists(count(0, 999), min_size=1, max_size=4, unique=True).map("~".join),
        }
    ),
    "anomaly": anomaly(),
    "data": st.fixed_dictionaries({"others": count(0, 9999)}),
}


@pytest.mark.parametrize("page", STATES)
def test_any_state_of_a_page_is_taken_from_a_url_which_then_says_it(visit, page):
    lab, met = visit(page), set()

    @hypothesis.settings(
        max_examples=3,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(state=STATES[page], view=st.fixed_dictionaries(VIEW))
    def round_trip(state, view):
        asked = view | state
        lab.query_params.clear()
        lab.query_params.update(asked)
        lab.run()
        assert_sound(lab)
        met.update(asked)
        assert not [each.value for each in lab.warning if "the URL says" in each.value]
        assert {name: lab.query_params.get(name) for name in asked} == asked

    round_trip()
    fields = {each.name for each in lab.session_state[link.HELD].fields}
    assert fields <= met | ELSEWHERE | BY_CHANCE
