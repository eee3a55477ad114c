"""The tables of `home.toml`, closed and typed: what may stand where, and its default."""

from dataclasses import replace
from datetime import date
from typing import Annotated, Literal

import msgspec

from gateway.config.forms import WEEKDAYS, Adapter, BleAddress, BleKey, BleName, Clock, HttpsUrl, Weekday, clock_s
from gateway.config.radio import is_weak
from gateway.uplink.forms import HabitName, Slug, Utc
from models.kinds import AlertKind, SensorKind
from models.vocabulary import HomeSpec, PanelSpec, Recipients, Sensor, UsualDay, VisitWindow

PerWeek = Annotated[float, msgspec.Meta(ge=0.1, le=7)]

Pin = Annotated[int, msgspec.Meta(ge=0, le=27)]
"""A BCM pin number of the header."""


class Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A closed table: an unknown key is refused."""


class Home(Table, frozen=True, kw_only=True):
    """`[home]`: an opaque id (no name, no address) and an IANA time zone."""

    id: Slug
    timezone: str


class UsualDayTable(Table, frozen=True, kw_only=True):
    """`usual_day = { up = "07:30", to_bed = "22:30", bathroom_at_night = 1 }`: what was said at the installation."""

    up: Clock | None = None
    to_bed: Clock | None = None
    bathroom_at_night: Annotated[int, msgspec.Meta(ge=0, le=12)] | None = None


class Resident(Table, frozen=True, kw_only=True):
    """`[[residents]]`: an opaque id, and the usual day as it was asked at the installation."""

    id: Slug
    usual_day: UsualDayTable | None = None


class Gpio(Table, frozen=True, kw_only=True):
    """`gpio = { pin = 17, active = "low" }`: a BCM pin number, the level that means "on", and how to listen to it.

    What is None follows from the rest (`gateway.wiring`).
    """

    pin: Pin
    active: Literal["low", "high"] = "low"
    pull: Literal["up", "down", "none"] | None = None
    debounce_ms: Annotated[int, msgspec.Meta(ge=0, le=5000)] | None = None
    warm_up_s: Annotated[int, msgspec.Meta(ge=0, le=300)] | None = None
    sense: Literal["contact", "pulses"] = "contact"
    quiet_s: Annotated[float, msgspec.Meta(ge=0.5, le=120)] | None = None
    least_pulses: Annotated[int, msgspec.Meta(ge=1, le=1000)] | None = None
    pulses_per_litre: Annotated[float, msgspec.Meta(gt=0, le=100_000)] | None = None


class Ble(Table, frozen=True, kw_only=True):
    """`ble = { address = "…", profile = "bthome", key = "…" }`: a device by address or name, and how to talk to it."""

    profile: Literal["heart_rate", "bthome", "beacon"]
    address: BleAddress | None = None
    name: BleName | None = None
    key: BleKey | None = None

    def __repr__(self) -> str:
        return f"Ble(profile={self.profile!r})"  # a key is shown nowhere, not by mistake either


class SensorTable(Table, frozen=True, kw_only=True):
    """`[[sensors]]`: one signal. Without `resident` the household shares it.

    `fitted` is when `wren replace` put another device in its place (UTC): the walk-test of that one is still to come.
    """

    id: Slug
    kind: SensorKind
    place: Slug
    resident: Slug | None = None
    gpio: Gpio | None = None
    ble: Ble | None = None
    fitted: Utc | None = None


class PanelTable(Table, frozen=True, kw_only=True):
    """`[[panels]]`: a light, buttons and a buzzer of one resident, by their BCM pins (docs/panel.md)."""

    resident: Slug
    light_pin: Pin
    ok_pin: Pin | None = None
    pause_pin: Pin | None = None
    sound_pin: Pin | None = None
    sound: Literal["never", "day", "always"] = "day"
    pause: Literal["attention", "everything"] = "attention"


class Recipient(Table, frozen=True, kw_only=True):
    """`[[recipients]]`: an opaque id of who answers alerts, and when."""

    id: Slug
    hours: Literal["24h", "office"]


class VisitTable(Table, frozen=True, kw_only=True):
    """`[[visits]]`: when somebody is expected to come. It never leaves the home."""

    from_: Clock = msgspec.field(name="from")
    to: Clock
    days: Annotated[tuple[Weekday, ...], msgspec.Meta(min_length=1)] | None = None
    resident: Slug | None = None


class AlertTable(Table, frozen=True, kw_only=True):
    """`[alerts.KIND]`: why this kind is on for these residents, which recipient owns it, and who is the second one."""

    reason: Annotated[str, msgspec.Meta(min_length=3, max_length=200)]
    owner: Slug
    second: Slug | None = None


class Budget(Table, frozen=True, kw_only=True):
    """`[budget]`: how many alerts a resident's carers can bear. Urgent findings are never held back by it."""

    attention_per_week: Annotated[float, msgspec.Meta(ge=0.1, le=7)] = 1.0
    inactivity_per_day: Annotated[float, msgspec.Meta(ge=0.002, le=0.2)] = 0.02


class AnswersTable(Table, frozen=True, kw_only=True):
    """`[answers]`: what may come back from the desk, and how long an urgent alert waits for a person.

    `attention_per_week` are the bounds within which the desk may set the budget; without them it may not. A
    snooze lasts `snooze_at_most_days` at most, 0 allows none.
    """

    unanswered_after_min: Annotated[int, msgspec.Meta(ge=2, le=120)] = 10
    attention_per_week: tuple[PerWeek, PerWeek] | None = None
    snooze_at_most_days: Annotated[int, msgspec.Meta(ge=0, le=14)] = 7


