"""What became of every alert: its story, and whether a person still has to look at it.

An urgent alert is open until a person has acknowledged it, whatever the home says meanwhile. Any alert that
repeats itself after it was acknowledged is open again: somebody who presses the help button a second time
presses it for a reason.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

import msgspec

from desk.store import Acknowledgement, Received
from gateway.uplink import wire
from models.kinds import TECHNICIAN, AlertKind, Audience, Severity
from models.vocabulary import Change

LATE_S: Final = 10 * 60
"""A message that took longer than this has waited for a connection; people should know that it is old news."""

TITLES: Final = {
    AlertKind.HELP_BUTTON: "Help button pressed",
    AlertKind.INACTIVITY: "No sign of movement",
    AlertKind.LONG_STAY: "Longer than usual in one place",
    AlertKind.LATE_START: "Not up yet",
    AlertKind.NIGHT_EXIT: "Outside door at night",
    AlertKind.OUT_OF_BED: "Out of bed at night",
    AlertKind.NOT_HOME: "Out for longer than usual",
    AlertKind.MORE_BATHROOM: "More bathroom movement at night",
    AlertKind.LESS_TAP_USE: "Kitchen tap used less",
    AlertKind.LESS_ACTIVE: "Less about than usual",
    AlertKind.SEVERAL_CHANGES: "Several changes at once",
    AlertKind.COLD_HOME: "Cold at home",
    AlertKind.HOT_HOME: "Hot at home",
    AlertKind.GRADUAL_CHANGE: "Slowly changing habit",
    AlertKind.SLOW_TRANSIT: "Slower between rooms",
    AlertKind.RESTLESS_NIGHT: "Restless nights",
    AlertKind.MORE_ACTIVE: "Up and about more than usual",
    AlertKind.RESTING_PULSE: "Resting pulse higher",
    AlertKind.NOT_WORN: "Wearable not worn",
    AlertKind.SENSOR_SILENT: "Sensor silent",
    AlertKind.SENSOR_STUCK: "Sensor stuck",
    AlertKind.SENSOR_CHATTER: "Sensor chattering",
    AlertKind.BATTERY_LOW: "Battery low",
    AlertKind.RADIO_DOWN: "Nothing heard by radio",
}


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One line of an alert's story: what the home said, or who acknowledged. `at_s` is UTC."""

    at_s: int
    said: str
    person: str | None = None


class AlertStory(msgspec.Struct, frozen=True, kw_only=True):
    """An alert with everything that is known of it. Times are UTC seconds.

    Attributes:
        title: the kind in words.
        alert: the alert as it arrived, None if only news about it have.
        received_s: when it, or the first news about it, arrived.
        late_s: how long it took to arrive, 0 if that is not worth a word.
        steps: what happened since, oldest first.
        resolved: whether the home last said that it is over.
        answered: whether a person has acknowledged it since it last repeated itself.
        is_open: whether a person still has to look at it.
    """

    id: str
    home: str
    resident: str
    kind: AlertKind
    title: str
    severity: Severity
    audience: Audience
    alert: wire.Alert | None
    raised_s: int
    received_s: int
    late_s: int
    steps: tuple[Step, ...]
    resolved: bool
    answered: bool
    is_open: bool


def stories(received: Iterable[Received], acknowledgements: Iterable[Acknowledgement]) -> list[AlertStory]:
    """One story for each alert: first what is urgent, then by how long it has waited."""
    alerts: dict[str, tuple[wire.Alert, int]] = {}
    updates: dict[str, list[tuple[wire.AlertUpdate, int]]] = {}
    answers: dict[str, list[Acknowledgement]] = {}
    for message, received_s in received:
        if isinstance(message, wire.Alert):
            alerts[message.id] = (message, received_s)
        elif isinstance(message, wire.AlertUpdate):
            updates.setdefault(message.alert_id, []).append((message, received_s))
    for answer in acknowledgements:
        answers.setdefault(answer.alert_id, []).append(answer)
    told = [_story(alerts.get(each), updates.get(each, ()), answers.get(each, ())) for each in {**alerts, **updates}]
    ranks = list(Severity)
    return sorted(told, key=lambda story: (ranks.index(story.severity), story.raised_s, story.id))


def _story(
    alert: tuple[wire.Alert, int] | None,
    updates: Sequence[tuple[wire.AlertUpdate, int]],
    answers: Sequence[Acknowledgement],
) -> AlertStory:
    first, received_s = alert or updates[0]
    alert_id = first.id if isinstance(first, wire.Alert) else first.alert_id
    if isinstance(first, wire.Alert):
        severity, audience = first.severity, first.audience
    elif first.kind in TECHNICIAN:
        severity, audience = Severity.ATTENTION, Audience.TECHNICIAN
    else:  # of an alert that itself has not arrived we know too little to call it anything but urgent
        severity, audience = Severity.URGENT, Audience.CARE
    steps = [Step(at_s=seconds(update.raised_at), said=update.observed) for update, _ in updates]
    steps += [Step(at_s=answer.at_s, said="acknowledged", person=answer.person) for answer in answers]
    in_order = sorted(updates, key=lambda each: (seconds(each[0].raised_at), each[0].seq))
    resolved = bool(in_order) and in_order[-1][0].change is Change.RESOLVED
    answered = bool(answers) and not any(
        update.change is Change.REPEATED and arrived_s >= answers[-1].at_s for update, arrived_s in updates
    )
    return AlertStory(
        id=alert_id,
        home=first.home,
        resident=first.resident,
        kind=first.kind,
        title=title(first.kind),
        severity=severity,
        audience=audience,
        alert=alert[0] if alert else None,
        raised_s=seconds(first.raised_at),
        received_s=received_s,
        late_s=late_s(first, received_s),
        steps=tuple(sorted(steps, key=lambda step: step.at_s)),
        resolved=resolved,
        answered=answered,
        is_open=not answered and (severity is Severity.URGENT or not resolved),
    )


def title(kind: AlertKind) -> str:
    """The kind in words."""
    return TITLES.get(kind, kind.replace("_", " ").capitalize())


def late_s(message: wire.Message, received_s: int) -> int:
    """How long `message` took to arrive, in seconds; 0 if that is not worth a word."""
    took_s = received_s - seconds(message.raised_at)
    return took_s if took_s > LATE_S else 0


def seconds(utc: str) -> int:
    """UTC seconds of a time as messages carry it.

    >>> seconds("2026-11-20T14:02:00Z")
    1795183320
    """
    return int(datetime.fromisoformat(utc).timestamp())
