"""Which faults are put together with which courses: every sort of fault with every sort of course, drawn by seed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Final, NamedTuple

from gateway.evaluation.matrix.breaking import EMPTY_S, Break, How
from gateway.evaluation.matrix.house import DEVICES, DOOR_BATTERY, SEES, Reach, reached_by
from gateway.evaluation.matrix.living import COLLAPSES, Course
from gateway.sources.simulator import act
from models.localtime import DAY_S, HOUR_S, MINUTE_S

JUDGED_S: Final = 2 * DAY_S
WEEK_S: Final = 7 * DAY_S
_FOR_EVER_S: Final = 30 * DAY_S

BATHROOM: Final = (act.BATHROOM_MOTION, act.TOILET)
DOOR: Final = (act.FRONT_DOOR, DOOR_BATTERY)
STRAP: Final = (act.PULSE, act.STRAP_BATTERY)
_ROOMS: Final = (
    BATHROOM, (act.CHAIR, act.LOUNGE_MOTION, act.HELP_BUTTON), (act.KITCHEN_TAP, act.KITCHEN_MOTION), (act.BED,),
)  # fmt: skip
_RADIO: Final = reached_by(Reach.RADIO)
_WIRES: Final = reached_by(Reach.WIRE)
_BY_AIR: Final = (*_RADIO, *STRAP)

Parts = tuple[tuple[How, tuple[str, ...], int], ...]
"""What fails together: how, which, and for how long (s)."""


class Sort(NamedTuple):
    """A sort of fault: which sensors, how, and what is drawn of it."""

    which: str
    how: str
    draw: Callable[[Random], Parts]

    @property
    def name(self) -> str:
        """As the table has it."""
        return f"{self.which}: {self.how}"


def _fixed(which: str, how: How, sensors: tuple[str, ...], for_s: int = _FOR_EVER_S) -> Sort:
    return Sort(which, how, lambda _: ((how, sensors, for_s),))


def _one(how: How, among: tuple[str, ...], which: str) -> Sort:
    return Sort(which, how, lambda rng: ((how, (rng.choice(among),), _FOR_EVER_S),))


def dead(sensors: tuple[str, ...], for_s: int = _FOR_EVER_S) -> Parts:
    """No power: what is on a wire says nothing more, what is on the radio is missing."""
    wired = tuple(name for name in sensors if DEVICES[name].reach is Reach.WIRE)
    other = tuple(name for name in sensors if DEVICES[name].reach is not Reach.WIRE)
    return tuple((how, some, for_s) for how, some in ((How.CUT, wired), (How.LINK, other)) if some)


def _down(name: str, least_s: int, most_s: int) -> Sort:
    return Sort("gateway", name, lambda rng: ((How.GATEWAY, (), rng.randint(least_s, most_s)),))


def _seeing(sensors: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in sensors if name in SEES)


_SEEN_WIRES: Final = _seeing(_WIRES)
_SEEN_RADIO: Final = _seeing(_RADIO)
_SEEN: Final = (*_SEEN_WIRES, *_SEEN_RADIO)

SINGLE: Final = (
    *(_one(how, _SEEN_WIRES, "one on a wire") for how in (How.CUT, How.LINK, How.STUCK_ON, How.STUCK_OFF)),
    *(_one(how, _SEEN_RADIO, "one on the radio") for how in (How.LINK, How.CUT, How.STUCK_ON)),
    *(_one(how, _SEEN, "any one") for how in (How.CHATTER, How.CLOCKWORK, How.IMPLAUSIBLE)),
    Sort("a room", "no power", lambda rng: dead(rng.choice(_ROOMS))),
    Sort("a room", How.STUCK_ON, lambda rng: ((How.STUCK_ON, _seeing(rng.choice(_ROOMS)), _FOR_EVER_S),)),
    Sort("all radio", "no power", lambda _: dead(_RADIO)),
    Sort("all radio", How.RADIO, lambda _: ((How.RADIO, _BY_AIR, _FOR_EVER_S),)),
    Sort("all radio", "radio down for hours", lambda rng: ((How.RADIO, _BY_AIR, rng.randint(1, 9) * HOUR_S),)),
    _fixed("all radio", How.RESTART, _BY_AIR, 20),
    _fixed("all wires", How.CUT, _WIRES),
    _fixed("all wires", How.LINK, _WIRES),
    Sort("everything", "no power", lambda _: dead(tuple(DEVICES))),
    _fixed("everything", How.LINK, tuple(DEVICES)),
    *(_fixed("bathroom", how, BATHROOM) for how in (How.CUT, How.LINK)),
    _fixed("bathroom", How.STUCK_ON, (act.BATHROOM_MOTION,)),
    _fixed("bathroom", How.CHATTER, (act.BATHROOM_MOTION,)),
    _fixed("bathroom", How.CLOCKWORK, (act.BATHROOM_MOTION,)),
    *(_fixed("outside door", how, DOOR) for how in (How.LINK, How.BATTERY)),
    *(_fixed("outside door", how, (act.FRONT_DOOR,)) for how in (How.STUCK_ON, How.CHATTER, How.CLOCKWORK)),
    *(_fixed("wearable", how, STRAP) for how in (How.LINK, How.BATTERY, How.IMPLAUSIBLE)),
    _fixed("button", How.LINK, (act.HELP_BUTTON,)),
    _down("down for minutes", 2 * MINUTE_S, 25 * MINUTE_S),
    _down("down for hours", HOUR_S, 8 * HOUR_S),
    _down("down for a day", DAY_S, 30 * HOUR_S),
)  # fmt: skip
"""One thing fails. The button's own edges are pressings, so it is not made to chatter: each is a call for help."""

