"""Whether the people of one stream are at home, and whether a sign of life may be somebody else's.

What others tell of this (away, in hospital, alone), what is planned (visits) and what is seen (two places at once)
come together here, so that a stream has one question to ask of each event.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

from models import wording_absence as wording
from models.absence import LONGEST_S, Absence
from models.alone import Alone
from models.badges import Badges
from models.claims import Claim
from models.company import Company
from models.coverage import FORGIVEN_S, Coverage, OwnCoverage
from models.kinds import AlertKind, SensorKind
from models.localtime import DAY_S, LocalTime
from models.pause import Pause
from models.signals import Event, Line
from models.stays import NOWHERE
from models.told import Telling, Told
from models.visits import Visits
from models.vocabulary import HOUSEHOLD, HomeSpec, Period, Summary
from models.vouching import Vouching
from models.whose import SIGNS_OF_LIFE, concerns, is_shared, is_sign


class Whereabouts:
    """Who of one stream is there.

    Args:
        resident: whose stream it is.
        lines: its sensors.
        home: what the gateway could see.
        ceiling_s: the UTC second at which so many waking hours have passed since a UTC second.

    Attributes:
        absence: who is gone. It waits for its time, and so does `pause`: who does not want to be learnt from.
        alone: who is alone in a shared home.
        coverage: what could be seen of this stream's life.
    """

    __slots__ = (
        "_badges", "_company", "_has_badges", "_housemates", "_lines", "_visits", "_vouching", "absence", "alone",
        "coverage", "pause",
    )  # fmt: skip

    def __init__(
        self, resident: str, spec: HomeSpec, local: LocalTime, home: Coverage, lines: list[Line],
        ceiling_s: Callable[[int, int], int],
    ) -> None:  # fmt: skip
        places = {line.sensor.place for line in lines if line.sensor.kind not in NOWHERE}
        is_household = resident == HOUSEHOLD
        watches = is_household or not is_shared(spec)
        self._lines = lines
        self._housemates = spec.residents if is_household and len(spec.residents) > 1 else ()
        self.absence = Absence(
            resident, spec.residents if is_household else (resident,), len(places), local, ceiling_s,
            tells=watches and AlertKind.NOT_HOME in spec.alerts,
        )  # fmt: skip
        self.alone = Alone(local, ceiling_s)
        self.coverage = OwnCoverage(local, home, self._notes)
        everything = frozenset(who for who, panel in spec.panels.items() if panel.pauses_all)
        people = spec.residents if is_household else (resident,)
        self.pause = Pause(resident, people, everything, local, self.coverage)
        self._visits = Visits(resident, local, spec.visits)
        self._badges, self._vouching = Badges(), Vouching()
        self._has_badges = any(one.kind is SensorKind.BADGE and concerns(one, resident, ()) for one in spec.sensors)
        self._company = Company(alone=len(spec.residents) == 1)

    @property
    def is_empty(self) -> bool:
        """Whether all of them are gone: then nothing is judged and nothing learnt."""
        return self.absence.is_empty

    def told(self, told: Told, at_s: int, value: float) -> list[Claim]:
        """A person told something about whose life this is."""
        if told.what is Telling.ALONE and told.resident in self._housemates and math.isfinite(value):
            self.alone.told(told.resident, at_s, min(int(value), at_s + LONGEST_S))
        if told.what is Telling.PAUSE:
            return self.pause.told(told.resident, at_s, value)
        return self.absence.told(told, at_s, value) if told.what in (Telling.AWAY, Telling.HOSPITAL) else []

    def takes(self, event: Event) -> bool:
        """Whether `event` is to be looked at at all: not who wears a badge, nor what anybody may have made up."""
        if event.sensor.kind is SensorKind.BADGE:
            self._badges.see(event)
            return False
        return self._vouching.believes(event)

    def is_back(self, event: Event) -> bool:
        """An event while the stream is empty: whether somebody is taken to be back with it."""
        if event.sensor.kind not in SIGNS_OF_LIFE or not is_sign(event):
            return False
        return self.absence.see(event, visit=self.is_visit(event.at_ms // 1000))

    def is_others(self, event: Event) -> bool:
        """Whether this sign of life may be, or must be, somebody else's."""
        at_s = event.at_ms // 1000
        self.absence.homecoming.met(at_s)
        company = self._company.see(event)
        return company or self.is_visit(at_s)

    def is_visit(self, at_s: int) -> bool:
        """Whether a visit is planned at `at_s`, or somebody with a badge is there."""
        return self._visits.hold(at_s) or self._badges.hold(at_s)

    def teaches(self, at_s: int) -> bool:
        """Whether what is seen at `at_s` of these people may become what is usual."""
        return self.absence.teaches(at_s) and not self.pause.is_on

    def judges_days(self, at_s: int) -> bool:
        """Whether changes over days mean anything at `at_s`."""
        whole = not self.absence.is_partly and not self.absence.homecoming.is_gentle(at_s)
        return whole and not self.pause.is_on

    def left(self, at_s: int) -> list[Claim]:
        """All of them are gone from `at_s` on."""
        self.coverage.lost(at_s)
        ended = map(self.alone.naming, self.absence.left(at_s))  # in the name in which it was opened
        return [claim for claim in ended if claim is not None]

    def returned(self, at_s: int) -> list[Claim]:
        """Not all of them are gone any more."""
        self.coverage.found(at_s)
        self._company.forget()
        return self.absence.returned(at_s)

    def pass_time(self, now_s: int) -> list[Claim]:
        """`absence` is due."""
        return self.absence.pass_time(now_s, lambda at_s: self.coverage.sentence(self._lines, at_s))

    def blind(self) -> None:
        """The gateway cannot see any more."""
        self._company.forget()

    def headline(self, at_s: int) -> str | None:
        """What the summary of the day before `at_s` is about, if some of it was spent elsewhere."""
        from_s = at_s - DAY_S
        if self.coverage.elsewhere_s(from_s, at_s) < FORGIVEN_S:
            return None
        said = self.absence.lines(from_s, at_s)
        return said[-1 if self.is_empty else 0] if said else None

    def lines(self, summary: Summary) -> tuple[str, ...]:
        """What `summary` says of who was there."""
        days = 1 if summary.period is Period.DAY else 7
        from_s = summary.raised_s - days * DAY_S
        said = [line for line in self.absence.lines(from_s, summary.raised_s) if line != summary.headline]
        if self._company.seen_s is not None and self._company.seen_s >= from_s:
            said.append(wording.SOMEBODY_ELSE)
        return (*self.pause.lines(summary), *said)

    def _notes(self, at_s: int) -> list[str]:
        alone = self.alone.note(at_s)
        said = [wording.NOT_COUNTED] if self._visits else []
        said += [wording.BADGES_NOT_COUNTED] if self._has_badges else []
        said += [*self.absence.homecoming.notes(at_s), *([] if alone is None else [alone])]
        return [*said, *self.pause.notes(at_s)]

    def shift(self, at_s: int, by_ms: int) -> None:
        """The clock was stepped by `by_ms` and now says `at_s`."""
        by_s = round(by_ms / 1000)
        self.absence.shift(at_s, by_s)
        self.alone.shift(by_s)
        self.pause.shift(by_s)
        self.coverage.shift(by_s)
        self._company.shift(by_ms)
        self._badges.shift(by_s)
        self._vouching.shift(by_ms)

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "absence": self.absence.state(),
            "alone": self.alone.state(),
            "pause": self.pause.state(),
            "coverage": self.coverage.state(),
            "company": self._company.state(),
            "badges": self._badges.state(),
            "vouching": self._vouching.state(),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what `state()` said."""
        self.absence.restore(state["absence"])
        self.alone.restore(state["alone"], self._housemates)
        self.pause.restore(state["pause"])
        self.coverage.restore(state["coverage"])
        self._company.restore(state["company"])
        self._badges.restore(state["badges"])
        self._vouching.restore(state["vouching"])
        if self.coverage.is_elsewhere != self.is_empty:
            self.absence.due_ms = 0  # who lives here has changed: asked at once whether anybody is at home
