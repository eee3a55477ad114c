"""The words of the house: what a sensor says, what the home concludes.

Everything that crosses the border between `gateway` and `models` is one of these types. Times are
integers: milliseconds of UTC for what is sensed (`at_ms`), whole seconds of UTC for what is concluded
(`*_s`), because an alert's identity and its deadline are defined to the second.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NamedTuple

from models.kinds import AlertKind, Audience, SensorKind, Severity

HOUSEHOLD = "household"
"""The resident named in a finding when its sensors belong to no one resident."""

OUTSIDE_DOOR = "outside-door"
BATHROOM = "bathroom"
BEDROOM = "bedroom"
KITCHEN = "kitchen"
"""Places that carry meaning; every other place is a name to be repeated."""


class Reading(NamedTuple):
    """One input of the home: a sensor's value at a moment.

    `at_ms` is UTC in milliseconds. `value` is 1/0 for on and off (a lone 1 for sensors that only fire),
    beats per minute, steps in the last minute, degrees Celsius or litres of a draw, by the sensor's kind. A
    `sensor` that begins with "@" is the gateway's own input (`GATEWAY_LINK`, `CLOCK_STEP`, `SENSOR_LINK`, `RADIO`):
    journalled like any other, so that a replay sees what the live run saw.
    """

    at_ms: int
    sensor: str
    value: float


GATEWAY_LINK = "@gateway"
"""Input: 0 when the gateway could no longer see (it was down), 1 when it can see again."""

CLOCK_STEP = "@clock"
"""Input: the wall clock was stepped by `value` seconds; `at_ms` is the new time."""

SENSOR_LINK = "@link/"
"""Input, followed by a sensor's id: 0 when the gateway can no longer hear that sensor (its device is missing for longer
than it ever is, its pin cannot be read), 1 when it can. Not said of a sensor: nothing is known against its link."""

RADIO = "@radio"
"""Input: 0 when nothing can be heard by radio (no adapter, no bluetoothd, or not one advert), 1 when it can again."""

WALK_DRIFT = "@walk/"
"""Input, followed by a sign and a sensor's id (``@walk/weak/front``): what the month's look found to be otherwise
than at the walk-test; `value` is what was measured (`models.walk_drift`), 0 when it is well again."""


DEBOUNCE_MS: Final = 50
"""Reed contacts and pressure pads settle within 5 to 20 ms; people need more than 100 ms."""


@dataclass(frozen=True, slots=True)
class Sensor:
    """One signal of the home. `resident` is None where the household shares it.

    `debounce_ms` is how long its contact may bounce (see `models.signals.Line`); 0 where it does not. `wireless`: it is
    heard by radio. `weak`: anybody near can imitate it (see `models.vouching`). `fitted` is another text once its
    device was replaced: what was learnt of a life stays, what was known of the device does not.
    """

    id: str
    kind: SensorKind
    place: str
    resident: str | None = None
    debounce_ms: int = DEBOUNCE_MS
    wireless: bool = False
    weak: bool = False
    fitted: str = ""

    @property
    def is_outside_door(self) -> bool:
        """Whether people leave and enter the home by it."""
        return self.kind is SensorKind.DOOR and self.place == OUTSIDE_DOOR


@dataclass(frozen=True, slots=True)
class UsualDay:
    """What a resident said at the installation of an ordinary day: a prior until there are days to learn from.

    `up_s` and `to_bed_s` are seconds of the clock since midnight, `bathroom_at_night` visits between 23:00 and
    07:00. None where it was not asked, or not answered.
    """

    up_s: int | None = None
    to_bed_s: int | None = None
    bathroom_at_night: int | None = None


@dataclass(frozen=True, slots=True)
class VisitWindow:
    """When somebody is expected to come: local clock seconds, on weekdays 0 (Monday) to 6.

    A window that ends at or before its beginning lasts until the next day; `days` are those on which it begins.
    `resident` is None where the visit is to everybody. Its times never leave the home.
    """

    from_s: int
    to_s: int
    days: frozenset[int] = frozenset(range(7))
    resident: str | None = None


@dataclass(frozen=True, slots=True)
class PanelSpec:
    """What a resident's panel may do.

    `asks`: it has a light and an "I'm OK" button. `pauses_all`: its pause stops what is urgent, too, but for the help
    button.
    """

    asks: bool = True
    pauses_all: bool = False


class Recipients(NamedTuple):
    """Who answers a kind of alert: its owner, and who is told when nobody has answered. Opaque ids."""

    owner: str
    second: str | None = None


@dataclass(frozen=True, slots=True)
class HomeSpec:
    """What the core needs to know of a home: who lives there and what can be sensed.

    `silence_budget_per_day` is the rate of false `inactivity` alerts, a person-day, that the silence
    learner solves for, `attention_budget_per_week` that of attention-level alerts over all kinds together, a
    person-week (LEARNER, "Calibration and the alert budget"). `alerts` holds the kinds that are on, `usual_days`
    what residents said of their day, by their id, `visits` when somebody is expected to come, `panels` what the
    residents' panels may do, by their id, and `recipients` who answers a kind. An urgent alert that no person has
    acknowledged after `unanswered_after_s` goes to the second one. `habits_told` names the habits that
    summaries may tell of; None: all.
    """

    id: str
    timezone: str
    residents: tuple[str, ...]
    sensors: tuple[Sensor, ...]
    alerts: frozenset[AlertKind] = frozenset(AlertKind)
    silence_budget_per_day: float = 0.02
    attention_budget_per_week: float = 1.0
    usual_days: Mapping[str, UsualDay] = field(default_factory=dict)
    visits: tuple[VisitWindow, ...] = ()
    panels: Mapping[str, PanelSpec] = field(default_factory=dict)
    recipients: Mapping[AlertKind, Recipients] = field(default_factory=dict)
    unanswered_after_s: int = 600
    habits_told: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a person needs in order to judge a finding; every field is plain English.

    Attributes:
        observed: what was seen, never what it is.
        usual: this person's own usual range, and over how many days.
        because: the rule that raised it, in one sentence.
        coverage: how much could be seen.
        cannot_tell: what this finding cannot tell.
        to_do: one thing to do.
        details: the counterfactual and other particulars, shown on request only.
    """

    observed: str
    usual: str
    because: str
    coverage: str
    cannot_tell: str
    to_do: str
    details: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A departure from the ordinary that became an alert.

    `opened_s` names the alert together with resident and kind: a replay after a crash names the same
    one. It is the deadline, never the moment at which the process happened to wake up. `since_s` is when the
    departure itself began (the last sign of life, the arrival in the bathroom). `to` is the recipient who owns it.
    """

    resident: str
    kind: AlertKind
    severity: Severity
    audience: Audience
    opened_s: int
    since_s: int
    evidence: Evidence
    to: str | None = None


class Change(StrEnum):
    """What became of an open alert."""

    RESOLVED = "resolved"
    REPEATED = "repeated"
    ANSWERED = "answered"
    """The resident pressed "I'm OK" at the panel: news, and no end."""
    UNANSWERED = "unanswered"
    """Nobody has acknowledged an urgent alert: it goes to the second recipient."""


@dataclass(frozen=True, slots=True)
class Update:
    """News about an alert that is already open, in one plain sentence; `to` the second recipient if unanswered."""

    resident: str
    kind: AlertKind
    opened_s: int
    raised_s: int
    change: Change
    observed: str
    to: str | None = None


class Period(StrEnum):
    """What a summary covers."""

    DAY = "day"
    WEEK = "week"


@dataclass(frozen=True, slots=True)
class Habit:
    """One habit in one part of one day, as the `--habits` table has it.

    `usual_low` to `usual_high` is the central 90 % of what this person's own past predicts; `rarity_days`
    says on one day in how many a value at least so far out is expected (1 = every day). All are None
    while learning, and where too little could be seen.
    """

    name: str
    observed: float
    usual_low: float | None
    usual_high: float | None
    rarity_days: float | None
    direction: str


@dataclass(frozen=True, slots=True)
class HabitTable:
    """The habits of one part of one day (`day`, ISO 8601). It stays in the home when live."""

    resident: str
    day: str
    raised_s: int
    habits: tuple[Habit, ...]


@dataclass(frozen=True, slots=True)
class WeekOfHabit:
    """One habit over a week: the mean a day, and the range in which nine weeks in ten would have that mean."""

    name: str
    per_day: float
    usual_low: float | None
    usual_high: float | None


@dataclass(frozen=True, slots=True)
class Summary:
    """What a day or a week was like, as far as it could be seen. Silence never means "all well"."""

    resident: str
    period: Period
    day: str
    raised_s: int
    headline: str
    coverage: str
    lines: tuple[str, ...] = ()
    habits: tuple[WeekOfHabit, ...] = ()


Said = Finding | Update | Summary | HabitTable
"""Anything that the home may say. A `HabitTable` never leaves it."""
