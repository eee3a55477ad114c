"""Real messages, and an outbox that holds them in memory."""

import io
from collections.abc import Container, Sequence
from dataclasses import dataclass, field

from gateway.errors import StoreError
from gateway.log import Log, open_log
from gateway.uplink import wire
from models.kinds import AlertKind, Audience, Severity
from models.vocabulary import Change, Period

LOG: Log = open_log(io.StringIO(), utc_s=lambda: 0.0)

_AT = "2026-11-20T14:02:00Z"


def alert(seq: int, *, home: str = "h-0001") -> wire.Alert:
    return wire.Alert(
        id=f"{seq:032x}",
        home=home,
        seq=seq,
        raised_at=_AT,
        resident="r1",
        kind=AlertKind.INACTIVITY,
        severity=Severity.URGENT,
        audience=Audience.CARE,
        opened_at="2026-11-20T09:42:00Z",
        observed="No movement seen since 09:42 (kitchen).",
        usual="Gaps at this time are usually under 1 h 50; now 4 h 20.",
        because="The gap is longer than 1 in 50 days would have.",
        coverage="All 7 sensors working.",
        cannot_tell="This cannot tell whether she is asleep or unwell.",
        to_do="Ring her; no answer, follow her call-out plan.",
    )


def update(seq: int) -> wire.AlertUpdate:
    return wire.AlertUpdate(
        id=f"{seq:032x}",
        home="h-0001",
        seq=seq,
        raised_at=_AT,
        alert_id=f"{1:032x}",
        resident="r1",
        kind=AlertKind.INACTIVITY,
        change=Change.RESOLVED,
        observed="Movement was seen again at 14:20 (hall).",
    )


def summary(seq: int) -> wire.Summary:
    return wire.Summary(
        id=f"{seq:032x}",
        home="h-0001",
        seq=seq,
        raised_at=_AT,
        resident="r1",
        period=Period.DAY,
        day="2026-11-19",
        headline="The sensors worked all day. This does not mean that she is well.",
        coverage="24 of 24 hours seen.",
    )


def status(seq: int) -> wire.Status:
    return wire.Status(
        id=f"{10_000 + seq:032x}",
        home="h-0001",
        seq=seq,
        raised_at=_AT,
        version="0.1.0",
        sensors=7,
        sensors_heard_today=7,
        learning=False,
        clock_synchronised=True,
        waiting=0,
    )


@dataclass(frozen=True)
class Held:
    id: str
    type: str


_RANK = {"alert": 0, "alert_update": 0, "summary": 1, "status": 2}


@dataclass
class Outbox:
    """As the store's `OutboxReader`: alerts, summaries, statuses, each oldest first."""

    held: list[Held] = field(default_factory=list)
    bodies: dict[str, bytes] = field(default_factory=dict)
    seen: int = -1
    trouble: StoreError | None = None

    def put(self, *messages: wire.Message) -> None:
        for message in messages:
            self.held.append(Held(message.id, str(message.__struct_config__.tag)))
            self.bodies[message.id] = wire.encode(message)

    def changed(self) -> bool:
        if self.trouble:
            raise self.trouble
        seen, self.seen = self.seen, len(self.held)
        return seen != self.seen

    def pending(self, settled: Container[str]) -> Sequence[Held]:
        waiting = [held for held in self.held if held.id not in settled]
        return sorted(waiting, key=lambda held: _RANK[held.type])

    def body(self, message_id: str) -> bytes | None:
        if self.trouble:
            raise self.trouble
        return self.bodies.get(message_id)
