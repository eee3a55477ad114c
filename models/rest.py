"""The watches of one stream's nights and mornings, in their order, and what each needs to know of the others."""

from collections.abc import Callable, Mapping
from typing import Any

from models.claims import Claim
from models.coverage import FORGIVEN_S, Coverage
from models.kinds import AlertKind
from models.localtime import LocalTime
from models.mornings import Mornings
from models.nights import NightExit
from models.out_of_bed import OutOfBed
from models.signals import Event, Line
from models.stays import shows_where
from models.vocabulary import Sensor, UsualDay


class Rest:
    """Getting up late, out at night, out of bed at night.

    Args:
        lines: the sensors of this stream.
        tells: the kinds that are on; one that is off says nothing, so it does not stand in for another.
        alone: whether it is one person's stream.
        can_see: whether the sensors are one person's alone and in enough rooms to see them up, and coming back in.
        known: whether an open alert already says, at a UTC second, that nothing is seen of this person or that they
            have been in one place for too long.
        told: whether an alert of a kind is open, and was not held back.
        budget_per_week: attention-level alerts a week that are asked for, over all kinds together.
        usual_day: as it was told at the installation.
    """

    __slots__ = ("_known", "_lines", "_tells", "_told", "mornings", "night_exit", "out_of_bed")

    def __init__(
        self,
        resident: str,
        local: LocalTime,
        coverage: Coverage,
        lines: list[Line],
        known: Callable[[int], bool],
        tells: frozenset[AlertKind],
        told: Callable[[AlertKind], bool],
        *,
        alone: bool,
        can_see: bool,
        budget_per_week: float,
        usual_day: UsualDay | None = None,
    ) -> None:
        self._lines = lines
        self._known = known
        self._tells = tells
        self._told = told
        self.mornings = Mornings(
            resident, local, coverage, can_see_up=can_see, budget_per_week=budget_per_week, told=usual_day
        )
        self.night_exit = NightExit(resident, local, coverage, self.mornings, can_see=can_see)
        self.out_of_bed = OutOfBed(resident, local, coverage, self.mornings, alone=alone)

    def see(self, event: Event, *, teaches: bool = True, others: bool = False) -> list[Claim]:
        """An event of this stream's sensors; an outside door used by `others` is not this person's going out."""
        self.mornings.teaches = teaches
        if not shows_where(event):
            return []
        was_up = self.mornings.is_up()
        out = None if others and event.sensor.is_outside_door else self.night_exit.see(event)
        claims = [out, self.mornings.see(event), self.out_of_bed.see(event)]
        if not was_up and self.mornings.is_up():
            claims.append(self.out_of_bed.got_up(event.at_ms // 1000))
        return [claim for claim in claims if claim is not None]

    def late(self, now_ms: int, *, sound: bool, blind: bool = False) -> Claim | None:
        """`mornings` is due; while not every sensor is `sound` only its fixed limit counts, while `blind` nothing."""
        known = self._known(now_ms // 1000) or (AlertKind.OUT_OF_BED in self._tells and self.out_of_bed.is_open)
        known = known or blind
        told = self._told(AlertKind.LATE_START)
        return self.mornings.pass_time(self._lines, known=known, told=told, sound=sound)

    def out(self, _now_ms: int) -> Claim | None:
        """`night_exit` is due."""
        return self.night_exit.pass_time(self._lines)

    def empty_bed(self, now_ms: int) -> Claim | None:
        """`out_of_bed` is due."""
        known = self._known(now_ms // 1000) or (AlertKind.NIGHT_EXIT in self._tells and self.night_exit.is_out())
        return self.out_of_bed.pass_time(self._lines, known=known)

    def left(self) -> None:
        """They are said to be elsewhere: whatever was open is over."""
        self.mornings.left()
        self.out_of_bed.is_open = False

    def seeing(self, at_s: int, blind_s: int) -> None:
        """The gateway sees again after `blind_s`."""
        if blind_s >= FORGIVEN_S:
            self.out_of_bed.forget_now()
        else:
            self.out_of_bed.seeing(at_s)
        self.night_exit.seeing(at_s, forgiven=blind_s < FORGIVEN_S)
        if blind_s >= FORGIVEN_S:
            self.mornings.seeing(at_s)

    def shift(self, at_s: int, by_s: int, *, far: bool) -> None:
        """The clock was stepped by `by_s` and now says `at_s`; `far`: enough to matter for the time of day."""
        self.mornings.shift(at_s, by_s, far=far)
        self.night_exit.shift(by_s)
        self.out_of_bed.shift(by_s)

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "mornings": self.mornings.state(),
            "night_exit": self.night_exit.state(),
            "out_of_bed": self.out_of_bed.state(),
        }

    def restore(self, state: Mapping[str, Any], sensors: Mapping[str, Sensor]) -> None:
        """Take over what `state()` said."""
        self.mornings.restore(state["mornings"], sensors)
        self.night_exit.restore(state["night_exit"])
        self.out_of_bed.restore(state["out_of_bed"], sensors)
