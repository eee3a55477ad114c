"""How the budget of attention-level alerts is shared out among the kinds that solve for their part of it.

Each kind's threshold is set for its share a week. The shares are of what is asked of each threshold, which is not
what comes: signs over days come in runs, and a run is one alert, so they add up to more than one. They were set so
that all kinds together come near the budget on the ten recorded homes (docs/decisions/0017-budget.md). Gradual change
and slow transits ask for a few hundredths of their own.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from models.kinds import AlertKind

SHARES: Final[Mapping[AlertKind, float]] = MappingProxyType(
    {
        AlertKind.LATE_START: 0.28,
        AlertKind.MORE_BATHROOM: 0.7,
        AlertKind.LESS_TAP_USE: 0.15,
        AlertKind.LESS_ACTIVE: 0.17,
    }
)

FIXED_PER_WEEK: Final = 0.1
"""Not up by 11:30 is raised whatever is learnt; on the ten recorded homes it took so much of the same budget."""


def chance_a_day(kind: AlertKind, budget_per_week: float) -> float:
    """How many alerts of `kind` a day are asked for where `budget_per_week` are, over all kinds together.

    Of a budget that the fixed limits all but fill, half of what they take is left for what is learnt.

    >>> round(chance_a_day(AlertKind.LATE_START, 1.0), 4), round(chance_a_day(AlertKind.LATE_START, 0.05), 4)
    (0.036, 0.002)
    """
    return SHARES[kind] * max(budget_per_week - FIXED_PER_WEEK, FIXED_PER_WEEK / 2) / 7