_PAIRED: Final = tuple(one for one in SINGLE if one.which not in ("everything", "gateway"))


def _two(rng: Random) -> Parts:
    first, second = rng.sample(_PAIRED, 2)
    drawn = first.draw(rng)
    taken = {name for _, some, _ in drawn for name in some}
    rest = [(how, tuple(name for name in some if name not in taken), for_s) for how, some, for_s in second.draw(rng)]
    return (*drawn, *(one for one in rest if one[1]))  # a sensor fails in one way


SORTS: Final = (*SINGLE, Sort("two at once", "any", _two), Sort("two at once", "again, any", _two))


class Place(NamedTuple):
    """A line of the plan: the course, when the fault is beside it, and for how long the gateway is down meanwhile."""

    course: Course
    offset_h: tuple[float, float]
    down_min: tuple[int, int] | None = None
    judged_s: int = JUDGED_S


ROUNDS: Final = (
    Place(Course.ACTIVE, (0, 0)),
    Place(Course.BATHROOM, (-6, -0.5)),
    Place(Course.OUT, (-3, 1)),
    Place(Course.LOUNGE, (0.2, 5)),
    Place(Course.BED, (-8, -0.5), (5, 40)),
    Place(Course.ACTIVE, (0, 0), (5, 300)),
    Place(Course.LOUNGE, (0, 0)),
    Place(Course.ACTIVE, (0, 0), judged_s=WEEK_S),
)
"""What each sort of fault is put together with. `offset_h`: hours from the course's moment to the fault, so that a
negative one is a fault that came first."""


@dataclass(frozen=True)
class Scenario:
    """One line of the matrix. Times are UTC seconds.

    Attributes:
        number: its place, which with the seed says all of it.
        sort: the name of the fault.
        at_s: when the course begins (a collapse, a door that closes); for an active person when the fault does.
        breaks: what fails; the gateway, if it is down, comes last.
        until_s: how far it is judged.
    """

    number: int
    person: int
    sort: Sort
    course: Course
    at_s: int
    until_s: int
    breaks: tuple[Break, ...]
    down: tuple[tuple[int, int], ...] = field(default=())

    @property
    def start_s(self) -> int:
        """When the first thing fails."""
        return min(one.start_s for one in self.breaks)

    @property
    def collapses(self) -> bool:
        """Whether she sets nothing off any more from `at_s` on."""
        return self.course in COLLAPSES


def scenarios(
    seed: int, persons: int, moments: Callable[[int, Course, int], list[int]], rounds: int = len(ROUNDS)
) -> Iterator[Scenario]:
    """Every sort of fault with each of the first `rounds` places of the plan.

    Args:
        seed: of every lot that is drawn.
        persons: how many lives there are to draw from.
        moments: of a person's life, the seconds at which a course can begin, judged for so long.
        rounds: how many of `ROUNDS`.
    """
    for number in range(len(SORTS) * rounds):
        sort, place = SORTS[number % len(SORTS)], ROUNDS[number // len(SORTS)]
        rng = Random(f"{seed}/{number}")  # noqa: S311 - a lot, not a secret
        person, possible = _somebody(rng, persons, lambda one: moments(one, place.course, place.judged_s))  # noqa: B023
        at_s = rng.choice(possible)
        start_s = at_s + round(rng.uniform(*place.offset_h) * HOUR_S)
        until_s = max(at_s, start_s) + place.judged_s
        breaks = [Break(how, some, start_s, start_s + for_s) for how, some, for_s in sort.draw(rng)]
        if place.down_min is not None and sort.which != "gateway":
            down_s = start_s + rng.randint(0, 10 * HOUR_S)
            breaks.append(Break(How.GATEWAY, (), down_s, down_s + rng.randint(*place.down_min) * MINUTE_S))
        breaks.sort(key=lambda one: one.how is How.GATEWAY)
        down = tuple((one.start_s, one.end_s) for one in breaks if one.how is How.GATEWAY)
        yield Scenario(number, person, sort, place.course, at_s, until_s, tuple(breaks), down)


def _somebody(rng: Random, persons: int, moments: Callable[[int], list[int]]) -> tuple[int, list[int]]:
    """A person drawn by lot among those in whose weeks there is such a moment, and their moments."""
    for person in rng.sample(range(persons), persons):
        if possible := moments(person):
            return person, possible
    raise ValueError("nobody in these lives does that")


def fails_s(one: Break) -> int:
    """When its sensors fail: a battery is empty long after it said that it was low."""
    return one.start_s + (EMPTY_S if one.how is How.BATTERY else 0)
