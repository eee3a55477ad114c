"""What became of every alert: its story, and whether a person still has to look at it.

An urgent alert is open until a person has acknowledged it, whatever the home says meanwhile. Any alert that
repeats itself after it was acknowledged is open again: somebody who presses the help button a second time
presses it for a reason.
"""

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from desk.answers_book import Given
from desk.store import Acknowledgement, Received
from desk.titles import title
from desk.told import At, came_to, lines
from gateway.uplink import answers, wire
from models.kinds import TECHNICIAN, AlertKind, Audience, Severity
from models.localtime import utc_seconds
from models.vocabulary import Change

LATE_S: Final = 10 * 60
"""A message that took longer than this has waited for a connection; people should know that it is old news."""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One line of an alert's story: what the home said, or what a person told it. `at_s` is UTC.

    `until_s`: until when that holds, if it ends; `came_to`: how far it has come, None if it stays at the desk.
    """

    at_s: int
    said: str
    person: str | None = None
    until_s: int | None = None
    came_to: At | None = None


class AlertStory(msgspec.Struct, frozen=True, kw_only=True):
    """An alert with everything that is known of it. Times are UTC seconds.

    Attributes:
        title: the kind in words.
        alert: the alert as it arrived, None if only news about it have.
        to: the recipient who owns this kind, and whoever was told when nobody answered.
        received_s: when it, or the first news about it, arrived.
        late_s: how long it took to arrive, 0 if that is not worth a word.
        steps: what happened since, oldest first.
        resolved: whether the home last said that it is over.
        answered: whether a person has acknowledged it since it last repeated itself.
        outcome: what a person last said it came to, None if nobody has.
        unanswered_s: since when the home says that nobody has acknowledged it, None if it does not, or somebody has.
        is_open: whether a person still has to look at it.
        not_live: why its home is not called live, None if it is.
        test_call: whether a technician who is there says that the help button is being tried just now.
    """

    id: str
    home: str
    resident: str
    kind: AlertKind
    title: str
    severity: Severity
    audience: Audience
    alert: wire.Alert | None
    to: tuple[str, ...]
    raised_s: int
    received_s: int
    late_s: int
    steps: tuple[Step, ...]
    resolved: bool
    answered: bool
    outcome: str | None
    unanswered_s: int | None
    is_open: bool
    not_live: str | None = None
    test_call: bool = False


def stories(
    received: Iterable[Received], acknowledgements: Iterable[Acknowledgement], given: Iterable[Given]
) -> list[AlertStory]:
    """One story for each alert: first what is urgent, of that what nobody answers, then by how long it has waited."""
    alerts: dict[str, tuple[wire.Alert, int]] = {}
    updates: dict[str, list[tuple[wire.AlertUpdate, int]]] = {}
    seen: dict[str, list[Acknowledgement]] = {}
    told: dict[str, list[Given]] = {}
    for message, received_s in received:
        if isinstance(message, wire.Alert):
            alerts[message.id] = (message, received_s)
        elif isinstance(message, wire.AlertUpdate):
            updates.setdefault(message.alert_id, []).append((message, received_s))
    for acknowledgement in acknowledgements:
        seen.setdefault(acknowledgement.alert_id, []).append(acknowledgement)
    for one in given:
        if one.alert_id is not None:
            told.setdefault(one.alert_id, []).append(one)
    found = [
        _story(alerts.get(each), _of_its_home(alerts.get(each), updates.get(each, [])), seen.get(each, ()),
               told.get(each, ()))
        for each in {**alerts, **updates}
    ]  # fmt: skip
    ranks = list(Severity)
    return sorted(
        found, key=lambda story: (ranks.index(story.severity), story.unanswered_s is None, story.raised_s, story.id)
    )


def _of_its_home(
    alert: tuple[wire.Alert, int] | None, updates: list[tuple[wire.AlertUpdate, int]]
) -> list[tuple[wire.AlertUpdate, int]]:
    """The news that the alert's own home sent: another home's about it are none."""
    home = (alert or updates[0])[0].home
    return [update for update in updates if update[0].home == home]


def _story(
    alert: tuple[wire.Alert, int] | None,
    updates: Sequence[tuple[wire.AlertUpdate, int]],
    seen: Sequence[Acknowledgement],
    told: Sequence[Given],
) -> AlertStory:
    first, received_s = alert or updates[0]
    alert_id = first.id if isinstance(first, wire.Alert) else first.alert_id
    if isinstance(first, wire.Alert):
        severity, audience = first.severity, first.audience
    elif first.kind in TECHNICIAN:
        severity, audience = Severity.ATTENTION, Audience.TECHNICIAN
    else:  # of an alert that itself has not arrived we know too little to call it anything but urgent
        severity, audience = Severity.URGENT, Audience.CARE
    # that nobody has answered says nothing about whether it is over
    course = [each for each in updates if each[0].change is not Change.UNANSWERED]
    in_order = sorted(course, key=lambda each: (utc_seconds(each[0].raised_at), each[0].seq))
    resolved = bool(in_order) and in_order[-1][0].change is Change.RESOLVED
    answered_s = seen[-1].at_s if seen else 0
    answered = bool(seen) and not any(
        update.change is Change.REPEATED and arrived_s >= answered_s for update, arrived_s in updates
    )
    unanswered = [
        update
        for update, arrived_s in updates
        if update.change is Change.UNANSWERED and not answered and arrived_s >= answered_s
    ]
    outcomes = [str(one.answer.outcome) for one in told if isinstance(one.answer, answers.OutcomeOf)]
    to = [one for one in (first.to, *(update.to for update in unanswered)) if one is not None]
    return AlertStory(
        id=alert_id,
        home=first.home,
        resident=first.resident,
        kind=first.kind,
        title=title(first.kind),
        severity=severity,
        audience=audience,
        alert=alert[0] if alert else None,
        to=tuple(dict.fromkeys(to)),
        raised_s=utc_seconds(first.raised_at),
        received_s=received_s,
        late_s=late_s(first, received_s),
        steps=tuple(sorted([*_said(updates), *_answered(seen, told)], key=lambda step: step.at_s)),
        resolved=resolved,
        answered=answered,
        outcome=outcomes[-1] if outcomes else None,
        unanswered_s=utc_seconds(unanswered[-1].raised_at) if unanswered else None,
        is_open=not answered and (severity is Severity.URGENT or not resolved),
    )


def _said(updates: Iterable[tuple[wire.AlertUpdate, int]]) -> list[Step]:
    return [Step(at_s=utc_seconds(update.raised_at), said=update.observed) for update, _ in updates]


def _answered(seen: Iterable[Acknowledgement], told: Sequence[Given]) -> list[Step]:
    """Acknowledgements, each with how far the word of it has come, and what else was told."""
    sent = {(one.person, one.given_s): came_to(one) for one in told if isinstance(one.answer, answers.Acknowledged)}
    steps = [
        Step(at_s=one.at_s, said="acknowledged", person=one.person, came_to=sent.get((one.person, one.at_s)))
        for one in seen
    ]
    others = lines(one for one in told if not isinstance(one.answer, answers.Acknowledged))
    return steps + [
        Step(at_s=one.at_s, said=one.said, person=one.person, until_s=one.until_s, came_to=one.came_to)
        for one in others
    ]


def late_s(message: wire.Message, received_s: int) -> int:
    """How long `message` took to arrive, in seconds; 0 if that is not worth a word."""
    took_s = received_s - utc_seconds(message.raised_at)
    return took_s if took_s > LATE_S else 0
