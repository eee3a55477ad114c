"""Tells of a life that could not be seen for eight waking hours: blindness itself is a risk then (ALERTS, rule 4)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from models import wording_sight as wording
from models.claims import Ending, Opening
from models.coverage import FORGIVEN_S
from models.kinds import AlertKind, Severity
from models.learners.silence import CEILING_H
from models.localtime import HOUR_S, MINUTE_S, LocalTime
from models.signals import NEVER
from models.vocabulary import Sensor

_QUIET_H: Final = 4
"""Who was quiet for long when sight was lost is told of after fewer waking hours of blindness: half of the limit."""

_ON_AND_OFF_S: Final = _QUIET_H * HOUR_S
"""Blindness that comes back within this, and nobody seen meanwhile, is the same one still: a radio that comes and goes
would put it off for ever, as what is seen in between is too short for the silence to be told."""

_SOON_S: Final = MINUTE_S
"""No alert comes of the very moment in which sight is lost."""

_LONG_AGO: Final = -(1 << 62)


class Unseen:
    """The blindness of one stream, as an alert.

    It is the gateway's own blindness that the desk tells of; this is that of links.

    Args:
        waking_s: the UTC second at which so many waking hours have passed since a UTC second.

    Attributes:
        due_ms: when to call `pass_time` (UTC, ms): blind for too long; NEVER while it is not.
        since_s: since when it is blind, or was on and off with nobody seen (UTC seconds), or None.
        sign_s: when the last sign of life was seen (UTC seconds).
    """

    __slots__ = (
        "_begun_s", "_local", "_past", "_raised", "_sign", "_waking_s", "due_ms", "resident", "sign_s", "since_s",
    )  # fmt: skip

    def __init__(self, resident: str, local: LocalTime, waking_s: Callable[[int, int], int]) -> None:
        self.resident = resident
        self.due_ms = NEVER
        self.since_s: int | None = None
        self.sign_s = _LONG_AGO
        self._sign: Sensor | None = None
        self._local = local
        self._waking_s = waking_s
        self._raised = False
        self._begun_s = _LONG_AGO
        # the blindness before: since when, until when, and when its alert may come again (UTC seconds)
        self._past = (_LONG_AGO, _LONG_AGO, _LONG_AGO)

    def sign(self, sensor: Sensor, at_s: int) -> None:
        """A sign of life; while it is blind, one of what could still be heard."""
        self._sign, self.sign_s = sensor, at_s

    def begin(self, at_s: int) -> None:
        """Blind from `at_s` on."""
        since_s, until_s, again_s = self._past
        goes_on = self.sign_s < since_s and at_s - until_s < _ON_AND_OFF_S
        if not goes_on:
            self._past = (_LONG_AGO, _LONG_AGO, _LONG_AGO)
        self._begun_s, self.since_s = at_s, since_s if goes_on else at_s
        limit_s = self._limit_s(self.since_s)
        self.due_ms = (max(limit_s, again_s, at_s + _SOON_S) if goes_on else limit_s) * 1000

    def _limit_s(self, since_s: int) -> int:
        if self.sign_s >= since_s:
            return self._waking_s(self.sign_s, CEILING_H)
        limit_s = self._waking_s(since_s, CEILING_H)
        if self._sign is None or self._sign.is_outside_door:
            return limit_s
        # what was seen of the silence before still counts; who may be out is missed by nobody yet
        return min(limit_s, max(self._waking_s(self.sign_s, CEILING_H), self._waking_s(since_s, _QUIET_H)))

    def pass_time(
        self, now_s: int, lost: Sequence[str], *, dark: bool, waits: bool, empty: bool, coverage: Callable[[int], str]
    ) -> Opening | None:
        """Called when `due_ms` has come.

        Args:
            now_s: the present moment (UTC seconds).
            lost: what cannot be heard.
            dark: whether nothing is seen indoors at all; else silence means nothing.
            waits: whether something else is to be told first: the gateway is blind, or a silence is told already.
            empty: whether nobody is at home, as was told.
            coverage: how much could be seen, at a UTC second.
        """
        at_s, self.due_ms = self.due_ms // 1000, NEVER
        if self.since_s is None:
            return None
        due_s = self._waking_s(now_s, CEILING_H) if empty else max(self._limit_s(self.since_s), at_s + HOUR_S * waits)
        if due_s > at_s:
            self.due_ms = due_s * 1000
            return None
        self._raised = True
        evidence = wording.unseen(
            local=self._local, lost=lost, dark=dark, since_s=self.since_s, sign=self._sign, sign_s=self.sign_s,
            at_s=at_s, coverage=coverage(at_s),
            on_and_off=self.since_s < self._begun_s, whole=at_s >= self._waking_s(self.since_s, CEILING_H),
        )  # fmt: skip
        return Opening(
            self.resident, AlertKind.INACTIVITY, Severity.ATTENTION, self.since_s, at_s, evidence, fixed=True
        )

    def end(self, at_s: int) -> Ending | None:
        """It can be seen again; returns the end of an open alert, if there was one."""
        raised, self._raised = self._raised, False
        if self.since_s is not None and at_s - self.since_s >= FORGIVEN_S:
            again_s = self._waking_s(at_s, _QUIET_H) if raised else self._past[2]
            self._past = (self.since_s, at_s, again_s)
        self.since_s, self.due_ms = None, NEVER
        text = wording.seen_again(local=self._local, at_s=at_s)
        return Ending(self.resident, AlertKind.INACTIVITY, at_s, text) if raised else None

    def shift(self, by_s: int) -> None:
        """The clock was stepped: what happened `x` ago still happened `x` ago."""
        self.sign_s += by_s
        self._begun_s += by_s
        since_s, until_s, again_s = self._past
        self._past = (since_s + by_s, until_s + by_s, again_s + by_s)
        if self.since_s is not None:
            self.since_s += by_s
        if self.due_ms != NEVER and self.since_s is not None:
            self.due_ms = self._limit_s(self.since_s) * 1000

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "due_ms": None if self.due_ms == NEVER else self.due_ms,
            "since_s": self.since_s,
            "sign": None if self._sign is None else self._sign.id,
            "sign_s": self.sign_s,
            "raised": self._raised,
            "begun_s": self._begun_s,
            "past": list(self._past),
        }

    def restore(self, state: Mapping[str, Any], sensors: Mapping[str, Sensor]) -> None:
        """Take over what `state()` said; a last sign by a sensor that is gone is still a sign."""
        self.due_ms = NEVER if state["due_ms"] is None else state["due_ms"]
        self.since_s = state["since_s"]
        self._sign = sensors.get(state["sign"] or "")
        self.sign_s = state["sign_s"]
        self._raised = state["raised"]
        self._begun_s = state["begun_s"]
        since_s, until_s, again_s = state["past"]
        self._past = (since_s, until_s, again_s)
