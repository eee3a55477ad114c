"""Watches the sensors of a home for the technician: what is silent, stuck, chattering, low on power or out of reach.

Everything here comes from links, levels and values, or from other sensors being active while one is not. A quiet home
raises nothing here, and nothing here is ever said to a carer.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from models import wording_faults
from models.battery import Batteries
from models.chatter import Chatter
from models.claims import Claim
from models.coverage import FORGIVEN_S, Coverage
from models.health import Health
from models.implausible import Implausible
from models.kinds import AlertKind, SensorKind
from models.links import Links
from models.localtime import MINUTE_S, LocalTime
from models.outages import Outages
from models.signals import NEVER, Event, Line
from models.trouble import Fault, Trouble, faults_of, rows_of
from models.usage import Usage
from models.vocabulary import Evidence
from models.walk_drift import WalkDrift

LOOK_S: Final = 30 * MINUTE_S
"""How often it is looked whether a sensor is silent or stuck: what takes a day to be seen can wait for so long."""

_KINDS: Final = (
    AlertKind.RADIO_DOWN, AlertKind.SENSOR_CHATTER, AlertKind.SENSOR_SILENT, AlertKind.SENSOR_STUCK,
    AlertKind.BATTERY_LOW, AlertKind.WALK_TEST_DRIFT,
)  # fmt: skip
"""In the order in which they are told: a radio that is down explains the sensors that it takes along."""

_KEPT: Final = ("chatter", "usage", "batteries", "implausible", "outages")
_SINCE_WALKS: Final = (AlertKind.WALK_TEST_DRIFT,)
"""Kinds that a state of before the walk-test does not have; it is no other version, so that an update can be undone."""

_Found = dict[str, Fault]


class Faults:
    """The sensor faults of one home.

    Args:
        lines: all sensors of the home, by their ids.
        links: which of them can be heard at all.
        coverage: when the gateway could see.
        healths: of each stream; they know which sensors are busy as no person is.

    Attributes:
        due_ms: when to call `pass_time` (UTC, ms).
        chatters: count one reading of a sensor, by id, at a time (UTC, ms); whether it has to be muted now.
        muted: the sensors that chatter, with since when (UTC s): nothing that they say is used.
        unused_s: those that are used by hand and are silent as they never were at a UTC second, with their last words.
        broken: the sensors whose level is stuck or whose values cannot be, with since when (UTC s): what they do not
            say is no count of zero.
    """

    def __init__(
        self, local: LocalTime, lines: Mapping[str, Line], links: Links, coverage: Coverage, healths: Sequence[Health]
    ) -> None:
        self.due_ms = NEVER
        self._local, self._lines, self._coverage = local, lines, coverage
        self._healths = healths
        self._sensors = sensors = {name: line.sensor for name, line in lines.items()}
        self._chatter = Chatter(sensors)
        self.chatters, self.muted = self._chatter.take, self._chatter.muted
        self.broken: dict[str, int] = {}
        links.muted = self.muted
        self._usage = Usage(sensors.values())
        self.unused_s = self._usage.unused_s
        self._batteries = Batteries(one.id for one in sensors.values() if one.kind is SensorKind.BATTERY)
        self._implausible = Implausible(lines.values())
        self._troubles = {kind: Trouble(kind) for kind in _KINDS}
        self._silent: _Found = {}
        self._stuck: _Found = {}
        self._look_ms = NEVER
        self._day: int | None = None
        self._outages = Outages(links, sensors)
        self._drift = WalkDrift(sensors)

    def see(self, event: Event) -> bool:
        """Something happened, by a sensor that is not muted; whether `due_ms` has changed."""
        at_s = event.at_ms // 1000
        if begins := self._look_ms == NEVER:
            self._begin(at_s)
        battery = self._batteries.known.get(event.sensor.id)
        if battery is None:
            self._usage.see(event)
            return begins
        was_s = battery.low_s
        battery.take(at_s, event.value)
        if battery.low_s != was_s:
            self._judge_soon(at_s)
        return begins or battery.low_s != was_s

    def chattering(self, at_s: int) -> None:
        """A line has just been muted."""
        self._judge_soon(at_s)

    def linked(self, at_s: int) -> None:
        """A link was lost or found."""
        if self._look_ms == NEVER:
            self._begin(at_s)
        self._outages.linked(at_s)
        self._judge_soon(at_s)

    def drifted(self, name: str, at_s: int, value: float) -> bool:
        """Take an input of the month's look; whether it is one. It is told in the next second, unless known already."""
        if not self._drift.take(name, at_s, value):
            return False
        if self._look_ms == NEVER:
            self._begin(at_s)
        self._judge_soon(at_s)
        return True

    def seeing(self, at_s: int, blind_s: int) -> None:
        """The gateway sees again after `blind_s`."""
        self._outages.seeing_s = at_s
        if self._look_ms == NEVER:
            return
        self._look_ms = _next_look_ms(at_s)
        if blind_s >= FORGIVEN_S:
            self._usage.looked_away(at_s)
        self._judge_soon(at_s)

    def _begin(self, at_s: int) -> None:
        self._look_ms, self._day = _next_look_ms(at_s), self._local.day(at_s)
        self.due_ms = self._look_ms

    def _judge_soon(self, at_s: int) -> None:
        """In the next second: everything that is said here is said by `pass_time`."""
        self.due_ms = min(self.due_ms, (at_s + 1) * 1000)

    def pass_time(self, now_ms: int) -> list[Claim]:
        """Called when `due_ms` has come."""
        at_s = now_ms // 1000
        if self._coverage.blind_since_s is not None:  # of its sensors nothing is known until it sees again
            self.due_ms = NEVER
            return []
        self._chatter.calmed(at_s)
        if self._look_ms <= now_ms:
            self._look_ms = _next_look_ms(at_s)
            self._look(at_s)
        return self._judge(at_s)

    def _look(self, at_s: int) -> None:
        day = self._local.day(at_s)
        if day != self._day:
            self._day = day
            self._usage.day_ended()
            self._batteries.day_ended(at_s)
        self._implausible.look(at_s)
        busy = sorted({name for health in self._healths for name in health.stuck()})
        self._usage.doubted = frozenset(busy)
        found = {name: Fault(name, at_s, "clockwork") for name in busy}
        for use in self._usage.stuck(at_s):
            assert use.on_s is not None
            numbers = (max(use.stays_s, default=0), len(use.stays_s))
            found[use.sensor.id] = Fault(use.sensor.id, use.on_s, "level", numbers)
        found |= {
            name: Fault(name, since_s, "values", (count,))
            for name, (since_s, count) in self._implausible.wrong(at_s).items()
        }
        # since when is known at the first look only
        self._stuck = {
            name: self._stuck[name] if name in self._stuck and self._stuck[name].what == one.what else one
            for name, one in found.items()
        }
        self._silent = {
            use.sensor.id: Fault(use.sensor.id, use.seen_s, "quiet", self._usage.silence(use))
            if use.seen_s is not None
            else Fault(use.sensor.id, at_s, "never")
            for use in self._usage.silent(at_s)
            if use.sensor.id not in self.muted and use.sensor.id not in self._stuck
        }
        self._mark()

    def _mark(self) -> None:
        self.broken.clear()
        self.broken.update({name: one.since_s for name, one in self._stuck.items() if one.what != "clockwork"})

    def _judge(self, at_s: int) -> list[Claim]:
        """What is wrong now, and when to look again."""
        radio, radio_due_s = self._outages.radio(at_s, self._troubles[AlertKind.RADIO_DOWN].faults)
        lost, lost_due_s = self._outages.lost(at_s, self._troubles[AlertKind.SENSOR_SILENT].faults)
        found: dict[AlertKind, _Found] = {
            AlertKind.RADIO_DOWN: radio,
            AlertKind.SENSOR_CHATTER: {name: Fault(name, at, "chatter") for name, at in sorted(self.muted.items())},
            AlertKind.SENSOR_SILENT: self._silent | lost,
            AlertKind.SENSOR_STUCK: self._stuck,
            AlertKind.BATTERY_LOW: self._low(),
        }
        elsewhere = {name for of_kind in found.values() for name in of_kind}  # what is told at once is not told twice
        told = self._troubles[AlertKind.WALK_TEST_DRIFT].faults
        found[AlertKind.WALK_TEST_DRIFT] = self._drift.faults(elsewhere, told, deaf=bool(radio))
        write, close = self._write, self._close
        claims = [
            claim for kind, trouble in self._troubles.items() for claim in trouble.now(found[kind], at_s, write, close)
        ]
        self._look_ahead(min(radio_due_s, lost_due_s) * 1000)
        return claims

    def _low(self) -> _Found:
        return {
            name: Fault(name, battery.low_s, *battery.why())
            for name, battery in self._batteries.known.items()
            if battery.low_s is not None
        }

    def _write(self, kind: AlertKind, faults: Sequence[Fault], at_s: int, joins: bool) -> Evidence:
        coverage = self._coverage.sentence(self._lines.values(), at_s)
        return wording_faults.evidence(
            kind, faults, joins=joins, local=self._local, sensors=self._sensors, coverage=coverage
        )

    def _close(self, kind: AlertKind, faults: Sequence[Fault], at_s: int) -> str:
        return wording_faults.all_well(kind, faults, at_s, local=self._local, sensors=self._sensors)

    def _look_ahead(self, due_ms: int) -> None:
        waits = (trouble.due_ms for trouble in self._troubles.values())
        self.due_ms = min(due_ms, self._look_ms, self._chatter.due_ms, *waits)

    def shift(self, by_ms: int) -> None:
        """The clock was stepped: what happened `x` ago still happened `x` ago."""
        by_s = round(by_ms / 1000)
        self._chatter.shift(by_ms)
        self._usage.shift(by_s)
        self._batteries.shift(by_s)
        self._implausible.shift(by_ms)
        for trouble in self._troubles.values():
            trouble.shift(by_s)
        self._silent, self._stuck = (_shifted(found, by_s) for found in (self._silent, self._stuck))
        self._mark()
        self._outages.shift(by_s)
        self._drift.shift(by_s)
        self._look_ms, self.due_ms = (one if one == NEVER else one + by_ms for one in (self._look_ms, self.due_ms))

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            **{name: getattr(self, f"_{name}").state() for name in _KEPT},
            "troubles": {str(kind): trouble.state() for kind, trouble in self._troubles.items()},
            "drift": self._drift.state(),
            "fitted": {name: self._sensors[name].fitted for name in sorted(self._batteries.known)},
            "silent": rows_of(self._silent),
            "stuck": rows_of(self._stuck),
            "due_ms": None if self.due_ms == NEVER else self.due_ms,
            "look_ms": None if self._look_ms == NEVER else self._look_ms,
            "day": self._day,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what `state()` said; sensors that are gone are forgotten."""
        for name in _KEPT:
            getattr(self, f"_{name}").restore(state[name])
        for kind, trouble in self._troubles.items():
            if kind not in _SINCE_WALKS or str(kind) in state["troubles"]:
                trouble.restore(state["troubles"][str(kind)], self._sensors)
        self._drift.restore(state.get("drift", []))
        fitted = state.get("fitted", {})
        for name in self._batteries.known:
            if self._sensors[name].fitted != fitted.get(name, ""):  # another device, with another battery
                self._batteries.replaced(name)
        self._silent, self._stuck = (faults_of(state[name], self._sensors) for name in ("silent", "stuck"))
        self._mark()
        self.due_ms, self._look_ms = (NEVER if state[n] is None else state[n] for n in ("due_ms", "look_ms"))
        self._day = state["day"]


def _next_look_ms(at_s: int) -> int:
    return (at_s // LOOK_S + 1) * LOOK_S * 1000


def _shifted(found: _Found, by_s: int) -> _Found:
    return {name: one._replace(since_s=one.since_s + by_s) for name, one in found.items()}
