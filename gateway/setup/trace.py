"""What one wire did while somebody moved the thing on it, and what follows for its settings."""

from dataclasses import dataclass, field
from typing import Any, Final, Literal

from models.kinds import SensorKind

_APART_S: Final = 0.25
"""Edges closer together than this belong to one movement: contacts settle in less, hands are slower."""

_NOISY: Final = 200
_NOISY_S: Final = 2.0
"""A line that changes 100 times a second for two seconds is moved by nobody: mains hum gives 100 to 120."""

_MOST_EDGES: Final = 5_000
_PULSES: Final = 6
"""So many edges within one movement are no contact that closes: a wheel turns, or a pipe rings."""

_DEBOUNCE_MS: Final = {SensorKind.SEAT: 1000, SensorKind.BED: 1000, SensorKind.TOILET: 2000}
"""docs/sensors.md: foam and floats settle slowly."""

_SETTLED_MS: Final = 50
_LONGEST_MS: Final = 5000
_METER: Final = {"active": "high", "pull": "none", "sense": "pulses"}
_VIBRATION: Final = {"active": "high", "sense": "pulses", "quiet_s": 8, "least_pulses": 5}
_HIGH_WHEN_ON: Final = frozenset({SensorKind.MOTION, SensorKind.PRESENCE})

Tap = Literal["contact", "meter", "vibration"]


@dataclass
class Trace:
    """What was seen of a pin since the watching began.

    Attributes:
        pin: BCM number.
        rest_high: its level at rest.
        pull: the pull with which it was seen; "none" where nothing of ours pulled.
        edges: moment (monotonic seconds) and level of each edge.
        dropped: edges that were too many to keep.
        began_high: its level when this watching began, where that is not its rest.
    """

    pin: int
    rest_high: bool
    pull: Literal["up", "down"] = "up"
    edges: list[tuple[float, bool]] = field(default_factory=list)
    dropped: int = 0
    began_high: bool | None = None

    def edge(self, at_s: float, *, high: bool) -> None:
        """Take an edge; the same level twice is one edge."""
        if high is self.high:
            return
        if len(self.edges) >= _MOST_EDGES:
            self.dropped += 1
            self.edges.pop(1)  # the first says when it began, the last ones what it does now
        self.edges.append((at_s, high))

    @property
    def high(self) -> bool:
        """Its level now."""
        return self.edges[-1][1] if self.edges else self._began()

    def _began(self) -> bool:
        return self.rest_high if self.began_high is None else self.began_high

    def movements(self) -> list[list[tuple[float, bool]]]:
        """The edges, those of one movement together."""
        found: list[list[tuple[float, bool]]] = []
        for edge in self.edges:
            if found and edge[0] - found[-1][-1][0] < _APART_S:
                found[-1].append(edge)
            else:
                found.append([edge])
        return found

    def times_moved(self) -> int:
        """How often it left its rest."""
        left = 0
        is_high = self._began()
        for movement in self.movements():
            end = movement[-1][1]
            left += end is not self.rest_high or end is is_high
            is_high = end
        return left

    def settle_ms(self) -> int:
        """The longest that it bounced within one movement."""
        return max((round((one[-1][0] - one[0][0]) * 1000) for one in self.movements() if len(one) > 2), default=0)

    def is_noisy(self) -> bool:
        """Whether it changes as nothing does that a person moves."""
        return any(self.edges[at + _NOISY][0] - self.edges[at][0] <= _NOISY_S for at in range(len(self.edges) - _NOISY))

    def is_pulsing(self) -> bool:
        """Whether it gave pulses rather than a change."""
        return any(len(movement) >= _PULSES for movement in self.movements())

    def says(self) -> str:
        """What it did, in a few words.

        >>> one = Trace(17, rest_high=True)
        >>> for at_s in (1.0, 3.0): one.edge(at_s, high=False); one.edge(at_s + 0.5, high=True)
        >>> one.says()
        'went low, 2 times; high now'
        """
        now = "high" if self.high else "low"
        if self.is_noisy():
            return f"changes all the time, {len(self.edges) + self.dropped} times so far: a loose wire?"
        if self.is_pulsing():
            return f"{len(self.edges) + self.dropped} short changes, as of water running; {now} now"
        times = self.times_moved()
        if not times:
            return f"went {now}"
        often = "" if times == 1 else f", {times} times"
        return f"went {'low' if self.rest_high else 'high'}{often}; {now} now"

    def guess(self) -> SensorKind:
        """What it may be; the person decides."""
        if self.is_pulsing():
            return SensorKind.TAP
        return SensorKind.BUTTON if self.rest_high else SensorKind.DOOR

    def gpio(self, kind: SensorKind, tap: Tap = "contact") -> dict[str, Any]:
        """The `gpio` table for a sensor of `kind` on it: "on" is what it did when it was moved.

        >>> Trace(4, rest_high=False).gpio(SensorKind.DOOR)
        {'pin': 4, 'active': 'high', 'pull': 'up'}
        >>> Trace(22, rest_high=True).gpio(SensorKind.BED)
        {'pin': 22, 'active': 'low', 'debounce_ms': 1000}
        """
        found: dict[str, Any] = {"pin": self.pin}
        if tap == "meter" and self.pin > 3:
            return found | _METER
        if tap == "vibration" and self.pin > 3:
            return found | _VIBRATION
        high = True if kind in _HIGH_WHEN_ON else not self.rest_high
        found["active"] = "high" if high else "low"
        if kind not in _HIGH_WHEN_ON or self.pin <= 3:
            found |= _pull(self.pull, high=high)
        if tap != "contact":
            return found | {"sense": "pulses"}
        settle_ms = 0 if self.is_pulsing() or self.is_noisy() else self.settle_ms()
        debounce_ms = max(_DEBOUNCE_MS.get(kind, 0), -(-2 * settle_ms // 50) * 50 if settle_ms > _SETTLED_MS else 0)
        return found | ({"debounce_ms": min(debounce_ms, _LONGEST_MS)} if debounce_ms else {})


def turned(gpio: dict[str, Any]) -> dict[str, Any]:
    """The same wire with the other level for "on"; it goes on being pulled as it was."""
    was_high = gpio.get("active", "low") == "high"
    pull = gpio.get("pull") or ("down" if was_high else "up")
    kept = {key: one for key, one in gpio.items() if key not in ("active", "pull")}
    others = {key: one for key, one in kept.items() if key != "pin"}
    if pull == "none":
        return {"pin": gpio["pin"], "active": "low" if was_high else "high", "pull": "none"} | others
    return {"pin": gpio["pin"], "active": "low" if was_high else "high"} | _pull(pull, high=not was_high) | others


def _pull(pull: str, *, high: bool) -> dict[str, str]:
    """Left out only for a contact to ground that closes, which is usual: a contact to 3.3 V is to be seen as meant."""
    return {} if pull == "up" and not high else {"pull": pull}