class Purpose(Table, frozen=True, kw_only=True):
    """`[purpose]`: why this home is watched, on what lawful basis, who decided it, and when it is looked at again.

    `habits` are those that summaries may tell of. No names: `decided_with` says in which capacity others took part,
    such as "daughter, social worker".
    """

    why: Annotated[str, msgspec.Meta(min_length=10, max_length=300)]
    basis: Literal["consent", "contract", "vital_interests", "public_task", "legitimate_interests", "legal_obligation"]
    decided_by: Literal["resident", "best_interests"]
    decided_with: Annotated[str, msgspec.Meta(min_length=3, max_length=200)] | None = None
    habits: Literal["all"] | tuple[HabitName, ...] = ()
    review: date

    def told(self) -> frozenset[str] | None:
        """The habits that summaries may tell of; None: all."""
        return None if self.habits == "all" else frozenset(self.habits)


class Gateway(Table, frozen=True, kw_only=True):
    """`[gateway]`: this machine."""

    data_dir: str = "/var/lib/wren"
    pin_factory: Literal["lgpio", "mock"] = "lgpio"
    adapter: Adapter = "hci0"
    retention_days: Annotated[int, msgspec.Meta(ge=7, le=400)] = 60
    habit_days: Annotated[int, msgspec.Meta(ge=30, le=800)] = 396
    message_days: Annotated[int, msgspec.Meta(ge=30, le=800)] = 396


class Uplink(Table, frozen=True, kw_only=True):
    """`[uplink]`: where alerts and summaries go. `ca_file` is the provider's own certificate authority."""

    url: HttpsUrl
    ca_file: str | None = None
    data_dir: str = "/var/lib/wren-uplink"


class Config(Table, frozen=True, kw_only=True):
    """A whole `home.toml`. `alerts` is None where the file has no `[alerts]` table."""

    home: Home
    residents: Annotated[tuple[Resident, ...], msgspec.Meta(min_length=1, max_length=8)]
    sensors: Annotated[tuple[SensorTable, ...], msgspec.Meta(min_length=1, max_length=200)]
    visits: Annotated[tuple[VisitTable, ...], msgspec.Meta(max_length=50)] = ()
    panels: Annotated[tuple[PanelTable, ...], msgspec.Meta(max_length=8)] = ()
    recipients: tuple[Recipient, ...] = ()
    alerts: dict[AlertKind, AlertTable] | None = None
    budget: Budget = Budget()
    answers: AnswersTable = AnswersTable()
    purpose: Purpose | None = None
    gateway: Gateway = Gateway()
    uplink: Uplink | None = None

    def spec(self, *, live: bool) -> HomeSpec:
        """What the core needs to know.

        Live, a kind is on only with a reason and an owner; without an `[alerts]` table every kind is on,
        in replay and evaluation only (ALERTS, rule 9).
        """
        kinds = frozenset(AlertKind) if self.alerts is None and not live else frozenset(self.alerts or ())
        return HomeSpec(
            id=self.home.id,
            timezone=self.home.timezone,
            residents=tuple(resident.id for resident in self.residents),
            sensors=tuple(_sensor(sensor) for sensor in self.sensors),
            alerts=kinds,
            silence_budget_per_day=self.budget.inactivity_per_day,
            attention_budget_per_week=self.budget.attention_per_week,
            usual_days={one.id: _usual_day(one.usual_day) for one in self.residents if one.usual_day is not None},
            visits=tuple(_window(visit) for visit in self.visits),
            # none asks until its input says that it works, so a recording without that input is as without a panel
            recipients={kind: Recipients(one.owner, one.second) for kind, one in (self.alerts or {}).items()},
            habits_told=_habits_told(self, live=live),
            unanswered_after_s=self.answers.unanswered_after_min * 60,
            panels={one.resident: PanelSpec(one.ok_pin is not None, one.pause == "everything") for one in self.panels},
        )


def _habits_told(config: Config, *, live: bool) -> frozenset[str] | None:
    """Live, only those that the resident, or whoever decided, has agreed to; a recording without `[alerts]` has all."""
    if config.alerts is None and not live:
        return None
    return frozenset() if config.purpose is None else config.purpose.told()


def _sensor(table: SensorTable) -> Sensor:
    by_radio = table.ble is not None
    sensor = Sensor(
        table.id, table.kind, table.place, table.resident, weak=is_weak(table), wireless=by_radio,
        fitted=table.fitted or "",
    )  # fmt: skip
    if table.gpio is None or table.gpio.debounce_ms is None or table.gpio.sense == "pulses":
        return sensor
    return replace(sensor, debounce_ms=table.gpio.debounce_ms)


def _usual_day(said: UsualDayTable) -> UsualDay:
    up_s, to_bed_s = (None if clock is None else clock_s(clock) for clock in (said.up, said.to_bed))
    return UsualDay(up_s, to_bed_s, said.bathroom_at_night)


def _window(visit: VisitTable) -> VisitWindow:
    days = frozenset(WEEKDAYS.index(day) for day in visit.days or WEEKDAYS)
    return VisitWindow(clock_s(visit.from_), clock_s(visit.to), days, visit.resident)
