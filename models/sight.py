"""What the sensors of one stream can see while some of them cannot be heard.

While none can be heard that sees anything indoors, the stream is blind, as when the gateway is. While some cannot, a
silence of the others means less, and its limit is as late as they alone ever were quiet in waking hours, with a margin;
where that would be later than the fixed limit, their silence means nothing (docs/decisions/0022).
"""

import math
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

from models import wording_sight as wording
from models.coverage import FORGIVEN_S, Coverage, OwnCoverage
from models.glances import Glances
from models.kinds import SensorKind
from models.learners.silence import CEILING_H
from models.ledger import Ledger, Sighting
from models.links import Links
from models.localtime import DAY_S, HOUR_S, LocalTime
from models.signals import Event, Line
from models.silence_limits import SoonerS
from models.trust import sees_indoors
from models.unseen import Unseen
from models.vocabulary import BATHROOM, OUTSIDE_DOOR, Sensor
from models.whose import SIGNS_OF_LIFE

LONGER: Final = 1.25
"""Beyond the longest that the others were ever quiet, by a quarter: as for an absence (`models.learners.silence`)."""

_LEARNT_AFTER_S: Final = 7 * DAY_S
"""A week of silences without a sensor, and their limit is learnt anew (`models.learners.silence`)."""

_ROOMS: Final = 2
"""Indoor places other than the bathroom that must be seen, as in every home (`models.stream`)."""

_WORN: Final = frozenset({SensorKind.STEPS, SensorKind.HEART_RATE})
"""Whoever goes out takes these along: that they cannot be heard takes nothing from what is seen of the home."""

_UNSEEING: Final = _WORN | {SensorKind.BATTERY}
"""No day is seen any less for them: how a battery is doing is no sight of anybody."""


