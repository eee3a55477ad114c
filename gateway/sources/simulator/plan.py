"""What one day will be like: the person's habits, bent by weekday, chance and condition."""

from dataclasses import dataclass
from random import Random
from typing import Final

from gateway.sources.simulator.chance import around, over_dispersed, spread
from gateway.sources.simulator.illness import Condition
from gateway.sources.simulator.routine import Routine
from models.localtime import HOUR_S, MINUTE_S, LocalTime

_SATURDAY: Final = 5
_USUAL_OUTING: Final = 0.8
"""Share of the usual outings that take place: weather, no wish."""
_EXTRA_OUTING: Final = 0.1
_OUTING_MIN_S: Final = 40 * MINUTE_S
_OUTING_MAX_S: Final = 150 * MINUTE_S


@dataclass(frozen=True, slots=True)
class Plan:
    """One day's shape. Moments are UTC seconds.

    Attributes:
        outing_s: when to leave, or None; `away_s` is for how long.
        nap_s: length of the nap after lunch, or 0.
        post_s: when the door is answered, in order.
        about, still: factors for the time spent on one's feet, and between movements in the chair, today.
        thirst, bladder: factors for the number of drinks and of bathroom visits today.
        long_stay_s: when a long bathroom stay begins, or None.
    """

    rise_s: float
    bed_s: float
    lunch_s: float
    supper_s: float
    television_s: float
    outing_s: float | None
    away_s: float
    nap_s: float
    post_s: tuple[float, ...]
    shower: bool
    about: float
    still: float
    thirst: float
    bladder: float
    long_stay_s: float | None


def plan_day(
    routine: Routine,
    local: LocalTime,
    day: int,
    rng: Random,
    *,
    condition: Condition,
    stays_in: bool = False,
    long_stay_s: int | None = None,
) -> Plan:
    """The plan of resident day `day`; `long_stay_s` is a second of the local day."""
    weekday = local.date(day).weekday()
    weekend = weekday >= _SATURDAY
    shift_s = around(rng, 0.0, routine.regularity_s) + condition.late_s

    def at(second_of_day: float) -> float:
        return local.at_clock_s(day, int(second_of_day)) + round(rng.random(), 3)

    outing_s = routine.outings.get(weekday)
    if rng.random() < (1.0 - _USUAL_OUTING if outing_s is not None else 1.0 - _EXTRA_OUTING):
        outing_s = None
    elif outing_s is None:
        outing_s = rng.uniform(10.0, 15.5) * HOUR_S
    away_s = min(max(spread(rng, 75 * MINUTE_S, 0.4), _OUTING_MIN_S), _OUTING_MAX_S)
    goes_out = outing_s is not None and not stays_in and not condition.severity
    return Plan(
        rise_s=at(routine.rise_s + shift_s + weekend * routine.weekend_lie_in_s),
        bed_s=at(around(rng, routine.bed_s, routine.regularity_s) + weekend * 10 * MINUTE_S),
        lunch_s=at(around(rng, routine.lunch_s, 15 * MINUTE_S) + weekend * 20 * MINUTE_S),
        supper_s=at(around(rng, routine.supper_s, 15 * MINUTE_S)),
        television_s=at(around(rng, routine.television_s, 15 * MINUTE_S)),
        outing_s=at(around(rng, outing_s, 15 * MINUTE_S)) if goes_out and outing_s is not None else None,
        away_s=away_s,
        nap_s=spread(rng, 50 * MINUTE_S, 0.4) if rng.random() < routine.nap_chance else 0.0,
        post_s=tuple(sorted(at(rng.uniform(9.0, 17.0) * HOUR_S) for _ in range(rng.choice((0, 1, 1, 2))))),
        shower=weekday in routine.shower_days and condition.severity < 1.0,
        about=over_dispersed(rng, 0.45) * condition.about,
        still=routine.stillness * spread(rng, 1.0, 0.3),
        thirst=over_dispersed(rng, 0.15) * condition.drinks,
        bladder=over_dispersed(rng, 0.15),
        long_stay_s=None if long_stay_s is None else at(long_stay_s),
    )
