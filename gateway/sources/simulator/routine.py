"""One person's habits: what stays the same from day to day, drawn once from the seed."""

from dataclasses import dataclass
from typing import Self

from gateway.sources.simulator.chance import around, stream
from models.localtime import HOUR_S, MINUTE_S


@dataclass(frozen=True, slots=True)
class Routine:
    """The habits of somebody of 70 or more who lives alone. Times are seconds of the local day.

    Attributes:
        rise_s, bed_s: usual time of getting up and of going to bed.
        regularity_s: standard deviation of both.
        weekend_lie_in_s: how much later Saturdays and Sundays begin.
        lunch_s, supper_s, television_s: usual times.
        drinks_per_day: times at the kettle or for a glass of water, meals apart.
        bathroom_gap_s: usual time between visits by day.
        night_visits: bathroom visits in eight hours of sleep.
        nap_chance: probability of a nap after lunch.
        outings: weekdays (0 = Monday) on which this person usually goes out, and at what second of the day.
        shower_days: weekdays of the shower.
        sit_s: median length of a sitting.
        stillness: factor for the time between movements in the chair.
        resting_bpm: pulse when seated at rest.
        battery_per_day: percent that the strap's battery loses.
    """

    rise_s: float
    bed_s: float
    regularity_s: float
    weekend_lie_in_s: float
    lunch_s: float
    supper_s: float
    television_s: float
    drinks_per_day: float
    bathroom_gap_s: float
    night_visits: float
    nap_chance: float
    outings: dict[int, float]
    shower_days: frozenset[int]
    sit_s: float
    stillness: float
    resting_bpm: float
    battery_per_day: float

    @classmethod
    def of(cls, seed: int) -> Self:
        """The person of this seed.

        >>> Routine.of(7) == Routine.of(7), Routine.of(7) == Routine.of(8)
        (True, False)
        """
        rng = stream(seed, "routine")
        outing_days = rng.sample(range(7), rng.randint(3, 5))
        return cls(
            rise_s=around(rng, 7.25 * HOUR_S, 30 * MINUTE_S),
            bed_s=around(rng, 22.5 * HOUR_S, 25 * MINUTE_S),
            regularity_s=rng.uniform(10, 28) * MINUTE_S,
            weekend_lie_in_s=rng.uniform(0, 50) * MINUTE_S,
            lunch_s=around(rng, 12.6 * HOUR_S, 15 * MINUTE_S),
            supper_s=around(rng, 17.6 * HOUR_S, 20 * MINUTE_S),
            television_s=around(rng, 18.8 * HOUR_S, 20 * MINUTE_S),
            drinks_per_day=rng.uniform(5.0, 8.0),
            bathroom_gap_s=rng.uniform(2.0, 3.2) * HOUR_S,
            night_visits=rng.uniform(1.2, 3.0),
            nap_chance=rng.uniform(0.4, 0.9),
            outings={day: rng.choice((10.2, 10.8, 14.2, 14.6)) * HOUR_S for day in sorted(outing_days)},
            shower_days=frozenset(rng.sample(range(7), rng.randint(2, 4))),
            sit_s=rng.uniform(30, 55) * MINUTE_S,
            stillness=rng.uniform(0.8, 1.7),
            resting_bpm=rng.uniform(56.0, 74.0),
            battery_per_day=rng.uniform(0.9, 1.4),
        )
