"""From "how rare" to "worth telling": a threshold that solves for the rate of alerts that was asked for.

A probability from a fitted model is only as good as the model. So the level below which something is told is
itself learnt: each alert lowers it, each quiet day raises it a little, and in the long run alerts come as often
as was asked (adaptive conformal inference: Gibbs and Candès, "Adaptive Conformal Inference Under Distribution
Shift", NeurIPS 2021). It never rises to where an ordinary day would be told merely to fill the budget.
"""

import math
from collections.abc import Mapping
from typing import Any, Final, Self

STEP: Final = 0.6
"""How much one alert lowers the level (in logarithms): by almost half."""

HEAD_START: Final = 1.5
"""The level begins above the rate asked for, since probabilities of over-dispersed counts err on the large side."""

MOST: Final = 0.25
LEAST_SHARE: Final = 0.02
"""Nothing is told that happens on one day in four, whatever the budget; and nothing is silenced for good."""


class Threshold:
    """The level of one kind of alert, for one person.

    Args:
        chance_a_day: how many alerts a day are asked for.

    Attributes:
        weight: the share of them that this person's helpers still ask for (see `models.usefulness`).

    >>> threshold = Threshold(chance_a_day=0.05)
    >>> round(threshold.level, 3)
    0.075
    >>> threshold.learn(told=True); round(threshold.level, 3)
    0.042
    """

    def __init__(self, chance_a_day: float) -> None:
        self.chance_a_day = chance_a_day
        self.level = min(MOST, chance_a_day * HEAD_START)
        self.weight = 1.0

    def ask(self, weight: float) -> None:
        """From now on `weight` (above 0, at most 1) of the alerts are asked for; the level moves with it at once.

        >>> threshold = Threshold(chance_a_day=0.05)
        >>> threshold.ask(0.5); round(threshold.level, 4)
        0.0375
        """
        self.level = min(MOST, self.level * weight / self.weight)
        self.weight = weight

    def aim(self, chance_a_day: float) -> None:
        """From now on `chance_a_day` alerts are asked for; the level moves with it at once.

        >>> threshold = Threshold(chance_a_day=0.05)
        >>> threshold.aim(0.1); round(threshold.level, 3), threshold.chance_a_day
        (0.15, 0.1)
        """
        self.level = min(MOST, self.level * chance_a_day / self.chance_a_day)
        self.chance_a_day = chance_a_day

    def learn(self, *, told: bool) -> None:
        """One more day has been judged; `told` if it opened an alert."""
        moved = self.level * math.exp(STEP * (self.chance_a_day * self.weight - told))
        self.level = min(MOST, max(moved, self.chance_a_day * LEAST_SHARE))

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {"chance_a_day": self.chance_a_day, "level": self.level, "weight": self.weight}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """The threshold that said `state`."""
        threshold = cls(state["chance_a_day"])
        threshold.level = state["level"]
        threshold.weight = state["weight"]
        return threshold
