"""How the fault matrix judges what the technician is told, and whether blindness is named.

**Fault told.** What shows by a link, by the radio or by its chatter is told to the technician within 60 s of the
moment at which it can be known: the device's own interval after the fault (a battery: its second low value), or after
the gateway is up again. What shows only by statistics (silent on a wire, stuck, repeating, implausible; or worn: its
owner may carry it out of the house) is reported in hours. A message counts if its text names the sensor, or the radio
where that is down. *Wrong*: a message to the technician that names none of the broken ones, and is not sent without the
fault either.

**Coverage.** Every care alert and every summary that is told when a link has been lost for an hour says that the sensor
is not seen: by its name, or as one of so many "more" after three names at least, or by how many of how many were heard.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from gateway.evaluation.matrix.breaking import BATTERY_EVERY_S, Break, How
from gateway.evaluation.matrix.house import DEVICES, SEES, Reach
from gateway.evaluation.matrix.scenarios import Scenario, fails_s
from gateway.evaluation.matrix.telling import SUMMARY, Told
from models.localtime import HOUR_S

WITHIN_S: Final = 60
BY_LINK: Final = frozenset({How.LINK, How.RADIO, How.BATTERY, How.CHATTER})
_COVERED_S: Final = HOUR_S
_FEW: Final = 3
_SAME_S: Final = 3 * HOUR_S
_RADIO: Final = re.compile(r"\b(?:radio|bluetooth)\b", re.IGNORECASE)
_COUNTED: Final = re.compile(r"\b(\d+) of (?:the )?(\d+) sensors\b", re.IGNORECASE)
_MORE: Final = re.compile(r"\b(\d+) more\b")
_NONE: Final = re.compile(r"\b(?:no|none of the|not one) (?:\d+ )?sensors?\b", re.IGNORECASE)


@dataclass
class FaultTold:
    """What the technician was told of one break. Times are UTC seconds.

    Attributes:
        by_link: whether it is to be told by `due_s`; otherwise only statistics show it.
        first_s: when a message first named one of its sensors; None: never in the time that was judged.
        delay_s: from the break to `first_s`.
        unnamed: its sensors that no message named.
    """

    how: str
    sensors: tuple[str, ...]
    by_link: bool
    due_s: int
    first_s: int | None
    delay_s: int | None
    unnamed: tuple[str, ...]

    @property
    def in_time(self) -> bool:
        """Whether it was told by `due_s`."""
        return self.first_s is not None and self.first_s <= self.due_s


def fault_told(one: Break, scenario: Scenario, told: Sequence[Told]) -> FaultTold:
    """What the technician was told of `one`, from its beginning until the end of what is judged."""
    by_link = one.how in BY_LINK and not (one.how is not How.RADIO and _is_worn(one))
    wait_s = {How.RADIO: 0, How.CHATTER: 0, How.BATTERY: BATTERY_EVERY_S}.get(one.how)
    if wait_s is None:
        wait_s = max(DEVICES[name].missing_s for name in one.sensors)
    seen_s = one.start_s
    for start_s, end_s in scenario.down:
        if start_s <= seen_s + wait_s and one.start_s < end_s:
            seen_s = end_s
    news = [
        (said_s(message.at_s, scenario), message.text)
        for message in told
        if message.technician and one.start_s <= message.at_s <= scenario.until_s
    ]
    named = {name: min((at_s for at_s, text in news if _names(text, name, one)), default=None) for name in one.sensors}
    first_s = min((at_s for at_s in named.values() if at_s is not None), default=None)
    return FaultTold(
        str(one.how), one.sensors, by_link, seen_s + wait_s + WITHIN_S, first_s,
        None if first_s is None else first_s - one.start_s,
        tuple(name for name, at_s in named.items() if at_s is None),
    )  # fmt: skip


def said_s(at_s: int, scenario: Scenario) -> int:
    """When what is dated `at_s` can have been said: not while the gateway was down."""
    return max([at_s, *(end_s for start_s, end_s in scenario.down if start_s <= at_s < end_s)])


def _is_worn(one: Break) -> bool:
    return all(DEVICES[name].reach is Reach.WORN for name in one.sensors)


def _names(text: str, name: str, one: Break) -> bool:
    if one.how is How.RADIO and DEVICES[name].reach is not Reach.WIRE and _RADIO.search(text):
        return True
    return _is_in(name, text)


def _is_in(name: str, text: str) -> bool:
    return re.search(rf"\b{name.replace('-', '[- _]')}\b", text, re.IGNORECASE) is not None


def wrong(scenario: Scenario, told: Sequence[Told], sound: Sequence[Told]) -> list[str]:
    """Messages to the technician about nothing that is broken."""
    known = [(one.kind, one.at_s) for one in sound if one.technician]
    found = []
    for one in told:
        if not one.technician or one.change == "resolved" or not scenario.start_s <= one.at_s <= scenario.until_s:
            continue
        about = any(_names(one.text, name, broken) for broken in scenario.breaks for name in broken.sensors)
        if not about and not any(kind == one.kind and abs(at_s - one.at_s) <= _SAME_S for kind, at_s in known):
            found.append(f"{one.kind}: {one.text}")
    return found


def uncovered(scenario: Scenario, told: Sequence[Told]) -> list[str]:
    """Alerts and summaries that do not say which sensor's link was lost."""
    found = []
    for one in told:
        is_alert = one.care and one.change == "opened"
        if not (is_alert or one.kind == SUMMARY) or one.at_s > scenario.until_s:
            continue
        lost = _lost(scenario, one.at_s)
        unnamed = [name for name in lost if not _is_in(name, one.text)]
        if unnamed and not _RADIO.search(one.text) and not _counts(one.text, len(lost), len(unnamed)):
            found.append(f"{one.kind} ({one.change}) without {', '.join(unnamed)}: {one.text}")
    return found


def _counts(text: str, lost: int, unnamed: int) -> bool:
    """Whether `text` says of those that it does not name at least how many they are."""
    if lost <= _FEW:
        return False
    counted, more = _COUNTED.search(text), _MORE.search(text)
    if more is not None and lost - unnamed >= _FEW and int(more[1]) >= unnamed:
        return True
    return _NONE.search(text) is not None or (counted is not None and int(counted[1]) <= int(counted[2]) - lost)


def _lost(scenario: Scenario, at_s: int) -> list[str]:
    """The sensors that see her whose link had been lost for an hour and more, as the home was told."""
    return sorted({
        name
        for one in scenario.breaks
        if one.how in BY_LINK - {How.CHATTER}
        and fails_s(one) + DEVICES[one.sensors[0]].missing_s + _COVERED_S <= at_s < one.end_s
        for name in one.sensors
        if name in SEES
    })  # fmt: skip
