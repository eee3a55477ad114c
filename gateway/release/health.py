"""Whether a new version is well, by what its two services say; pure: no clock, no files.

What is asked of it, for `healthy_for_s` on end: systemd calls each service active that ran before, and has started none
of them again by itself; the daemon has beaten with the new version's number, at the start and, in a trial as long as
its heartbeat, once more; no database was moved aside; if the provider confirmed heartbeats before, it has confirmed one
since. A service that stands still is no extra question: systemd's watchdog ends it (wren.service after 60 s,
wren-uplink.service after 120 s), which is a restart. That the internet is away for a reason of its own looks like a
messenger that the provider no longer understands: it is waited for, and then gone back, which costs an update.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from gateway.release.looking import Beat
from gateway.release.services import DAEMON, Unit

HEALTHY_FOR_S: Final = 15 * 60.0

COMES_UP_WITHIN_S: Final = 5 * 60.0
"""wren.service may take three minutes (TimeoutStartSec=) to learn sixty days anew; a heartbeat follows at once."""

DECIDED_WITHIN_S: Final = 45 * 60.0
"""Three times the trial: what was not well for a quarter of an hour on end by then will not be."""

MOST_RESTARTS: Final = 3
"""As many in one trial are a crash loop; fewer make it wait for another quarter of an hour."""

BEATS_EVERY_S: Final = 15 * 60.0
"""`gateway.heartbeat.EVERY_S`; a test holds them together."""


class Verdict(StrEnum):
    """What is to be done now."""

    WAIT = "wait"
    KEEP = "keep"
    GO_BACK = "go back"


@dataclass(frozen=True, slots=True)
class Facts:
    """What was seen at one look.

    `beat` is None if it could not be read just then. `confirmed` is the number of the newest heartbeat that the
    provider has confirmed, 0 if none is known.
    """

    units: Mapping[str, Unit]
    beat: Beat | None
    aside: frozenset[str]
    confirmed: int = 0


class Judge:
    """Judges one version from its switch on.

    Args:
        version: what its heartbeats say.
        beat_before: the number of the last heartbeat before the switch.
        aside_before: what was aside before it.
        healthy_for_s: how long it has to be well on end.
        delivers: whether the provider confirmed the heartbeats before.

    Attributes:
        why: what it waits for, or why it goes back, as a sentence.
        healthy_s: for how long it has been well on end, at the last look.
    """

    def __init__(
        self,
        version: str,
        beat_before: int,
        aside_before: frozenset[str],
        healthy_for_s: float = HEALTHY_FOR_S,
        *,
        delivers: bool = False,
    ) -> None:
        self._version = version
        self._beat_before = beat_before
        self._aside_before = aside_before
        self._healthy_for_s = healthy_for_s
        self._beats: set[int] = set()
        self._lacks_a_receipt = delivers
        self._restarts: dict[str, int] = {}
        self._well_since_s: float | None = None
        self._ill_since_s = 0.0
        self.why = ""
        self.healthy_s = 0.0

    def look(self, facts: Facts, elapsed_s: float) -> Verdict:
        """The verdict on `facts`, `elapsed_s` after the version was started; looks come in the order of time."""
        if facts.aside - self._aside_before:
            return self._back("A database was found damaged and moved aside.")
        for name, unit in facts.units.items():
            if unit.restarts >= MOST_RESTARTS:
                return self._back(f"{name} ended {unit.restarts} times.")
        if facts.beat and facts.beat.number > self._beat_before and facts.beat.version == self._version:
            self._beats.add(facts.beat.number)
        if facts.confirmed in self._beats:
            self._lacks_a_receipt = False
        ill = self._ill(facts)
        if ill:
            self._well_since_s, self.healthy_s, self.why = None, 0.0, ill
            if elapsed_s - self._ill_since_s >= COMES_UP_WITHIN_S:
                return self._back(f"{ill[:-1]} for {COMES_UP_WITHIN_S / 60:.0f} minutes.")
        else:
            self._ill_since_s = elapsed_s
            if self._well_since_s is None:
                self._well_since_s = elapsed_s
            self.healthy_s, self.why = elapsed_s - self._well_since_s, "It is well so far."
            if self.healthy_s >= self._healthy_for_s:
                self.why = self._lacks() or f"It was well for {self._healthy_for_s / 60:g} minutes."
                if not self._lacks():
                    return Verdict.KEEP
        if elapsed_s >= max(DECIDED_WITHIN_S, 3 * self._healthy_for_s):
            return self._back(f"It was not well for {self._healthy_for_s / 60:g} minutes on end. {self.why}")
        return Verdict.WAIT

    def _ill(self, facts: Facts) -> str:
        for name, unit in sorted(facts.units.items()):
            if unit.restarts != self._restarts.setdefault(name, unit.restarts):
                self._restarts[name] = unit.restarts
                return f"{name} has ended and was started again."
            if unit.state != "active":
                return f"{name} does not run."
        if DAEMON in facts.units and not self._beats:
            return "The daemon has not been heard."
        return ""

    def _lacks(self) -> str:
        if len(self._beats) < 1 + int(self._healthy_for_s // BEATS_EVERY_S):
            return "The daemon's next heartbeat is awaited."
        return "The provider has confirmed none of its heartbeats, as it did before." if self._lacks_a_receipt else ""

    def _back(self, why: str) -> Verdict:
        self.why = why
        return Verdict.GO_BACK
