"""What the heart-rate strap says meanwhile: once a minute, and the level of its battery now and then."""

from bisect import bisect_right
from collections.abc import Iterator
from random import Random
from typing import Final

from gateway.sources.simulator.act import NO_CONTACT, PULSE, STRAP_BATTERY, Act, Posture
from models.localtime import DAY_S, MINUTE_S

EVERY_S: Final = MINUTE_S
"""A real strap notifies once a second; the simulated one once a minute, so that a month passes in seconds."""

_BATTERY_EVERY: Final = 180
_BATTERY_NEW: Final = 97.0
_BATTERY_CHANGED_AT: Final = 15.0

_EXERTION_BPM: Final = {
    Posture.ASLEEP: -5.0,
    Posture.SEATED: 3.0,
    Posture.ACTIVE: 17.0,
    Posture.DOWN: 8.0,
}
"""Beside the resting pulse. In five of six recorded bands all minutes' median is 4 to 14 bpm above the nights'."""

_FOLLOWS: Final = 0.45
"""Share of the way to a new level that a pulse goes within a minute."""
_NOISE_BPM: Final = 3.2
_MEMORY: Final = 0.55
_LIMITS_BPM: Final = (38.0, 165.0)
_LOOSE_CHANCE: Final = 0.002
"""A worn strap loses contact for a minute about three times a day."""
_LOOSE_AFTER_FALL: Final = 10
"""Minutes for which a strap that came off goes on notifying, without contact, before it sleeps."""


def strap_acts(
    rng: Random,
    postures: list[tuple[float, Posture]],
    end_s: float,
    *,
    resting_bpm: float,
    battery_per_day: float,
    worn_since_s: float,
    off_s: float | None = None,
) -> Iterator[Act]:
    """Acts of the strap from the first posture until `end_s`.

    Args:
        rng: where every chance comes from.
        postures: (since when, what), in order.
        end_s: UTC seconds, exclusive.
        resting_bpm: pulse when seated at rest, on this day.
        battery_per_day: percent that the battery loses in a day.
        worn_since_s: when the battery was new.
        off_s: when the strap came off for good, or None.
    """
    since = [at_s for at_s, _ in postures]
    level = resting_bpm + _EXERTION_BPM.get(postures[0][1], 0.0)
    noise = 0.0
    for minute in range(int(-(-since[0] // EVERY_S)), int(-(-end_s // EVERY_S))):
        at_s = float(minute * EVERY_S)
        posture = postures[bisect_right(since, at_s) - 1][1]
        if posture is Posture.OUT or _asleep_off(at_s, off_s):
            continue
        level += _FOLLOWS * (resting_bpm + _EXERTION_BPM.get(posture, 0.0) - level)
        noise = _MEMORY * noise + rng.gauss(0.0, _NOISE_BPM)
        loose = posture is Posture.WASHING or rng.random() < _LOOSE_CHANCE or (off_s is not None and at_s >= off_s)
        bpm = float(round(min(max(level + noise, _LIMITS_BPM[0]), _LIMITS_BPM[1])))
        yield Act(at_s, PULSE, NO_CONTACT if loose else bpm)
        if minute % _BATTERY_EVERY == 0:
            yield Act(at_s, STRAP_BATTERY, _battery(at_s - worn_since_s, battery_per_day))


def _asleep_off(at_s: float, off_s: float | None) -> bool:
    return off_s is not None and at_s >= off_s + _LOOSE_AFTER_FALL * MINUTE_S


def _battery(age_s: float, per_day: float) -> float:
    lost = per_day * age_s / DAY_S
    return float(int(_BATTERY_NEW - lost % (_BATTERY_NEW - _BATTERY_CHANGED_AT)))
