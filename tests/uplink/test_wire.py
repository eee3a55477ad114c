"""The closed schema refuses what is not rounded, not bounded, not coarse or not plain: when written, and when read."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.messages import plain, rounded
from gateway.uplink import wire
from models.vocabulary import Period

from .messages import alert, status, summary


def week(**changed: Any) -> wire.Summary:
    line = wire.HabitLine(habit="kitchen-tap", observed=4.3, usual_low=7.0, usual_high=11.0)
    return msgspec.structs.replace(summary(1), period=Period.WEEK, habits=(msgspec.structs.replace(line, **changed),))


REFUSED = [
    pytest.param(alert(1), ("opened_at",), "2026-11-20T09:42:01Z", id="a departure to the second"),
    pytest.param(alert(1), ("observed",), "caf\u00e9", id="a letter that no wording has"),
    pytest.param(alert(1), ("observed",), "a\tb", id="a control character"),
    pytest.param(alert(1), ("observed",), "ends\n", id="a second line"),
    pytest.param(alert(1), ("usual",), "a" * 601, id="a long text"),
    pytest.param(alert(1), ("because",), "", id="an empty sentence"),
    pytest.param(alert(1), ("resident",), "Mrs Smith", id="a name"),
    pytest.param(alert(1), ("to",), "team@example.org", id="an address"),
    pytest.param(week(), ("habits", 0, "observed"), 4.25, id="two decimals"),
    pytest.param(week(), ("habits", 0, "usual_high"), 11.03, id="two decimals in a range"),
    pytest.param(week(), ("habits", 0, "observed"), -0.1, id="less than nothing"),
    pytest.param(week(), ("habits", 0, "observed"), 10_000.1, id="more than a day has"),
    pytest.param(week(), ("lines",), ["A line."] * 25, id="a 25th line"),
    pytest.param(status(1), ("sensors",), 1001, id="more sensors than can be configured"),
    pytest.param(status(1), ("sensors_heard_today",), 2.5, id="half a sensor"),
    pytest.param(status(1), ("waiting",), 1_000_001, id="a million messages"),
    pytest.param(status(1), ("version",), "0.1.0-beta", id="a version that says more"),
    pytest.param(status(1), ("answers_refused",), list(range(1, 10)), id="nine refused answers"),
]


@pytest.mark.parametrize(("message", "path", "value"), REFUSED)
def test_what_the_schema_does_not_have_is_neither_read_nor_written(
    message: wire.Message, path: tuple[Any, ...], value: object
) -> None:
    raw = msgspec.to_builtins(message)
    assert wire.decode(json.dumps(raw).encode()) == message
    within = raw
    for step in path[:-1]:
        within = within[step]
    within[path[-1]] = value
    with pytest.raises(msgspec.ValidationError) as refused:
        wire.decode(json.dumps(raw).encode())
    assert str(path[0]) in str(refused.value) or "decimal" in str(refused.value)
    if len(path) == 1:  # whoever builds it by hand meets the same wall
        with pytest.raises(msgspec.ValidationError):
            wire.encode(msgspec.structs.replace(message, **{path[0]: value}))


def test_a_message_that_is_too_large_is_not_written() -> None:
    line = wire.HabitLine(habit="h" * 64, observed=1000.1, usual_low=1000.1, usual_high=1000.1)
    with pytest.raises(wire.TooLarge, match="at most 16384"):
        wire.encode(msgspec.structs.replace(summary(1), lines=("a" * 600,) * 24, habits=(line,) * 48))


def test_the_largest_heartbeat_is_small() -> None:
    most = 2**53 - 1
    largest = msgspec.structs.replace(
        status(most), home="h" * 48, version="9999.9999.9999", sensors=1000, sensors_heard_today=1000, waiting=10**6,
        learning=False, paused=False, clock_synchronised=False, answers_taken=most, answers_refused=(most,) * 8,
        trail=wire.TrailHead(entries=most, sha256="f" * 64),
    )  # fmt: skip
    assert 600 < len(wire.encode(largest)) < 1024


@given(st.floats(allow_nan=False))
def test_every_number_can_be_made_to_fit(number: float) -> None:
    assert wire.HabitLine(habit="tap", observed=rounded(number)).observed == rounded(number)
    wire.encode(week(observed=rounded(number)))


@given(st.text())
def test_every_text_can_be_made_to_fit(text: str) -> None:
    fitted = plain(text) or "."
    assert wire.decode(wire.encode(msgspec.structs.replace(alert(1), observed=fitted))).id == alert(1).id
