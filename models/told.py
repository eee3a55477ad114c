"""What people tell the home: who is away, what became of an alert, what is the new normal, what a panel's buttons say.

Each is an input like any other, journalled and replayed: its name says what it is and of whom, its value is a
number. ``@away/r1`` with a UTC second, for example, says until when resident `r1` is out of the house.
"""

import re
from enum import IntEnum, StrEnum
from typing import NamedTuple

from models.kinds import AlertKind


class Telling(StrEnum):
    """What can be told, and what the value of such an input means."""

    AWAY = "away"
    """Out of the house until `value` (UTC seconds); 0: back."""

    HOSPITAL = "hospital"
    """1: taken to hospital; 0: home again. Until then nothing is judged or learnt."""

    ALONE = "alone"
    """The others are out, so this resident is alone in a shared home, until `value` (UTC seconds); 0: no longer."""

    OUTCOME = "outcome"
    """What became of an alert: an `Outcome`. Of which one is said by when it was raised; the last one if it is not."""

    NEW_NORMAL = "new-normal"
    """The change that an alert of a kind told of is how it is from now on; `value` is 1."""

    OK = "ok"
    """The button "I'm OK" was pressed at this resident's panel; `value` is 1 (see `models.checkin`)."""

    PAUSE = "pause"
    """This resident pauses until `value` (UTC seconds), at most four hours; 0: no longer (see `models.pause`)."""

    ACK = "ack"
    """A person at the desk has seen this alert and sees to it; `value` is 1. It ends the waiting for an answer."""

    SNOOZE = "snooze"
    """A kind that is not urgent is a line of the summary only, until `value` (UTC seconds); 0: no longer."""

    BUDGET = "budget"
    """How many attention-level alerts a person-week are wanted from now on, of `household`: `value` of them."""

    PANEL = "panel"
    """1: this resident's panel can show its light from now on; 0: it cannot, so it asks nothing."""


class Outcome(IntEnum):
    """What an alert turned out to be worth (ALERTS, rule 10)."""

    USEFUL = 1
    KNOWN_REASON = 2
    NOT_USEFUL = 3
    SENSOR_FAULT = 4


ACCEPTED = frozenset({
    AlertKind.LATE_START, AlertKind.MORE_BATHROOM, AlertKind.LESS_TAP_USE, AlertKind.LESS_ACTIVE,
    AlertKind.SEVERAL_CHANGES, AlertKind.GRADUAL_CHANGE, AlertKind.SLOW_TRANSIT,
})  # fmt: skip
"""What may become the new normal by a word. The other kinds are urgent, or learn from all that is seen anyway."""


SNOOZABLE = ACCEPTED
"""What a person may leave to the week's summary for a while. What is urgent, or rests on a fixed limit, never is; and a
long stay, an empty bed or an absence stands in for others while it is open, so these are told, too."""

SNOOZE_AT_MOST_S = 14 * 86_400
"""From when it is told. A snooze ends by itself."""

BUDGET_PER_WEEK = (0.1, 7.0)
"""Between these a budget is taken, whoever tells it; the configuration's own bounds are narrower."""


class Told(NamedTuple):
    """Something that a person told the home of `resident`; `kind` for an outcome or a new normal.

    `opened_s` names the alert that it is about: the UTC second at which it was raised. None: the last of its kind.
    """

    what: Telling
    resident: str
    kind: AlertKind | None = None
    opened_s: int | None = None

    def name(self) -> str:
        """The input's name.

        >>> Told(Telling.OUTCOME, "r1", AlertKind.LATE_START).name()
        '@outcome/r1/late_start'
        """
        return "/".join([f"@{self.what}", self.resident, *(str(one) for one in self[2:] if one is not None)])


_SECOND = re.compile(r"[1-9][0-9]{0,11}")
_OF_A_KIND = frozenset({Telling.OUTCOME, Telling.NEW_NORMAL, Telling.ACK, Telling.SNOOZE})


def parse(name: str) -> Told | None:
    """What an input's name says; None if it is nothing that people tell.

    >>> parse("@away/r1")
    Told(what=<Telling.AWAY: 'away'>, resident='r1', kind=None, opened_s=None)
    >>> parse("@gateway"), parse("@outcome/r1"), parse("@away/r1/late_start"), parse("kitchen-tap")
    (None, None, None, None)
    >>> parse("@outcome/r1/late_start/1795183320").opened_s
    1795183320
    """
    what, _, whom = name.removeprefix("@").partition("/")
    resident, _, whereof = whom.partition("/")
    kind, _, opened = whereof.partition("/")
    if not name.startswith("@") or not resident or what not in set(map(str, Telling)):
        return None
    if kind not in (set(map(str, AlertKind)) if what in _OF_A_KIND else {""}):
        return None
    if whereof.count("/") and not _SECOND.fullmatch(opened):
        return None
    told = Told(Telling(what), resident, AlertKind(kind) if kind else None, int(opened) if opened else None)
    return told if told.name() == name else None
