"""The changes that are put into recordings, and which kinds of alert count as noticing each.

Kinds are named as in the closed list of docs/messages.md; one that this version cannot raise yet is said to be
missing, and counts as soon as it exists.
"""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Final

from gateway.evaluation import changes_gradual as gradual
from gateway.evaluation import changes_slow as slow
from gateway.evaluation import changes_sudden as sudden
from gateway.evaluation.editing import Injected
from gateway.evaluation.life import Life
from models.kinds import AlertKind
from models.localtime import DAY_S, MINUTE_S


@dataclass(frozen=True, slots=True)
class Change:
    """One sort of change.

    Attributes:
        name: as in the tables.
        moments: at which UTC seconds of a life it may begin.
        inject: makes the changed copy.
        hits: kinds of alert that count as noticing it.
        sudden: matters within hours; the rivals then judge hours, and days otherwise.
        soon: what "soon" means for it, in words, and `soon_s` the same in seconds after it began.
    """

    name: str
    moments: Callable[[Life], list[int]]
    inject: Callable[[Life, int, Random], Injected | None]
    hits: frozenset[str]
    sudden: bool
    soon: str = ""
    soon_s: Callable[[Life, int], int] | None = None

    @property
    def missing(self) -> tuple[str, ...]:
        """The kinds among `hits` that this version cannot raise."""
        return tuple(sorted(self.hits - {str(kind) for kind in AlertKind}))


def _bathroom_soon_s(life: Life, at_s: int) -> int:
    return sudden.own_longest_visit_s(life, at_s) + 30 * MINUTE_S


CHANGES: Final = (
    Change("collapse", sudden.collapse_moments, sudden.collapse, frozenset({"inactivity", "long_stay"}), sudden=True),
    Change(
        "out at night, not back",
        sudden.night_exit_moments,
        sudden.night_exit,
        frozenset({"night_exit"}),
        sudden=True,
        soon="10 min",
        soon_s=lambda life, at_s: 10 * MINUTE_S,  # noqa: ARG005 - the signature
    ),
    Change(
        "2 h in the bathroom, still",
        sudden.bathroom_moments,
        sudden.bathroom_still,
        frozenset({"long_stay", "inactivity"}),
        sudden=True,
        soon="own longest + 30 min",
        soon_s=_bathroom_soon_s,
    ),
    Change(
        "2 h in the bathroom, moving",
        sudden.bathroom_moments,
        sudden.bathroom_moving,
        frozenset({"long_stay", "inactivity"}),
        sudden=True,
        soon="own longest + 30 min",
        soon_s=_bathroom_soon_s,
    ),
    Change("6 h on a seat", sudden.seat_moments, sudden.seat_stay, frozenset({"long_stay", "inactivity"}), sudden=True),
    Change(
        "up 3 h late", sudden.late_moments, sudden.late_morning, frozenset({"late_start", "inactivity"}), sudden=True
    ),
    Change(
        "up 3 h late, regular people",
        sudden.late_moments_regular,
        sudden.late_morning,
        frozenset({"late_start", "inactivity"}),
        sudden=True,
    ),
    Change(
        "night bathroom x2, 3 nights",
        slow.night_moments,
        slow.night_bathroom,
        frozenset({"more_bathroom", "several_changes"}),
        sudden=False,
    ),
    Change(
        "kitchen tap x0.5, 3 days",
        slow.tap_moments,
        slow.kitchen_tap,
        frozenset({"less_tap_use", "several_changes"}),
        sudden=False,
    ),
    Change(
        "bed exits +3, 3 nights",
        slow.bed_moments,
        slow.bed_exits,
        frozenset({"restless_night", "several_changes", "out_of_bed"}),
        sudden=False,
    ),
    Change(
        "less active by 1/3, 14 days",
        slow.less_active_moments,
        slow.less_active,
        frozenset({"less_active", "gradual_change", "several_changes"}),
        sudden=False,
        soon="10 days",
        soon_s=lambda life, at_s: 10 * DAY_S,  # noqa: ARG005
    ),
    Change(
        "slower to the bathroom x3, 7 days",
        gradual.slower_to_bathroom_moments,
        gradual.slower_to_bathroom,
        frozenset({"slow_transit"}),
        sudden=False,
    ),
    Change(
        "slower from a room x2, 7 days",
        gradual.slower_moments,
        gradual.slower_from_room,
        frozenset({"slow_transit"}),
        sudden=False,
    ),
    Change(
        "ever slower, to x2 in 40 days",
        gradual.gradual_moments,
        gradual.ever_slower,
        frozenset({"gradual_change", "slow_transit"}),
        sudden=False,
    ),
    Change(
        "ever less active, 40 days",
        gradual.gradual_moments,
        gradual.ever_less_active,
        frozenset({"gradual_change", "less_active", "several_changes"}),
        sudden=False,
    ),
    Change(
        "ever less in a room, 40 days",
        gradual.gradual_moments,
        gradual.ever_less_in_room,
        frozenset({"gradual_change"}),
        sudden=False,
    ),
)