class Sight:
    """Which sensors of one stream can be heard, and what follows from it.

    Args:
        home: what the gateway could see.
        lines: the sensors of this stream.
        links: which of the home's links are lost.
        suspects: the sensors that cannot be believed just now.
        waking_s: the UTC second at which so many waking hours have passed since a UTC second.

    Attributes:
        eyes: the ids of the sensors by which life at home is seen, but for what is worn.
        watchers: all that show signs of life, with what is worn, by their ids; but for buttons.
        ledger: what could not be heard, and when.
        coverage: what could be seen: blind as well while none of the `eyes` sees anything indoors.
        silence: the same of silences: blind as well while those that remain cannot tell one.
        unseen: tells when `silence` was blind for too long.
    """

    def __init__(
        self, resident: str, local: LocalTime, home: Coverage, lines: list[Line], links: Links,
        suspects: Callable[[], Collection[str]], waking_s: Callable[[int, int], int],
    ) -> None:  # fmt: skip
        self._local, self._home, self._links, self._waking_s = local, home, links, waking_s
        self._sensors = {line.sensor.id: line.sensor for line in lines}
        alive = [one for one in self._sensors.values() if one.kind in SIGNS_OF_LIFE - {SensorKind.BUTTON}]
        fixed = [one for one in alive if one.kind not in _WORN]
        self.eyes = frozenset(one.id for one in fixed or alive)
        self.watchers = {one.id: one for one in alive}
        self._indoors = sees_indoors(alive)
        self._glances = Glances(local, alive)
        self.ledger = Ledger(self._sensors, suspects)
        self.coverage = OwnCoverage(local, home, self._notes)
        self.silence = OwnCoverage(local, self.coverage)
        self.unseen = Unseen(resident, local, waking_s)

    def over(self, coverage: Coverage) -> OwnCoverage:
        """`silence`, over what can be seen of this stream's life for other reasons (`models.whereabouts`)."""
        self.silence = OwnCoverage(self._local, coverage)
        return self.silence

    def sign(self, event: Event) -> bool:
        """A sign of life that can be believed; whether all could be heard since the one before it.

        What is seen by fewer is not to become what is usual.
        """
        at_s, before_s = event.at_ms // 1000, self.unseen.sign_s
        self.unseen.sign(event.sensor, at_s)
        self._glances.see(event.sensor, at_s)
        return not self.lost and self.ledger.found_s <= before_s

    def relink(self, at_s: int) -> frozenset[str]:
        """The links have changed at `at_s`; the sensors of this stream of which that is news."""
        return self.ledger.relink(self._links.unheard_s(), at_s)

    @property
    def lost(self) -> frozenset[str]:
        """The `eyes` that cannot be heard."""
        return self.eyes & self.ledger.lost_s.keys()

    def lost_since(self, start_s: int) -> frozenset[str]:
        """The `eyes` that could not be heard for more than a moment since `start_s`, or cannot be."""
        return self.eyes & self.ledger.lost_since(start_s)

    def missing_since(self, start_s: int) -> frozenset[str]:
        """The same, and those that are silent of themselves."""
        return self.eyes & self.ledger.missing_since(start_s)

    def _remaining(self, missing: Collection[str] = ()) -> dict[str, Sensor]:
        """The sensors that see this life while those that are `missing` do not, nor those that are lost."""
        gone = {*missing, *self.ledger.lost_s}
        return {name: one for name, one in self.watchers.items() if name not in gone}

    @property
    def is_dark(self) -> bool:
        """Whether so many cannot be heard that nothing is seen indoors."""
        rest = list(self._remaining().values())
        return bool(self.lost) and (not rest or (self._indoors and not sees_indoors(rest)))

    @property
    def tells_silence(self) -> bool:
        """Whether a silence of those that can be heard means anything by the fixed limit."""
        return not self.lost or (not self.is_dark and self._needed_h(self.lost) <= CEILING_H)

    def _needed_h(self, missing: Collection[str]) -> int:
        """Waking hours for which those that remain must be quiet before that means anything."""
        if not self._glances.knows:
            return CEILING_H
        rest = self._remaining(missing)
        return math.ceil(LONGER * self._glances.longest_s(rest, self._hidden(rest)) / HOUR_S)

    def _hidden(self, sensors: Collection[str]) -> list[tuple[int, int]]:
        """When not all of these could see."""
        from_s, to_s = self._glances.from_s, self._glances.from_s + 30 * DAY_S
        mine = [
            (start, to_s if end is None else end) for sensor in sensors for start, end in self.ledger.stretches(sensor)
        ]
        return [*mine, *self.silence.home.hidden_within(from_s, to_s)]

    def after(self, sooner_s: SoonerS) -> SoonerS:
        """The last word on each limit, after that of `sooner_s`."""
        return lambda start_s, deadline_s: self._later_s(start_s, sooner_s(start_s, deadline_s))

    def _later_s(self, start_s: int, deadline_s: int | None) -> int | None:
        """The limit of a silence since `start_s`, if not all could be heard during it; never beyond the fixed limit.

        A sensor that had been silent of itself for a day counts as well: that others speak while it does not is reason
        enough to wait longer, and none to take the others for blind. Not before: some sensor of a home is silent for
        odd long every few days. Nor after a week: by then how quiet the others are was learnt.
        """
        silent_s = self.ledger.silent_s()
        missing = self.lost_since(start_s) | {
            name for name in self.eyes if DAY_S <= start_s - silent_s.get(name, start_s) < _LEARNT_AFTER_S
        }
        if deadline_s is None or not missing:
            return deadline_s
        return max(deadline_s, self._waking_s(start_s, min(self._needed_h(missing), CEILING_H)))

    def sees_rooms(self, missing: Collection[str] = ()) -> bool:
        """Whether those that remain see enough rooms to show that somebody is up, or back in."""
        places = {one.place for one in self._remaining(missing).values() if one.kind not in _WORN}
        return len(places - {BATHROOM, OUTSIDE_DOOR}) >= _ROOMS

    def sees_up(self, missing: Collection[str]) -> bool:
        """Whether those that remain would have seen this person up on every morning of the last two weeks."""
        rest = self._remaining(missing)
        known = self._glances.knows
        return self.sees_rooms(missing) and (not known or self._glances.sees_up(rest, self._hidden(rest)))

    def leaves_bathroom_s(self, missing: Collection[str], *, waking: bool) -> int | None:
        """How long nothing is to be seen elsewhere until that means that somebody is in the bathroom still (seconds).

        0 where nothing is missing that would see them leave, or what remains saw every leaving as soon; None: never.
        """
        if all(self.watchers[name].place == BATHROOM for name in missing):
            return 0
        if not self.sees_rooms(missing) or not self._glances.knows:
            return None
        every_s, rest_s = (
            self._glances.after_bathroom_s(some, self._hidden(some), waking=waking)
            for some in (self.watchers, self._remaining(missing))
        )
        return 0 if rest_s <= every_s else int(LONGER * rest_s)

    def sees_all(self) -> bool:
        """Whether no link of the `eyes` is lost."""
        return not self.lost

    def pulse_lost_s(self) -> int | None:
        """Since when no pulse can be heard, the links of all that say one being lost (UTC s); None while one can."""
        worn = [name for name, sensor in self._sensors.items() if sensor.kind is SensorKind.HEART_RATE]
        lost_s = [self.ledger.lost_s[name] for name in worn if name in self.ledger.lost_s]
        return max(lost_s) if lost_s and len(lost_s) == len(worn) else None

    def hears_worn(self) -> bool:
        """Whether everything that is worn can be heard."""
        return not any(self._sensors[name].kind in _WORN for name in self.ledger.lost_s)

    def named(self) -> list[str]:
        """The sensors that cannot be heard, those that were lost first in front."""
        return self._named(self._since_s())

    def _since_s(self) -> dict[str, int]:
        return dict(sorted(self.ledger.lost_s.items(), key=lambda item: (item[1], item[0])))

    def _named(self, names: Collection[str]) -> list[str]:
        return [f"{name} (Bluetooth)" if self._sensors[name].wireless else name for name in names]

    def _notes(self, at_s: int) -> list[str]:
        """What goes with every sentence about coverage at `at_s`: the sensors that could not be heard."""
        lost = {name: since_s for name, since_s in self._since_s().items() if at_s - since_s >= FORGIVEN_S}
        silent = self.ledger.silent_s()
        said: list[str] = []
        if lost:
            named = dict(zip(self._named(lost), lost.values(), strict=True))
            said.append(wording.not_heard_now(local=self._local, since_s=named, at_s=at_s))
        if silent:
            said.append(wording.silent_now(local=self._local, since_s=silent, at_s=at_s))
        past = self.unheard(at_s - DAY_S, at_s)
        past = {name: seconds for name, seconds in past.items() if name not in {*lost, *silent}}
        return [*said, *([wording.was_not_heard(past)] if past else [])]

    def unheard(self, start_s: int, end_s: int) -> dict[str, int]:
        """For each sensor that could not be heard between two UTC seconds, but for what is worn: for how long (s)."""
        silent_s = self.ledger.silent_s()
        found = {
            name: max(self.ledger.unheard_s(name, start_s, end_s), end_s - max(start_s, silent_s.get(name, end_s)))
            for name, sensor in sorted(self._sensors.items())
            if sensor.kind not in _UNSEEING
        }
        return {name: seconds for name, seconds in found.items() if seconds >= FORGIVEN_S}

    def dark_s(self, start_s: int, end_s: int) -> int:
        """Seconds between two UTC seconds in which nothing could be seen though the gateway could."""
        return self.coverage.elsewhere_s(start_s, end_s)

    def hours(self, from_s: int, hours: int) -> dict[str, tuple[Sighting, ...]]:
        """For each sensor, how much it could see of each of so many `hours` from `from_s` (UTC seconds)."""
        starts_s = range(from_s, from_s + hours * HOUR_S, HOUR_S)
        hidden_s = [self._home.blind_s(start_s, start_s + HOUR_S) for start_s in starts_s]
        return {name: self.ledger.hours(name, from_s, hidden_s) for name in self._sensors}

    def shift(self, by_s: int) -> None:
        """The clock was stepped: what happened `x` ago still happened `x` ago."""
        for part in (self.ledger, self._glances, self.coverage, self.silence, self.unseen):
            part.shift(by_s)

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "ledger": self.ledger.state(),
            "glances": self._glances.state(),
            "coverage": self.coverage.state(),
            "silence": self.silence.state(),
            "unseen": self.unseen.state(),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what `state()` said; sensors that are gone are forgotten."""
        self.ledger.restore(state["ledger"])
        self._glances.restore(state["glances"])
        self.coverage.restore(state["coverage"])
        self.silence.restore(state["silence"])
        self.unseen.restore(state["unseen"], self._sensors)
