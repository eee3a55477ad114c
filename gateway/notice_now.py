"""How soon a silence that began now would be noticed, from the portrait: for those who only look (ALERTS, rule 8)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from gateway.errors import InputError
from gateway.portrait import Portrait, Stream
from models.localtime import HOUR_S
from models.portrait import Watching

OLD_S: Final = 2 * HOUR_S
"""The daemon writes a portrait every hour; an older one says nothing of now."""

NOT_A_FALL_ALARM: Final = "hours, not minutes: no fall alarm"


@dataclass(frozen=True, slots=True)
class NoticeNow:
    """What a silence of one stream that began now would come to.

    Attributes:
        within_s: seconds until an alert, the later of what the hours around now say; None where none would open.
        by_s: the same as a UTC second.
        known_s: when the portrait was made.
        why_not: what is in the way where `within_s` is None, as what follows a colon.
    """

    resident: str
    within_s: int | None
    by_s: int | None
    known_s: int
    why_not: str = ""


def notice_now(portrait: Portrait, now_s: int) -> list[NoticeNow]:
    """Each stream whose silence raises alerts. Raises InputError where the portrait is too old to speak of now."""
    if not -OLD_S <= now_s - portrait.at_s <= OLD_S:
        advice = "The daemon writes it every hour: is it running?"
        raise InputError("What was learnt was last written more than two hours ago.", advice=advice)
    return [_of(portrait, stream, now_s) for stream in portrait.streams if stream.told]


def _of(portrait: Portrait, stream: Stream, now_s: int) -> NoticeNow:
    if (why_not := _IN_THE_WAY.get(stream.watching)) is not None:
        return NoticeNow(stream.resident, None, None, portrait.at_s, why_not)
    clock = datetime.fromtimestamp(now_s, ZoneInfo(portrait.timezone))
    into_s = clock.minute * 60 + clock.second
    # the deadline of a silence that begins now lies between those of one from the hour before and from the hour after
    around = (stream.notice_s[clock.hour], stream.notice_s[(clock.hour + 1) % 24])
    if around[0] is None or around[1] is None:
        return NoticeNow(stream.resident, None, None, portrait.at_s, _LEARNING)
    within_s = max(around[0] - into_s, around[1] + HOUR_S - into_s)
    return NoticeNow(stream.resident, within_s, now_s + within_s, portrait.at_s)


_LEARNING: Final = "noticed after 8 waking hours at the latest, while still learning"
_IN_THE_WAY: Final = {
    Watching.LEARNING: _LEARNING,
    Watching.AWAY: "not noticed while out, as was seen last: silence raises nothing until something is seen again",
    Watching.ELSEWHERE: "not noticed while somebody has said that they are elsewhere: silence is not judged",
    Watching.NOT_JUDGED: "not noticed: the sensors see too little of ordinary life",
    Watching.BLIND: "not noticed while the gateway cannot see",
    Watching.ALERTING: "noticed already: such an alert is open",
}
