"""Everything that watches one life: a resident's, or the household's."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from models.agenda import Watch
from models.asking import asking_of
from models.claims import Claim
from models.coverage import FORGIVEN_S, Coverage
from models.days import Days, is_whole_day
from models.habits import Habits
from models.health import Health
from models.inactivity import CUT_S
from models.kinds import AlertKind, SensorKind
from models.learners.silence import Silence
from models.links import Links
from models.localtime import HOUR_S, LocalTime
from models.notes import Notes
from models.relinking import Relinking
from models.rest import Rest
from models.retraction import Retractable
from models.sight import Sight
from models.signals import Event, Line
from models.slow import Slow
from models.stays import NOWHERE, Stays
from models.summaries import Summaries
from models.told import Telling, Told
from models.trends import Trends
from models.trust import sees_indoors
from models.vocabulary import BATHROOM, HOUSEHOLD, OUTSIDE_DOOR, HomeSpec, Said, Sensor
from models.whereabouts import Whereabouts
from models.whose import SIGNS_OF_LIFE, is_only_worn, is_shared, is_sign, usual_day_of

FORGIVEN_STEP_S: Final = 60
"""A smaller step of the clock moves nothing that matters to another part of the day."""

_KEPT: Final = ("sight", "whereabouts", "habits", "summaries", "trends", "slow", "notes", "health", "checkin")
_KEPT_BY_SENSOR: Final = ("inactivity", "stays", "rest")
"""What a restart finds again; first of all the sight and the whereabouts, which the others ask what can be seen."""


Act = Callable[[int], list[Claim | Said]]
"""What is done when a watch is due, given the present moment (UTC, ms)."""


class Stream:
    """The watches of one stream, in the order in which they are asked at equal times.

    Args:
        resident: whose it is; `HOUSEHOLD` where signs cannot be told apart.
        home: what the gateway could see.
        lines: the sensors that belong to it.

    Attributes:
        watches_silence: whether its silence is judged; in a shared home only the household's is.
        tells_silence: whether the configuration lets an alert come of its silence.
        is_told: whether an alert of a resident and kind is open; set by who tells (`models.voice`).
        checkin: what the panel of the one person whose life this is asks before an alert opens.
    """

    __slots__ = (
        "_days", "_local", "_pulses", "checkin", "habits", "health", "inactivity", "is_told", "lines", "notes",
        "relinking", "resident", "rest", "sight", "slow", "stays", "summaries", "tells_silence", "trends",
        "watches_silence", "whereabouts",
    )  # fmt: skip

    def __init__(
        self, resident: str, spec: HomeSpec, local: LocalTime, home: Coverage, lines: list[Line], links: Links
    ) -> None:
        self.resident, self.lines, self._local = resident, lines, local
        self._pulses = [line for line in lines if line.sensor.kind is SensorKind.HEART_RATE]
        alive = [line.sensor for line in lines if line.sensor.kind in SIGNS_OF_LIFE]
        elsewhere = {sensor.place for sensor in alive if sensor.kind not in NOWHERE} - {BATHROOM, OUTSIDE_DOOR}
        self.watches_silence = resident == HOUSEHOLD or not is_shared(spec)
        self.tells_silence = self.watches_silence and AlertKind.INACTIVITY in spec.alerts
        self.is_told: Callable[[str, AlertKind], bool] = lambda _resident, _kind: False
        alone = resident != HOUSEHOLD or len(spec.residents) == 1
        waking_s = Silence(timezone=local.timezone).ceiling_s  # which hours count as waking is not learnt
        self.health = Health(alive)
        self.sight = Sight(resident, local, home, lines, links, self.health.suspects, waking_s)
        self.whereabouts = Whereabouts(resident, spec, local, self.sight.coverage, lines, waking_s)
        coverage = self.whereabouts.coverage
        self.inactivity = Retractable(
            resident, local, spec.silence_budget_per_day, self.sight.over(coverage),
            worn=is_only_worn(alive), sees_indoors=sees_indoors(alive),
            tells_absence=AlertKind.NOT_HOME in spec.alerts, sooner_s=self.sight.after(self.whereabouts.alone.sooner_s),
        )  # fmt: skip
        budget, usual_day = spec.attention_budget_per_week, usual_day_of(resident, spec)
        self.stays = Stays(resident, local, coverage, can_see_leaving=len(elsewhere) >= 2, alone=alone)
        self.rest = Rest(
            resident, local, coverage, lines, self._is_known, spec.alerts, self._is_told,
            alone=alone, can_see=alone and not is_shared(spec) and len(elsewhere) >= 2,
            budget_per_week=budget, usual_day=usual_day,
        )  # fmt: skip
        self.checkin = asking_of(
            resident, spec, local, self.whereabouts, self._is_told,
            inactivity=self.inactivity, tells_silence=self.tells_silence, stays=self.stays, rest=self.rest,
        )  # fmt: skip
        self.habits = Habits(resident, local, coverage, alive, self.sight.ledger.unheard_s)
        self.summaries = Summaries(resident, local, home, self.sight, spec.habits_told)
        self.trends = Trends(resident, coverage, budget, self.habits.names(), usual_day)
        self.slow = Slow(resident, spec, local, coverage, alive, self.habits.names())
        sees_moving = bool(alive) and (not is_shared(spec) or any(sensor.kind is SensorKind.STEPS for sensor in alive))
        self.notes = Notes(local, lines, self.habits.names(), spec.alerts, alone=alone, sees_moving=sees_moving)
        self.relinking = Relinking(
            local, lines, self.sight, self.whereabouts, self.inactivity, self.stays, self.rest, self.slow, self.notes,
            suspects=self.health.suspects, blind=self.blind, seeing=self.seeing, tells=self.tells_silence,
        )  # fmt: skip
        self._days = Days(
            lines, self.whereabouts, self.habits, self.summaries, self.trends, self.slow, self.notes, self.rest,
            was_sound=lambda: self.health.was_sound(self.sight.ledger.lost_s), abstains=self.abstains,
            notice_s=lambda now_s: self.notice_s(now_s) if self.tells_silence else None,
        )  # fmt: skip

    def see(self, event: Event) -> list[Claim] | None:
        """An event of this stream's sensors. None: nothing comes of it, and no watch waits for another time now."""
        at_ms, kind = event.at_ms, event.sensor.kind
        at_s = at_ms // 1000
        if self.whereabouts.absence.is_empty:
            return [*self._back(at_ms), *(self.see(event) or ())] if self.whereabouts.is_back(event) else None
        paused = self.whereabouts.pause.is_on
        if kind is SensorKind.HEART_RATE:
            if not paused:
                self.notes.see(event)
            return [] if self.habits.begin(at_s) else None
        is_put_on = kind is SensorKind.STEPS and self._is_worn(at_ms) and self.inactivity.heard(at_ms)
        if not is_sign(event):
            return [] if is_put_on else None
        self.sight.ledger.word(event.sensor.id, at_s)
        if not self.health.believes(event):
            return self.relinking.disbelieve(event.sensor)
        others = self.whereabouts.is_others(event)
        teaches = self.stays.teaches = self.sight.sign(event) and not others and self.whereabouts.teaches(at_s)
        silence = self.inactivity.sign(event, teaches=teaches, others=others) if self.watches_silence else None
        claims = [self.whereabouts.alone.naming(silence), self.stays.see(event)]
        if others or paused:
            self.slow.lost()  # on what way this person is, with somebody else about, is not known
        else:
            self.habits.see(event)
            self.notes.see(event)
            self.slow.see(event)
        # that company was seen takes no fixed limit away: a bed that has a cat in it stays taken, too
        claims += self.rest.see(event, teaches=teaches, others=others and self.whereabouts.is_visit(at_s))
        return [claim for claim in claims if claim is not None]

    def _is_worn(self, at_ms: int) -> bool:
        """Whether a wearable that reports at `at_ms` is on a body: one on the table says 0 steps but no pulse."""
        heard_ms = max([line.heard_ms or 0 for line in self._pulses]) if self._pulses else 0
        return not heard_ms or at_ms - heard_ms < FORGIVEN_S * 1000

    def agenda(self) -> list[tuple[Watch, Act]]:
        """What waits for its time, and what is done then."""
        return [
            (self.whereabouts.absence, self._expected),
            (self.whereabouts.pause, self.whereabouts.pause.pass_time),
            (self.checkin, self.checkin.pass_time),
            (self.inactivity, self._silent),
            (self.sight.unseen, self.relinking.unseen),
            (self.stays, lambda _: _some(self.relinking.stay())),
            (self.rest.night_exit, lambda now_ms: _some(self.relinking.out(now_ms))),
            (self.rest.out_of_bed, lambda now_ms: _some(self.rest.empty_bed(now_ms))),
            (self.rest.mornings, lambda now_ms: _some(self.relinking.late(now_ms))),
            (self.habits, lambda _: self._part_ended()),
            (self.summaries, lambda now_ms: self._days.morning(now_ms // 1000)),
        ]

    def told(self, told: Told, at_ms: int, value: float) -> list[Claim | Said]:
        """A person told the home something about whose life this is (see `models.told`)."""
        claims = self.whereabouts.told(told, at_ms // 1000, value)
        if told.what is Telling.ALONE:
            self.inactivity.look_again()
        self.checkin.told(told, at_ms // 1000, value)
        return [*claims, *self._came_or_went(at_ms)]

    def _expected(self, now_ms: int) -> list[Claim | Said]:
        return [*self.whereabouts.pass_time(now_ms // 1000), *self._came_or_went(now_ms)]

    def _came_or_went(self, at_ms: int) -> list[Claim]:
        was_empty = self.whereabouts.coverage.is_elsewhere
        if self.whereabouts.is_empty == was_empty:
            return []
        return self._back(at_ms) if was_empty else self._left(at_ms)

    def _left(self, at_ms: int) -> list[Claim]:
        """Nobody is at home any more: as if the gateway could not see."""
        claims = self.whereabouts.left(at_ms // 1000)
        self.inactivity.left()
        self.rest.left()
        self.blind()
        self.stays.forget_now()
        self.slow.left()
        self.rest.seeing(at_ms // 1000, CUT_S)
        return claims

    def _back(self, at_ms: int) -> list[Claim]:
        """Somebody is at home again: watched anew, as after a long time of seeing nothing."""
        claims = self.whereabouts.returned(at_ms // 1000)
        self.inactivity.came_back(at_ms // 1000)
        self.seeing(at_ms, CUT_S)
        return claims

    def _silent(self, now_ms: int) -> list[Claim | Said]:
        return _some(self.whereabouts.alone.naming(self.inactivity.pass_time(now_ms, self.lines)))

    def accept(self, kind: AlertKind) -> None:
        """A person said that what an alert of `kind` told of is the new normal (`models.told.ACCEPTED`)."""
        if kind is AlertKind.LATE_START:
            self.rest.mornings.accept()
        else:
            self.trends.accept(kind)
            self.slow.accept(kind)

    def shift(self, at_ms: int, by_ms: int) -> None:
        """The clock was stepped by `by_ms` and now says `at_ms`."""
        self.whereabouts.shift(at_ms // 1000, by_ms)
        for part in (self.sight, self.checkin, self.habits):
            part.shift(round(by_ms / 1000))
        self.inactivity.shift(at_ms, by_ms)
        self.stays.shift(by_ms)
        self.slow.lost()
        self.health.shift(by_ms)
        far = abs(by_ms) >= FORGIVEN_STEP_S * 1000
        self.rest.shift(at_ms // 1000, round(by_ms / 1000), far=far)
        self.notes.shift(at_ms, by_ms)
        self.summaries.shift(at_ms // 1000, round(by_ms / 1000))
        if far:
            self.inactivity.seeing(at_ms, CUT_S)
            self.habits.disturbed(at_ms // 1000)

    def blind(self) -> None:
        """The gateway cannot see any more."""
        self.whereabouts.blind()
        self.inactivity.blind()
        self.stays.blind()
        self.slow.lost()

    def seeing(self, at_ms: int, blind_s: int) -> None:
        """The gateway sees again after `blind_s`; what cannot be seen all the same stays unseen."""
        if self.whereabouts.coverage.blind_since_s is not None:
            return
        blind_s = self.whereabouts.coverage.unseen_s(blind_s, at_ms // 1000)
        self.inactivity.seeing(at_ms, self.sight.silence.unseen_s(blind_s, at_ms // 1000))
        self.notes.seeing(blind_s)
        if blind_s >= FORGIVEN_S:
            self.stays.forget_now()
        else:
            self.stays.seeing(at_ms)
        self.rest.seeing(at_ms // 1000, blind_s)

    def _is_known(self, at_s: int) -> bool:
        """Whether an alert of silence or of a stay is open, and told, that says the same as one of rest would."""
        deadline_s = self.inactivity.deadline_s() if self.tells_silence else None
        stays = self.stays.is_open and self._is_told(AlertKind.LONG_STAY)
        return stays or (deadline_s is not None and deadline_s <= at_s)

    def _is_told(self, kind: AlertKind) -> bool:
        return self.is_told(self.resident, kind)

    def _part_ended(self) -> list[Claim | Said]:
        self.whereabouts.pause.hide(self.habits.due_ms // 1000)
        table, claims = self._days.part_ended()
        if is_whole_day(table) and not self.whereabouts.is_empty:
            self.health.day_ended()
        return claims

    def abstains(self, now_s: int) -> list[str]:
        """What is not judged here at `now_s`, as keys of `wording.not_judged`."""
        silence = self.inactivity.abstains(now_s) if self.tells_silence else None
        suspects = [f"sensor/{name}" for name in self.health.suspects()]
        told = self.rest.mornings.contradicted()
        return [*self.stays.abstains(now_s), *(key for key in (silence, told) if key is not None), *suspects]

    def notice_s(self, now_s: int) -> tuple[int | None, ...]:
        """For each full hour of the local day: if all signs stopped then, seconds until an alert. None: learning."""
        day = self._local.day(now_s)
        hours_s = (self._local.at_clock_s(day, hour * HOUR_S) for hour in range(24))
        return tuple(self.inactivity.notice_s(at_s) for at_s in hours_s)

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        parts = {name: getattr(self, name).state() for name in (*_KEPT, *_KEPT_BY_SENSOR)}
        return {"senses": self._senses(), **parts}

    def restore(self, state: Mapping[str, Any], sensors: Mapping[str, Sensor]) -> None:
        """Take over what `state()` said."""
        for name in _KEPT:
            getattr(self, name).restore(state[name])
        for name in _KEPT_BY_SENSOR:
            getattr(self, name).restore(state[name], sensors)
        if state["senses"] != self._senses():
            for part in (self.trends, self.notes, self.slow.gradual):
                part.sensors_changed()

    def _senses(self) -> list[str]:
        """By what signs of life how busy a day was is counted."""
        return sorted(f"{one.sensor.id}/{one.sensor.kind}" for one in self.lines if one.sensor.kind in SIGNS_OF_LIFE)


def _some(claim: Claim | None) -> list[Claim | Said]:
    return [] if claim is None else [claim]
