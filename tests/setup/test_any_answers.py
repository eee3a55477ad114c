"""Whatever is answered, the file that comes of it is one that gateway.config accepts."""

import copy
import tomllib
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.text import Text

from gateway.config.doubts import doubts
from gateway.config.reading import parse
from gateway.setup import chapters, days, panel, people, why
from gateway.setup.asking import Asker, Check, clock_of
from gateway.setup.heard import Heard
from gateway.setup.items import Item, of_device
from gateway.setup.merging import Data, merged
from gateway.setup.naming import WIRED, ids
from gateway.setup.new_sensor import by_hand, sensors_of
from gateway.setup.screen import Lines
from gateway.setup.sensor_edit import _CHANGES
from gateway.setup.telling import ask_telling
from gateway.setup.trace import Trace
from models.kinds import SensorKind

TODAY = date(2026, 11, 22)
WORDS = ["h-1", "r1", "r1 r2", "a-b", "-", "", "https://desk.example", "/etc/wren/ca.pem", "17", "4", "26", "1", "2",
         "daughter, nurse", "Lives alone and wants to stay.", "C0:FF:EE:00:00:01", "0" * 32, "Europe/London", "mon fri",
         "2027-05-01", "active-minutes", "hall", "Mrs Example",
         'quote " and \\ back', "unicode \u00e9\u2028"]  # fmt: skip


class Anybody(Asker):
    """Answers as Hypothesis likes, within what each question takes."""

    def __init__(self, data: st.DataObject) -> None:
        self._draw = data.draw
        self._left = 60

    def key(self, lines: Lines, prompt: str, within_s: float | None = None) -> str | None:
        self._left -= 1
        return self._draw(st.sampled_from("\rabcdefghijkmnopqrsut123+0")) if self._left > 0 else "\r"

    def text(
        self, lines: Lines, prompt: str, default: str = "", check: Check | None = None, *, is_secret: bool = False
    ) -> str:
        for _ in range(4):
            answer = self._draw(st.sampled_from(WORDS)).strip() or default
            if check is None or check(answer) is None:
                return answer
        good = [one for one in (default, *WORDS, *map(str, range(28))) if check is None or check(one) is None]
        assert good, f"no answer is good enough for {prompt}"
        return good[0]

    def choice(self, lines: Lines, options: Mapping[str, str], default: str | None = None, prompt: str = "") -> str:
        assert options
        assert default is None or default in options, (default, options)
        self._left -= 1
        if self._left < 0 and {"n", "b"} & set(options):
            return "n" if "n" in options else "b"
        return self._draw(st.sampled_from(sorted(options)))

    def clock(self, lines: Lines, default: str | None = None, *, optional: bool = True) -> str | None:
        return clock_of(self._draw(st.sampled_from(["x", "730", "0", "2359", "22"]))) or default

    def tell(self, lines: Lines) -> None:
        assert all(isinstance(one, str | Text) for one in lines)


class NoAir:
    """Keys fit; nothing is heard."""

    def device(self, address: str) -> Heard | None:
        return None


@st.composite
def moved(draw: st.DrawFn) -> Item:
    """Something on a pin or on the air that moved somehow."""
    if draw(st.booleans()):
        pin = draw(st.sampled_from([2, 3, 4, 17, 18, 22, 23, 24, 25, 26, 27]))
        trace = Trace(
            pin, rest_high=draw(st.booleans()), pull="up" if pin < 4 else draw(st.sampled_from(["up", "down"]))
        )
        at_s = 0.0
        for apart_s in draw(st.lists(st.sampled_from([0.002, 0.03, 0.2, 1.5]), min_size=1, max_size=20)):
            at_s += apart_s
            trace.edge(at_s, high=not trace.high)
        trace.says()
        return Item(("pin", str(pin)), trace.says(), WIRED, trace.guess(), trace=trace)
    heard = Heard(f"C0:FF:EE:00:00:{draw(st.integers(1, 4)):02}", 9.0, -60)
    heard.profile = draw(st.sampled_from(["bthome", "heart_rate", "beacon"]))
    heard.sealed = heard.profile == "bthome" and draw(st.booleans())
    if heard.profile == "bthome" and not heard.sealed:
        heard.states = {draw(st.sampled_from(["motion", "door", "button", "temperature", "battery"])): "on"}
    return of_device(heard)


