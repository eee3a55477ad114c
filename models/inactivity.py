"""Watches one stream for silence: no sign of life for longer than is ordinary.

The deadline follows from the last sign of life alone, so it needs computing only when a silence has lasted
long enough to matter (`MIN_DEADLINE_S`): the hundreds of readings of a busy hour cost nothing.
"""

from collections.abc import Mapping
from typing import Any, Final

from models import wording
from models.claims import Claim, Ending, Opening
from models.coverage import FORGIVEN_S, Coverage
from models.kinds import AlertKind, SensorKind, Severity
from models.learners.silence import LEARNING_DAYS, MIN_DEADLINE_S, Gap, Silence, context_of
from models.localtime import HOUR_S, MINUTE_S, LocalTime
from models.presence import MAYBE_OUT, Presence
from models.signals import NEVER, Event, Line
from models.silence_limits import Limits, SoonerS
from models.vocabulary import Sensor

CUT_S: Final = 2 * HOUR_S
_SETTLE_S: Final = 5 * MINUTE_S
"""A shorter cut of the power is not a new beginning; after it, sensors have this long to say something first."""

_LEARNT_BEYOND: Final = 1.25
"""A silence that raised an alert teaches at most this many times its length at the alert: the anomaly itself
must not become the routine (LEARNER, "What must not teach the model")."""

_PLAIN: Final = ("sign_ms", "context", "whole", "own", "seen", "raised_s", "heard_ms", "first_day", "floor_s")


