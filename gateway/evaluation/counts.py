"""What the rivals see: how often each sensor went off, by hour and by day. Nothing that Wren has learnt is in it."""

from collections import Counter
from collections.abc import Hashable
from itertools import pairwise
from typing import Final, NamedTuple

from gateway.evaluation.life import Life, between, is_sign
from models.localtime import DAY_S, HOUR_S
from models.vocabulary import Reading

DAY_BEGINS_H: Final = 7
PARTS_H: Final = (7, 12, 18, 23)
MOST_BLIND: Final = 0.2


class Counts(NamedTuple):
    """One hour or one day: until when (UTC s), which slot of the clock, and each sensor's count."""

    end_s: int
    slot: int
    features: dict[Hashable, float]


def hours(life: Life, readings: list[Reading], from_s: int, until_s: int) -> list[Counts]:
    """Each full hour from `from_s` on that ends by `until_s`; hours in which the gateway was down are left out."""
    found = []
    start_s = -(-from_s // HOUR_S) * HOUR_S
    for begin_s, end_s in pairwise(range(start_s, until_s + 1, HOUR_S)):
        if life.recorded.blind_s(begin_s, end_s) <= MOST_BLIND * HOUR_S:
            slot = life.local.second_of_day(begin_s) // HOUR_S
            found.append(Counts(end_s, slot, {**_zeros(life, ""), **_count(life, readings, begin_s, end_s, "")}))
    return found


def days(life: Life, readings: list[Reading], from_s: int, until_s: int) -> list[Counts]:
    """Each day from 07:00 to 07:00, in four parts, that begins from `from_s` on and ends by `until_s`."""
    found = []
    begin_s = life.local.next_clock_s(from_s - 1, DAY_BEGINS_H * HOUR_S)
    while (end_s := life.local.next_clock_s(begin_s, DAY_BEGINS_H * HOUR_S)) <= until_s:
        if life.recorded.blind_s(begin_s, end_s) <= MOST_BLIND * DAY_S:
            day = (begin_s + life.local.offset_s(begin_s)) // DAY_S
            edges = [life.local.at_clock_s(day, hour * HOUR_S) for hour in PARTS_H] + [end_s]
            features: dict[Hashable, float] = {}
            for hour, (part_s, part_end_s) in zip(PARTS_H, pairwise(edges), strict=True):
                features |= _zeros(life, f"@{hour}") | _count(life, readings, part_s, part_end_s, f"@{hour}")
            found.append(Counts(end_s, 0, features))
        begin_s = end_s
    return found


def _zeros(life: Life, suffix: str) -> dict[Hashable, float]:
    return {f"{name}{suffix}": 0.0 for name in sorted(life.sensors)}


def _count(life: Life, readings: list[Reading], start_s: int, end_s: int, suffix: str) -> dict[Hashable, float]:
    counts: Counter[str] = Counter()
    for row in between(readings, start_s * 1000, end_s * 1000):
        sensor = life.sensors.get(row.sensor)
        if sensor is not None and row.value > 0 and is_sign(sensor, row):
            counts[f"{row.sensor}{suffix}"] += 1
    return {name: float(number) for name, number in counts.items()}
