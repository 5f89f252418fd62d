"""What a learner does in the lab: open pages, move what can be moved, draw, start a training."""

import contextlib
import json
import random
import time
from asyncio import sleep
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from streamlit.proto.ButtonGroup_pb2 import ButtonGroup
from streamlit.proto.NumberInput_pb2 import NumberInput
from streamlit.proto.WidgetStates_pb2 import WidgetState

from ae_core.data.sources import load_digits
from ae_core.drawing.samples import real_digit, scribble_path
from benchmarks.tab import LOST, Rerun, Tab, Widget, opened
from ui.pictures.mosaic import data_uri

PAGES = ("Home", "Train", "Digits", "Draw", "Latent", "Trade-offs", "Anomaly")
CANVAS = "streamlit-drawable-canvas.streamlit_drawable_canvas"
DRAWINGS = 40  # different ones, made before the load: to make them takes time
Act = Callable[[Tab], Awaitable[Rerun]]


@dataclass
class Findings:
    """What all learners met."""

    reruns: list[Rerun] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)

    def note(self, rerun: Rerun) -> None:
        self.reruns.append(rerun)
        self.complain(rerun)

    def complain(self, rerun: Rerun) -> None:
        self.errors.update(f"{rerun.page}, {rerun.act}: {each}" for each in rerun.complaints)

    def lose(self, page: str, error: BaseException) -> None:
        self.errors[f"{page}: {type(error).__name__} {error}"[:120]] += 1


@dataclass
class Learner:
    """steps: what it does first, of whatever else it will do."""

    tab: Tab
    chance: random.Random
    findings: Findings
    drawings: list[str]
    steps: list[Act] = field(default_factory=list)

    async def stay(self, until: float, pause: float) -> None:
        """Acts, with pauses, and begins at any time within the first; what goes wrong does not end it."""
        await self.rest(min(until, time.monotonic() + pause * self.chance.random()))
        while time.monotonic() < until:
            act = self.steps.pop(0) if self.steps else self.choose()
            await self.try_to(act)
            await self.rest(min(until, time.monotonic() + pause * self.chance.uniform(0.5, 1.5)))

    async def rest(self, until: float) -> None:
        """Does nothing, but the part of the page that refreshes itself most often does."""
        while (left := until - time.monotonic()) > 0:
            if not self.tab.clocks:
                await sleep(left)
                return
            fragment, seconds = min(self.tab.clocks.items(), key=lambda each: each[1])
            await sleep(min(left, seconds))
            if seconds < left:
                await self.try_to(partial(Tab.refresh, fragment=fragment))

    async def try_to(self, act: Act) -> None:
        """Notes how it went. After a failure the learner comes again, as by a reload."""
        try:
            self.findings.note(await act(self.tab))
        except LOST as error:
            self.findings.lose(self.tab.page, error)
            with contextlib.suppress(*LOST):
                await self.tab.socket.close()
                self.tab = await opened(self.tab.url, self.tab.query)
                await self.tab.arrive()

    def choose(self) -> Act:
        """What to do next: on Draw mostly to draw, elsewhere as often to move something as to go on."""
        drawn = [each for each in self.tab.widgets.values() if each.name == CANVAS]
        if drawn and self.chance.random() < 0.6:
            return partial(draw, canvas=drawn[0], drawing=self.chance.choice(self.drawings))
        movable = [each for each in self.tab.widgets.values() if can_move(each)]
        if movable and self.chance.random() < 0.6:
            widget = self.chance.choice(movable)
            return lambda tab: tab.give("move", widget, **another_value(widget, tab, self.chance))
        page = self.chance.choice([each for each in PAGES if each != self.tab.page])
        return lambda tab: tab.open(page)


async def draw(tab: Tab, canvas: Widget, drawing: str) -> Rerun:
    """As at the end of a stroke."""
    return await tab.give("draw", canvas, json_value=drawing)


def can_move(widget: Widget) -> bool:
    proto = widget.proto
    if widget.kind not in ("slider", "checkbox", "button_group", "number_input") or proto.disabled:
        return False
    return widget.kind != "number_input" or (proto.has_min and proto.has_max)


def another_value(widget: Widget, tab: Tab, chance: random.Random) -> dict[str, Any]:
    """A value that the widget allows and most likely has not now."""
    proto, held = widget.proto, tab.held.get(widget.id)
    if widget.kind == "checkbox":
        at_first = proto.value if proto.set_value else proto.default
        return {"bool_value": not (held.bool_value if held else at_first)}
    if widget.kind == "number_input":
        number = chance.randint(int(proto.min), int(proto.max))
        is_whole = proto.data_type == NumberInput.INT
        return {"int_value": number} if is_whole else {"double_value": float(number)}
    if widget.kind == "button_group":
        return {"string_array_value": [chance.choice(not_chosen(proto, held))]}
    if proto.options:
        return {"string_array_value": [chance.choice(proto.options)]}
    steps = round((proto.max - proto.min) / proto.step)
    values = [proto.min + proto.step * chance.randint(0, steps) for _ in proto.default]
    return {"double_array_value": sorted(values)}


def not_chosen(group: ButtonGroup, held: WidgetState | None) -> list[str]:
    """The buttons that are not pressed; all of them where all are."""
    labels = [each.content for each in group.options]
    at_first = list(group.raw_values) if group.set_value else [labels[each] for each in group.default]
    pressed = held.string_array_value.data if held else at_first
    return [each for each in labels if each not in pressed] or labels


def a_training(seed: int) -> list[Act]:
    """The steps to a training that nobody has done: the preset with three epochs, and a seed of one's own."""
    return [
        lambda tab: tab.open("Train"),
        lambda tab: tab.give("preset", tab.named("Preset"), string_value="Fast"),
        lambda tab: tab.give("seed", tab.named("Seed"), int_value=seed),
        lambda tab: tab.give("start", tab.named("Start training"), trigger_value=True),
    ]


def drawings() -> list[str]:
    """What the canvas component sends of a drawing: its strokes, and a picture."""
    images = load_digits("embedded").test.images
    return [
        json.dumps(
            {"drawing": {"raw": {"objects": [path(seed)]}, "data": data_uri(real_digit(images, seed))}}
        )
        for seed in range(DRAWINGS)
    ]


def path(seed: int) -> dict[str, Any]:
    """A stroke as the canvas describes it, of as many points as a real one."""
    (first, *others) = scribble_path(seed).round(2).tolist()
    curves = [["Q", *others[each], *others[each + 1]] for each in range(len(others) - 1)]
    return {"type": "Path", "stroke": "#FFFFFF", "strokeWidth": 20, "path": [["M", *first], *curves]}