class Inactivity:
    """The silence of one resident, or of the household.

    Args:
        worn: whether all that is seen of this stream is a wearable, which can be taken off: then only the ceiling
            applies, and only while it is heard.
        sees_indoors: whether anything is seen of life at home; if not, no silence raises anything.
        sooner_s: given when a silence began and its deadline, the one that holds (UTC seconds; None: none).
        tells_absence: whether `not_home` can be told; if not, nobody is ever taken to be out.

    Attributes:
        due_ms: when to call `pass_time` (UTC, ms); NEVER if nothing can come of waiting.
    """

    def __init__(
        self, resident: str, local: LocalTime, budget_per_day: float, coverage: Coverage, *,
        worn: bool, tells_absence: bool, sees_indoors: bool = True,
        sooner_s: SoonerS = lambda _, deadline_s: deadline_s,
    ) -> None:  # fmt: skip
        self.resident = resident
        self.due_ms = NEVER
        self.limits = self._limits = Limits(
            local.timezone, budget_per_day,
            worn=worn, sees_indoors=sees_indoors, tells_absence=tells_absence, adjusted=sooner_s,
        )  # fmt: skip
        self._local = local
        self._coverage = coverage
        self._worn = worn
        self._presence = Presence(local)
        self._heard_ms = 0
        self._sign: Sensor | None = None
        self._sign_ms = 0
        self._context = ""
        self._whole = False
        self._own = True
        self._seen = True
        self._raised_s: int | None = None
        self._raised = AlertKind.INACTIVITY
        self._first_day: int | None = None
        self._floor_s = 0
        self._looked = False

    @property
    def since_s(self) -> int:
        """When the silence that is going on began (UTC second)."""
        return self._sign_ms // 1000

    @property
    def sees_indoors(self) -> bool:
        """Whether anything is seen of life at home."""
        return self._limits.sees_indoors

    @property
    def learner(self) -> Silence:
        """What is known of this stream's silences."""
        return self._limits.learner

    def sign(self, event: Event, *, teaches: bool = True, others: bool = False) -> Claim | None:
        """A sign of life; returns the end of an open alert, if there was one.

        Silences that begin or end with one that does not teach are not learnt. One that may be `others` says that
        somebody is there; a door that they use leaves this person at home.
        """
        at_ms, sensor = event.at_ms, event.sensor
        at_s = at_ms // 1000
        ending: Claim | None = None
        silence: tuple[int, str] | None = None
        if self._sign is not None and self._whole:
            silence = (at_s - self._sign_ms // 1000, self._context)
            if teaches and self._own:
                self._learn(at_s, sensor)
        if others and sensor.is_outside_door:
            self._presence.arrives(at_s)
        if self._raised_s is not None:
            text = wording.moved_again(local=self._local, sensor=sensor, at_s=at_s)
            ending = Ending(self.resident, self._raised, at_s, text)
            self._raised_s = None
        if self._first_day is None:
            self._first_day = self._local.day(at_s)
        self._sign, self._sign_ms = sensor, at_ms
        self._context = self._presence.context(at_s, silence, sensor, context_of(sensor, event.value))
        self._whole = self._seen = True
        self._own = teaches
        self._floor_s = 0
        self._looked = False
        self.due_ms = NEVER if self._coverage.blind_since_s is not None else self._first_look_ms()
        return ending

    def heard(self, at_ms: int) -> bool:
        """A wearable said anything at all, if only that it counted no steps: it is worn. Whether it was not before."""
        unheard_ms, self._heard_ms = at_ms - self._heard_ms, at_ms
        if is_put_on := self._worn and unheard_ms >= FORGIVEN_S * 1000:
            self.seeing(at_ms, CUT_S)
        return is_put_on

    def _first_look_ms(self) -> int:
        return (self._sign_ms // 1000 + MIN_DEADLINE_S) * 1000

    def _learn(self, end_s: int, sensor: Sensor) -> None:
        understood = self._presence.understood(end_s, sensor)
        if understood is not None:
            self.learner.learn_one(understood)
        start_s = self._sign_ms // 1000
        if end_s - start_s >= MIN_DEADLINE_S:
            doubtful = self._context not in MAYBE_OUT and end_s > self.learner.ceiling_s(start_s)
            ended_s = end_s
            if self._raised_s is not None and self._raised is AlertKind.INACTIVITY:
                end_s = min(end_s, start_s + int((self._raised_s - start_s) * _LEARNT_BEYOND))
            if doubtful:
                self._limits.trust.doubt(ended_s, end_s - start_s)
        gap = self._presence.ended(Gap(start_s, end_s, self._context), sensor)
        if gap is not None:
            self.learner.learn_one(gap)

    def abstains(self, at_s: int) -> str | None:
        """Why silence means too little here to be judged (a key of `wording.not_judged`), or None."""
        return self._limits.abstains(at_s)

    def deadline_s(self) -> int | None:
        """UTC second at which an alert opens, or has opened, if nothing more is seen. None: none would."""
        if self._raised_s is not None:
            return self._raised_s if self._raised is AlertKind.INACTIVITY else None
        if self._sign is None or self._coverage.blind_since_s is not None:
            return None
        deadline_s = self._limits.of(self._sign_ms // 1000, self._context)
        return None if deadline_s is None else max(deadline_s, self._floor_s)

    def is_away(self) -> bool:
        """Whether the silence that is going on is taken for an outing."""
        start_s = self._sign_ms // 1000
        seen = self._sign is not None and self._coverage.blind_since_s is None
        return seen and self._limits.judges(start_s) and self._limits.of(start_s, self._context) is None

    def learning(self, at_s: int) -> bool:
        """Whether `at_s` lies in the first days, when only the fixed limit applies."""
        return self._first_day is None or self._local.day(at_s) - self._first_day < LEARNING_DAYS

    def learnt_deadline_s(self) -> int | None:
        """As `deadline_s`, but None while learning, away or blind (the `--deadlines` contract)."""
        return None if self._worn or self.learning(self._sign_ms // 1000) else self.deadline_s()

    def notice_s(self, at_s: int) -> int | None:
        """If the last sign of life came at `at_s`, in the room most lived in: seconds until an alert.

        None while learning, and where silence is not judged.
        """
        deadline_s = (
            None if self.learning(at_s) else self._limits.of(at_s, self.learner.commonest_room(), imagined=True)
        )
        return None if deadline_s is None else deadline_s - at_s

    def pass_time(self, at_ms: int, lines: list[Line]) -> Claim | None:
        """Called when `due_ms` has come: looks up the deadline first, and opens the alert at it."""
        if not self._looked:
            self._looked = True
            self.due_ms = self._look()
            if self.due_ms > at_ms:
                return None
        assert self._sign is not None
        at_s, start_s, self.due_ms = self.due_ms // 1000, self._sign_ms // 1000, NEVER
        if self._worn and at_s * 1000 - self._heard_ms >= FORGIVEN_S * 1000:
            return None  # not worn
        self._raised_s = at_s
        coverage = self._coverage.sentence(lines, at_s)
        self._raised = AlertKind.NOT_HOME if self.is_away() else AlertKind.INACTIVITY
        if self._raised is AlertKind.NOT_HOME:
            evidence = wording.not_home(
                local=self._local, sign=self._sign, sign_s=start_s, at_s=at_s,
                longest_s=self.learner.longest_outing_s(), coverage=coverage,
            )  # fmt: skip
            return Opening(self.resident, self._raised, Severity.ATTENTION, start_s, at_s, evidence)
        usual_s = self.learner.usual_s(start_s, self._context)
        evidence = wording.inactivity(
            local=self._local, sign=self._sign, seen=self._seen, sign_s=start_s, at_s=at_s,
            usual_s=None if usual_s is None else usual_s - start_s, days=self._local.day(at_s) - (self._first_day or 0),
            fixed=usual_s is None or at_s >= self.learner.ceiling_s(start_s), coverage=coverage,
        )  # fmt: skip
        return Opening(self.resident, self._raised, Severity.URGENT, start_s, at_s, evidence)

    def _look(self) -> int:
        if self._raised_s is not None:
            return NEVER
        deadline_s = self.deadline_s()
        if deadline_s is None and self.is_away():
            deadline_s = max(self.learner.not_home_s(self._sign_ms // 1000), self._floor_s)
        return NEVER if deadline_s is None else deadline_s * 1000

    def blind(self) -> None:
        """The gateway cannot see any more: whatever silence follows says nothing."""
        self.due_ms = NEVER

    def left(self) -> None:
        """They are said to be elsewhere: whatever was open is over."""
        self._raised_s = None
        self._context = self.learner.commonest_room()

    def came_back(self, at_s: int) -> None:
        """They are at home again: whoever brought them there leaves by the door within the hour."""
        self._presence.arrives(at_s + HOUR_S)

    def look_again(self) -> None:
        """What the deadline depends on has changed."""
        if self._sign is not None and self._raised_s is None and self._coverage.blind_since_s is None:
            self._looked = False
            self.due_ms = self._first_look_ms()

    def seeing(self, at_ms: int, blind_s: int) -> None:
        """The gateway sees again after `blind_s`: a long blind stretch begins the silence anew, from now.

        No alert comes from the moment of seeing again itself.
        """
        if self._sign is None:
            return
        at_s = at_ms // 1000
        if blind_s >= FORGIVEN_S and self._raised_s is None:
            # what was seen of the silence before a short cut still counts; after a long one all may have happened
            self._sign_ms = self._sign_ms + blind_s * 1000 if blind_s < CUT_S else at_ms
            self._whole = self._seen = False
        # a floor that stands is not moved on, nor begun anew: cuts that keep coming would put the alert off for ever
        if self._floor_s <= at_s:
            left_s = self._floor_s - (at_s - blind_s) if blind_s < CUT_S else 0
            self._floor_s = at_s + (MIN_DEADLINE_S if blind_s >= CUT_S else left_s if left_s > 0 else _SETTLE_S)
        self._looked = False
        self.due_ms = max(self._first_look_ms(), self._floor_s * 1000) if self._raised_s is None else NEVER

    def shift(self, at_ms: int, by_ms: int) -> None:
        """The clock was stepped and now says `at_ms`: the silence goes on, but one that spans a step is not learnt."""
        self._sign_ms += by_ms
        self._floor_s += by_ms // 1000
        if self._raised_s is not None:
            self._raised_s += round(by_ms / 1000)
        if self._first_day is not None:
            self._first_day += self._local.day(at_ms // 1000) - self._local.day((at_ms - by_ms) // 1000)
        self._heard_ms += by_ms
        self._presence.shift(by_ms // 1000)
        self._limits.trust.shift(by_ms // 1000)
        self._whole = False
        self._looked = False
        self.look_again()

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            **self._limits.state(),
            "sign": None if self._sign is None else [self._sign.id, str(self._sign.kind), self._sign.place],
            "raised": str(self._raised),
            **{name: getattr(self, f"_{name}") for name in _PLAIN},
            "presence": self._presence.state(),
        }

    def restore(self, state: Mapping[str, Any], sensors: Mapping[str, Sensor]) -> None:
        """Take over what `state()` said, but for the time zone and the budget, which are the configuration's.

        A last sign by a sensor that is gone is still a sign.
        """
        self._limits.restore(state)
        if state["sign"] is None:
            self._sign = None
        else:
            name, kind, place = state["sign"]
            self._sign = sensors.get(name) or Sensor(name, SensorKind(kind), place)
        self._raised = AlertKind(state["raised"])
        for name in _PLAIN:
            setattr(self, f"_{name}", state[name])
        self._presence.restore(state["presence"])
        self._looked = False
        asleep = self._sign is None or self._raised_s is not None or self._coverage.blind_since_s is not None
        self.due_ms = NEVER if asleep else self._first_look_ms()
