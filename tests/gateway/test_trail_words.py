"""The sentences of the trail: each is said here, whole, and names no illness, no value and no moment that was told."""

import inspect
import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from gateway.trail import wording_audit, wording_leaving, wording_trail
from gateway.trail.trail_check import Broken, Fault
from gateway.uplink import wire
from models.kinds import AlertKind, Audience, Severity
from models.panel_light import Light
from models.told import Outcome, Telling, Told
from models.vocabulary import HOUSEHOLD, Change, Period
from models.wording import FORBIDDEN
from models.wording_panel import LIGHTS

VALUE = 1_795_183_320.0
ABOUT: dict[str, Any] = {"id": "a" * 32, "home": "h-1", "seq": 1, "raised_at": "2026-11-20T14:02:00Z"}


def told() -> Iterator[str]:
    for what in Telling:
        kind = (
            AlertKind.LATE_START if what in (Telling.OUTCOME, Telling.NEW_NORMAL, Telling.ACK, Telling.SNOOZE) else None
        )
        values = [*map(float, Outcome), 9.0] if what is Telling.OUTCOME else [0.0, VALUE]
        for who in ("r1", HOUSEHOLD):
            yield from (wording_trail.told(Told(what, who, kind), value) for value in values)


def messages() -> Iterator[str]:
    said: dict[str, Any] = {"observed": "No movement.", "usual": "U.", "because": "B", "coverage": "C."}
    for severity in Severity:
        for to in ("team", None):
            yield wording_leaving.message(
                wire.Alert(
                    **ABOUT, **said, resident="r1", kind=AlertKind.INACTIVITY, severity=severity, to=to,
                    audience=Audience.CARE, opened_at="2026-11-20T13:02:00Z", cannot_tell="Nothing.", to_do="Ring.",
                )
            )  # fmt: skip
    for change in Change:
        yield wording_leaving.message(
            wire.AlertUpdate(
                **ABOUT,
                alert_id="b" * 32,
                resident="r1",
                kind=AlertKind.INACTIVITY,
                change=change,
                observed="Seen again.",
            )
        )
    habits = (wire.HabitLine(habit="tap", observed=2.0),)
    for period in Period:
        for lines in ((), ("One.", "Two.")):
            yield wording_leaving.message(
                wire.Summary(
                    **ABOUT, resident="r1", period=period, day="2026-11-20", headline="All seen.", coverage="14 of 14.",
                    lines=lines, habits=habits if lines else (),
                )
            )  # fmt: skip
    yield wording_leaving.message(wire.Erasure(**ABOUT, resident="r1"))
    yield wording_leaving.message(
        wire.Status(
            **ABOUT,
            version="0.1.0",
            sensors=2,
            sensors_heard_today=2,
            learning=True,
            clock_synchronised=True,
            waiting=0,
        )
    )


def all_said() -> Iterator[str]:
    trail, leaving, audit = wording_trail, wording_leaving, wording_audit
    yield from told()
    yield from messages()
    yield from (
        trail.answer_taken(1, "Told: r1 is away."),
        trail.answer_taken(1, ""),
        trail.answer_refused(1, "it is late"),
    )
    yield from (trail.delivered("ab" * 32), trail.refused(422), trail.looked("pins"), trail.recordings_opened())
    yield from (trail.unwatched(), trail.started("0.1.0"), trail.unclean_stop(), trail.stopped(), trail.moved_aside(3))
    yield from (
        trail.erased("r1"),
        trail.fitted("front-door"),
        *(made(first=first) for made in (trail.configuration, trail.key) for first in (True, False)),
    )
    yield from (leaving.unreadable(9), leaving.gone(), leaving.gone_here(), leaving.beats_say(), leaving.NOT_LEFT)
    yield from (leaving.became(state, "07:00") for state in ("delivered", "refused", "waiting"))
    yield from (leaving.beats(count, 9, 9 + count, alone=alone) for count in (0, 1, 96) for alone in (True, False))
    yield from (leaving.beats_confirmed(some, count) for count in (1, 2, 96) for some in range(count + 1))
    yield from (audit.entered("message", 9), audit.gone(), audit.empty(), audit.whole(1, "07:00", "1:ab"))
    yield from (made(count) for made in (audit.left_out, audit.let_go) for count in (1, 2))
    yield from (
        audit.begun_anew("07:00", 0),
        audit.begun_anew("07:00", 2),
        audit.compared(given=True),
        audit.compared(given=False),
    )
    yield from (audit.broken(Broken(fault, n, "x")) for fault in Fault for n in (None, 7))
    yield LIGHTS[Light.LOOKED_AT]


def test_every_sentence_is_whole_and_names_nothing() -> None:
    for text in all_said():
        assert text.endswith((".", "has them).")), text
        assert not FORBIDDEN.search(text), text
        assert not re.search(r"\bNone\b|[{}\[\]_]|  |\.\.", text), text
        assert "1795183320" not in text, text


def test_every_function_is_said_here() -> None:
    source = inspect.getsource(all_said) + inspect.getsource(told) + inspect.getsource(messages)
    for module in (wording_trail, wording_leaving, wording_audit):
        for name, made in vars(module).items():
            if inspect.isfunction(made) and made.__module__ == module.__name__ and not name.startswith("_"):
                assert re.search(rf"\b{name}\b", source) or name == "counted", f"{_short(module)}.{name}"


def _short(module: ModuleType) -> str:
    return module.__name__.rpartition(".")[2]
