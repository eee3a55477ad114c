"""What was learnt of a home, to be looked at: plain data, read by pictures and never by the core itself."""

from dataclasses import dataclass
from enum import StrEnum

from models.kinds import AlertKind


class Watching(StrEnum):
    """What a silence would come to at the moment of the portrait."""

    LEARNING = "learning"
    """The first days: only the fixed limit applies."""
    WATCHING = "watching"
    AWAY = "away"
    """Out for long, which is usual here: no silence raises anything until something is seen again."""
    ELSEWHERE = "elsewhere"
    """Said to be away or in hospital: nothing is judged."""
    NOT_JUDGED = "not judged"
    """The sensors see too little of life here for silence to mean anything."""
    BLIND = "blind"
    """The gateway cannot see."""
    ALERTING = "alerting"
    """An alert of inactivity is open."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the day, and the full hour of the local clock at which it begins."""

    name: str
    begins_h: int


@dataclass(frozen=True, slots=True)
class Count:
    """How often, in one part of the day or in all of it.

    Attributes:
        low, high: the central 90 % of what this person's own past predicts; None while learning.
        days: how many days it was learnt from.
        today: so far today; None where too little could be seen, and where that part has not begun.
        ended: whether that part of today is over.
    """

    low: int | None
    high: int | None
    days: int
    today: int | None
    ended: bool


@dataclass(frozen=True, slots=True)
class HabitPortrait:
    """One habit.

    Attributes:
        parts: its counts in the parts of the day, in the order of `HomePortrait.parts`.
        day: its counts in whole days.
        seen_days, looked_days: for each half hour of the local clock from midnight (48), on how many of how many
            remembered days it was seen.
        today: the half hours in which it was seen today, ascending.
    """

    name: str
    parts: tuple[Count, ...]
    day: Count
    seen_days: tuple[int, ...]
    looked_days: tuple[int, ...]
    today: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class StreamPortrait:
    """One resident, or the household.

    Attributes:
        watching: what a silence would come to now.
        deadline_s: UTC second at which `inactivity` opens if nothing more is seen; None where none would.
        told: whether the configuration lets `inactivity` be raised at all.
        days: whole days that the habits were learnt from.
        today: the date (ISO 8601) on which the day of the counts began, with its first part.
        today_whole: whether all of today could be seen so far.
        activity: minutes in which anything was seen.
        habits: every other habit, by name.
        notice_s: for each full hour of the local day (24), how long a silence that begins then lasts before an
            alert, in seconds; None while learning.
        abstains: where and when long stays are not judged, as ``"bathroom/night"``.
        coverage: how much could be seen in the last 24 hours, as a sentence.
    """

    resident: str
    watching: Watching
    deadline_s: int | None
    told: bool
    days: int
    today: str
    today_whole: bool
    activity: HabitPortrait
    habits: tuple[HabitPortrait, ...]
    notice_s: tuple[int | None, ...]
    abstains: tuple[str, ...]
    coverage: str


@dataclass(frozen=True, slots=True)
class AnswersPortrait:
    """What people answered to the alerts of one kind about one resident.

    Attributes:
        alerts: how many there were, those that were held back because of the answers among them.
        useful, known_reason, not_useful, sensor_fault: how many were answered so; the last word on each counts.
        share: the share of useful ones: the expected one, and where it lies with nine chances in ten. None before
            any answer says something of it; an urgent alert's never does.
        held_back_until_s: UTC second at which it is told again, on trial; None while it is told.
    """

    resident: str
    kind: AlertKind
    alerts: int
    useful: int
    known_reason: int
    not_useful: int
    sensor_fault: int
    share: tuple[float, float, float] | None
    held_back_until_s: int | None


@dataclass(frozen=True, slots=True)
class SensorPortrait:
    """What one sensor could see.

    Attributes:
        lost_s: UTC second since which it cannot be heard; None while it can, as far as is known.
        from_s: UTC second at which `hours` begins: a local midnight, six days ago.
        hours: for each hour from then, the running one last: ``s`` seen, ``p`` partly, ``b`` blind.
    """

    sensor: str
    place: str
    lost_s: int | None
    from_s: int
    hours: str


@dataclass(frozen=True, slots=True)
class HomePortrait:
    """A home at `at_s` (UTC seconds). It never leaves the house."""

    home: str
    timezone: str
    at_s: int
    parts: tuple[Part, ...]
    streams: tuple[StreamPortrait, ...]
    answers: tuple[AnswersPortrait, ...] = ()
    sensors: tuple[SensorPortrait, ...] = ()
