"""People whose silences are known: what the tests of the silence learner stand on."""

from random import Random

from hypothesis import strategies as st

from models.learners.population import CONTEXTS
from models.learners.silence import Gap, Silence
from models.localtime import DAY_S, HOUR_S, LocalTime

LONDON = LocalTime("Europe/London")
MONDAY_S = LONDON.at_clock_s(18_000, 4 * HOUR_S)
STARTS = st.integers(MONDAY_S + 20 * DAY_S, MONDAY_S + 400 * DAY_S)
PLACES = st.sampled_from(CONTEXTS)


def life(days: int, *, seed: int = 1, budget: float = 0.05, until_s: int | None = None) -> Silence:
    """A person who is up from 7 to 22, seen every 25 min or so, and once or twice a night."""
    silence = Silence("Europe/London", budget)
    random = Random(seed)
    at_s, end_s = MONDAY_S, until_s or MONDAY_S + days * DAY_S
    while True:
        hour = LONDON.second_of_day(at_s) / HOUR_S
        awake = 7 <= hour < 22
        next_s = at_s + 60 + int(random.expovariate(1 / (1500 if awake else 3 * HOUR_S)))
        if next_s >= end_s:
            return silence
        silence.learn_one(Gap(at_s, next_s, random.choice(("kitchen", "lounge")) if awake else "bedroom"))
        at_s = next_s


KNOWN = life(20)


def noon_s(day: int) -> int:
    return MONDAY_S + day * DAY_S + 8 * HOUR_S


def hours_to_notice(silence: Silence, start_s: int, context: str = "lounge") -> float:
    deadline_s = silence.deadline_s(start_s, context)
    assert deadline_s is not None
    return (deadline_s - start_s) / HOUR_S


def follow(silence: Silence, at_s: int, gaps: list[tuple[int, str]]) -> int:
    for length_s, context in gaps:
        silence.learn_one(Gap(at_s, at_s + length_s, context))
        at_s += length_s
    return at_s
