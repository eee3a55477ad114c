"""What is otherwise than the certificate has it, by the counts of the last days. Pure: the same counts say the same.

What other messages say at once (a sensor that is silent or stuck, a low battery, no radio) is not looked for here: this
is for what changes slowly and would be found on the day on which it fails.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from gateway.walktest.counts import Counts, DayOf
from gateway.walktest.forms import Proof
from gateway.walktest.radio import FALLEN_DB, LEAST_DBM, median_of
from models.battery import LOW_PERCENT
from models.kinds import SensorKind
from models.localtime import DAY_S, utc_seconds

MONTH_DAYS: Final = 30
LATELY_DAYS: Final = 7
"""Radio and bounce are of the last week: what was so a month ago may have been mended since."""

LIVED_IN_DAYS: Final = 15
"""On fewer days of the month than this anything was seen: the home was empty, and no sensor is to blame."""

PRESS_DAYS: Final = 182
"""Half a year without a press: our own choice. A month would be a nuisance to answer, a year is long to trust it."""

ADVERTS: Final = 50
CHANGES: Final = 10
ONE_IN: Final = 10
"""Fewer adverts or changes in a week say too little; of ten changes one may bounce for longer than its debounce."""


def drifted(
    counts: Counts, proofs: Iterable[Proof], *, day: int, debounce_ms: Mapping[str, int], batteries: Mapping[str, float]
) -> dict[str, float]:
    """What has drifted at `day`, as `sign/sensor`, with what was measured (`models.walk_drift.SIGNS`).

    Args:
        counts: of the last month.
        proofs: what the certificate says.
        day: today, as `Counts` numbers them.
        debounce_ms: of the contacts, by sensor.
        batteries: the last level (per cent) of the battery of each sensor's device, where it is known.
    """
    found: dict[str, float] = {}
    for proof in proofs:
        if proof.outcome == "proven" and proof.panel is None:
            low = batteries.get(proof.name, 100.0) <= LOW_PERCENT  # the battery's own message says it
            found |= dict(_of_sensor(counts, proof, day, debounce_ms.get(proof.name), weak_is_told=low))
    return found


def _of_sensor(
    counts: Counts, proof: Proof, day: int, debounce_ms: int | None, *, weak_is_told: bool
) -> Iterator[tuple[str, float]]:
    name = proof.name
    if proof.kind == SensorKind.BUTTON:
        walked = utc_seconds(proof.at) // DAY_S  # it was pressed then, whatever an unset clock has noted since
        quiet = day - max(counts.pressed_day.get(name, walked), walked)
        if quiet >= PRESS_DAYS:
            yield f"press/{name}", float(quiet)
    elif _is_whole(counts, day) and not any(_is_heard(one) for one in counts.lately(name, day, MONTH_DAYS)):
        yield f"unseen/{name}", float(MONTH_DAYS)
    lately = counts.lately(name, day, LATELY_DAYS)
    dbm = _sum(one.dbm for one in lately)
    median = median_of(dbm)
    if proof.radio is not None and median is not None and sum(dbm.values()) >= ADVERTS and not weak_is_told:
        if median < LEAST_DBM:
            yield f"margin/{name}", float(median)
        elif proof.radio.median_dbm - median >= FALLEN_DB:
            yield f"weak/{name}", float(proof.radio.median_dbm - median)
    bounced_ms = _sum(one.bounced_ms for one in lately)
    if proof.wire is not None and debounce_ms and sum(bounced_ms.values()) >= CHANGES:
        slow_ms = _one_in_ten(bounced_ms)
        if slow_ms > max(debounce_ms, 1):
            yield f"bounce/{name}", float(slow_ms)


def _is_heard(one: DayOf) -> bool:
    return bool(one.values or one.dbm)


def _is_whole(counts: Counts, day: int) -> bool:
    """Whether a month has been seen since the walk-test, in a home that was lived in."""
    lived = sum(any(of.values for of in by.values()) for one, by in counts.days.items() if day - MONTH_DAYS <= one)
    return day - counts.since_day >= MONTH_DAYS and lived >= LIVED_IN_DAYS


def _sum(counted: Iterable[Mapping[str, int]]) -> dict[int, int]:
    found: dict[int, int] = {}
    for one in counted:
        for value, count in one.items():
            found[int(value)] = found.get(int(value), 0) + count
    return found


def _one_in_ten(counted: Mapping[int, int]) -> int:
    """The value that one in ten reaches."""
    beyond = sum(counted.values()) // ONE_IN
    for value in sorted(counted, reverse=True):
        beyond -= counted[value]
        if beyond < 0:
            return value
    return min(counted)