def home_of(draw: st.DataObject) -> Data:
    """Every chapter, in its order, answered as it comes."""
    data: Data = {}
    asker, apart = Anybody(draw), {0: "add-on boards", 1: "add-on boards"}
    people.ask_home(asker, data)
    data["home"]["timezone"] = "Europe/London"
    people.ask_residents(asker, data)
    people.ask_desk(asker, data)
    data["sensors"] = []
    for item in draw.draw(st.lists(moved(), min_size=1, max_size=6)):
        if item.trace is not None and item.trace.pin in panel.used_pins(data):
            continue
        if item.heard is not None and any(
            "ble" in one and one["ble"]["address"] == item.ref[1] for one in data["sensors"]
        ):
            continue
        kind = draw.draw(st.none() | st.sampled_from(sorted(item.kinds)))
        data["sensors"] += sensors_of(asker, data, item, NoAir(), kind)  # type: ignore[arg-type]
    if draw.draw(st.booleans()):
        data["sensors"] += by_hand(asker, data, apart)
    if not data["sensors"]:
        data["sensors"].append({"id": "tap", "kind": "tap", "place": "kitchen", "gpio": {"pin": 16}})
    panel.ask_panels(asker, data, apart)
    why.ask_purpose(asker, data, TODAY)
    ask_telling(asker, data)
    days.ask_usual_days(asker, data)
    days.ask_visits(asker, data)
    return data


@pytest.mark.slow
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(draw=st.data())
def test_whatever_is_answered_is_accepted(draw: st.DataObject) -> None:
    data = home_of(draw)
    config = parse(merged("", chapters.settled(data)))
    assert [one for one in doubts(config) if "there is no sensor of the kind button" in one] == []
    for chapter in chapters.CHAPTERS:
        assert chapter.says(data)


@pytest.mark.slow
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(draw=st.data())
def test_whatever_is_changed_afterwards_is_accepted(draw: st.DataObject) -> None:
    data = home_of(draw)
    text = merged("", chapters.settled(copy.deepcopy(data)))
    asker = Anybody(draw)
    for _ in range(draw.draw(st.integers(1, 4))):
        what = draw.draw(st.sampled_from(["residents", "sensor", "out", "telling", "purpose", "visits", "days"]))
        if what == "residents":
            people.ask_residents(asker, data)
        elif what == "sensor":
            sensor = draw.draw(st.sampled_from(data["sensors"]))
            offered = [key for key in _CHANGES if (key not in "n/d" or "gpio" in sensor) and key != "c"]
            _CHANGES[draw.draw(st.sampled_from(offered))](asker, data, sensor)
        elif what == "out" and len(data["sensors"]) > 1:
            data["sensors"].pop()
        elif what == "telling":
            ask_telling(asker, data)
        elif what == "purpose":
            why.ask_purpose(asker, data, TODAY + timedelta(days=40))
        elif what == "visits":
            days.ask_visits(asker, data)
        else:
            days.ask_usual_days(asker, data)
        text = merged(text, chapters.settled(data))
        parse(text)
    assert ids(tomllib.loads(text)["sensors"])


@pytest.mark.parametrize("kind", sorted(WIRED))
def test_each_kind_can_hang_on_a_wire(kind: SensorKind) -> None:
    for rest_high in (True, False):
        for pull in ("up", "down"):
            trace = Trace(4, rest_high=rest_high, pull=pull)
            trace.edge(1.0, high=not rest_high)
            sensor: dict[str, Any] = {"id": "x", "kind": str(kind), "place": "hall", "gpio": trace.gpio(kind)}
            data = {"home": {"id": "h", "timezone": "UTC"}, "residents": [{"id": "r1"}], "sensors": [sensor]}
            config = parse(merged("", data))
            assert [one for one in doubts(config) if "never be seen to change" in one] == []
