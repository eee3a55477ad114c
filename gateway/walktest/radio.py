"""How well a device comes in by radio: the median of its adverts, against what a receiver is sure to hear."""

from collections.abc import Mapping
from typing import Final

SENSITIVITY_DBM: Final = -90
"""The weakest that is counted on. The Bluetooth Core specification asks a receiver for -70 dBm (vol. 6, part A, 4.1);
chips hear LE 1M at -94 dBm on average by their data sheets. Taken are 4 dB less, for a board in a case beside its own
Wi-Fi."""

MARGIN_DB: Final = 10
"""A door that is shut, a person who stands in between or a battery at its end takes so much; then it is heard still."""

LEAST_DBM: Final = SENSITIVITY_DBM + MARGIN_DB
PACKETS: Final = 10
"""Adverts go out on three channels, which differ by several dB: the median of fewer says little."""

FALLEN_DB: Final = 10
"""More than the days of a device that stays in its place differ by."""


def median_of(counts: Mapping[int, int]) -> int | None:
    """The (lower) median of dBm values with how often each came; None of nothing.

    >>> median_of({-60: 2, -71: 3}), median_of({-60: 1, -71: 1}), median_of({})
    (-71, -71, None)
    """
    half, seen = (sum(counts.values()) + 1) // 2, 0
    for dbm in sorted(counts):
        seen += counts[dbm]
        if seen >= half > 0:
            return dbm
    return None
