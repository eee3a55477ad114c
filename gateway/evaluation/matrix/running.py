"""The fault matrix, run: each person's life once, then each scenario from the last night before it."""

import json
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from gateway.evaluation.matrix.breaking import broken
from gateway.evaluation.matrix.house import LOCAL, SPEC, truth
from gateway.evaluation.matrix.judging import Verdict, judge
from gateway.evaluation.matrix.living import Course, lived, moments
from gateway.evaluation.matrix.scenarios import ROUNDS, Scenario, scenarios
from gateway.evaluation.matrix.telling import Listening
from gateway.evaluation.scoring import beyond
from models.home import Home
from models.localtime import DAY_S, HOUR_S
from models.vocabulary import HomeSpec, Reading

PERSONS: Final = 8
LEARN_DAYS: Final = 22
DRAWN_DAYS: Final = 7
LIVED_DAYS: Final = LEARN_DAYS + DRAWN_DAYS + 9
"""Three weeks are learnt, faults fall into the week after, and the longest look at one takes a week."""

_EARLIEST_S: Final = 12 * HOUR_S
"""A fault comes up to eight hours before what she does."""

Restore = Callable[[HomeSpec, Mapping[str, Any]], Home]
"""How a home goes on from a state: `Home.restore`, or a doctored home's."""


@dataclass
class Known:
    """One person's life, lived through once in the sound home.

    Attributes:
        snapshots: (UTC ms, state as JSON) at the start of each day from the last that is learnt on.
    """

    rows: list[Reading]
    heard: Listening
    snapshots: list[tuple[int, str]]

    @classmethod
    def of(cls, seed: int, spec: HomeSpec = SPEC) -> "Known":
        """Live it."""
        rows = truth(seed, LIVED_DAYS)
        first = LOCAL.day(rows[0].at_ms // 1000)
        stops_ms = [LOCAL.day_start_s(first + day) * 1000 for day in range(LEARN_DAYS - 1, LEARN_DAYS + DRAWN_DAYS + 1)]
        home, heard, snapshots = Home(spec), Listening(), list[tuple[int, str]]()
        for row in rows:
            while len(snapshots) < len(stops_ms) and stops_ms[len(snapshots)] <= row.at_ms:
                heard.take(home.advance(stops_ms[len(snapshots)]))
                snapshots.append((stops_ms[len(snapshots)], json.dumps(home.state())))
            heard.take(home.step(row))
        return cls(rows, heard, snapshots)

    def moments(self, course: Course, judged_s: int) -> list[int]:
        """When `course` can begin, with `judged_s` of life left to look at."""
        first_s = self.snapshots[1][0] // 1000
        last_s = min(first_s + DRAWN_DAYS * DAY_S, self.rows[-1].at_ms // 1000 - judged_s - DAY_S // 2)
        return moments(self.rows, course, first_s + _EARLIEST_S, last_s)

    def goes_on(self, rows: list[Reading], from_s: int, until_s: int, restore: Restore, spec: HomeSpec) -> Listening:
        """What a home says that is given `rows` from the last snapshot before `from_s` on."""
        at_ms, text = max(one for one in self.snapshots if one[0] <= from_s * 1000)
        home, heard = restore(spec, json.loads(text)), self.heard.goes_on(at_ms)
        for row in rows[bisect_left(rows, at_ms, key=_at_ms) :]:
            if row.at_ms > until_s * 1000:
                break
            heard.take(home.step(row))
        heard.take(home.advance(until_s * 1000))
        return heard


class Matrix:
    """The whole of it.

    Args:
        seed: of the persons and of every lot.
        persons: how many lives.
        restore: the home that is put to the test.
        spec: as it is configured.

    Attributes:
        lives: those that were lived through already, by person.
    """

    def __init__(
        self, seed: int = 1, *, persons: int = PERSONS, restore: Restore = Home.restore, spec: HomeSpec = SPEC
    ) -> None:
        self._seed = seed
        self._restore = restore
        self._spec = spec
        self._persons = persons
        self.lives: dict[int, Known] = {}

    def known(self, person: int) -> Known:
        """A person's life; it takes a few seconds when it is first asked for."""
        if person not in self.lives:
            self.lives[person] = Known.of(100 * self._seed + person, self._spec)
        return self.lives[person]

    def scenarios(self, rounds: int = len(ROUNDS)) -> Iterator[Scenario]:
        """What will be judged."""
        return scenarios(
            self._seed, self._persons, lambda person, course, for_s: self.known(person).moments(course, for_s), rounds
        )

    def verdict(self, scenario: Scenario) -> Verdict:
        """Live through one scenario, and judge what was told."""
        known = self.known(scenario.person)
        rng = Random(f"{self._seed}/{scenario.number}/life")  # noqa: S311 - a lot, not a secret
        from_s = min(scenario.start_s, scenario.at_s)
        rows = lived(known.rows, scenario.course, scenario.at_s, scenario.until_s, rng)
        sound = known.heard
        if scenario.collapses:
            sound = known.goes_on(rows, from_s, scenario.until_s, self._restore, self._spec)
        for one in scenario.breaks:
            rows = broken(rows, one, rng)
        heard = known.goes_on(rows, from_s, scenario.until_s, self._restore, self._spec)
        well_until_s = scenario.at_s if scenario.collapses else scenario.until_s
        extra = beyond(heard.openings, sound.openings, scenario.start_s, well_until_s)
        since = rows[bisect_left(rows, (from_s - DAY_S) * 1000, key=_at_ms) :]
        return judge(scenario, heard, since, extra, sound.told)


def _at_ms(row: Reading) -> int:
    return row.at_ms
