"""What changes slowly beside the sensors, read from what the two services wrote; the daemon itself is not asked."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from gateway.condition import Condition, judge
from gateway.config.places import Places, places_of
from gateway.config.tables import Config
from gateway.errors import InputError, StoreError, StoreUnavailable
from gateway.portrait import Portrait
from gateway.portrait import read as read_portrait
from gateway.transcript import Transcript
from gateway.transcript import read as read_transcript
from models.coverage import duration

EVERY_S: Final = 15.0
"""How often it is looked whether a file has changed; only one that has is read again."""

_HOUR_S: Final = 3600


@dataclass(frozen=True, slots=True)
class Facts:
    """At one moment.

    Attributes:
        condition: what `wren status` judges; None where a database cannot be read.
        problem: why not.
        coverage: what could be seen today.
        learning: how far the learning is, of each resident.
    """

    condition: Condition | None
    problem: str
    coverage: str
    learning: str


class Facing:
    """Reads the facts of one home.

    Args:
        config: the home.
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        self._places: Places = places_of(config)
        self._zone = ZoneInfo(config.home.timezone)
        self._versions: tuple[int, ...] | None = None
        self._transcript: Transcript | StoreUnavailable | None = None
        self._portrait: Portrait | None = None
        self._problem = ""

    def read(self, utc_s: int) -> Facts:
        """The facts by now. Never raises: what cannot be read is said."""
        versions = tuple(
            _version(path) for path in (self._places.outbox_db, self._places.uplink_db, self._places.portrait)
        )
        if versions != self._versions:
            self._versions = versions
            self._again()
        condition = None if self._transcript is None else judge(self._config, self._transcript, utc_s)
        return Facts(condition, self._problem, self._coverage(utc_s), self._learning(condition))

    def _again(self) -> None:
        self._problem, self._transcript = "", None
        try:
            self._transcript = read_transcript(self._places)
        except StoreUnavailable as error:
            self._transcript = error
        except StoreError as error:
            self._problem = error.problem
        with suppress(InputError):
            self._portrait = read_portrait(self._places.portrait)

    def _coverage(self, utc_s: int) -> str:
        if self._portrait is None or not self._portrait.sensors:
            return "not known yet: the daemon says it every hour"
        blind: list[str] = []
        looked = 0
        for one in self._portrait.sensors:
            hours = today(one.hours, one.from_s, utc_s, self._zone)
            looked = max(looked, len(hours))
            if missing := hours.count("b"):
                blind.append(f"{one.sensor} {missing} h")
        at = datetime.fromtimestamp(self._portrait.at_s, self._zone)
        if not looked:
            return f"today is not accounted for yet (as of {at:%H:%M})"
        if not blind:
            return f"all {len(self._portrait.sensors)} sensors, all day (as of {at:%H:%M})"
        return f"blind today: {', '.join(blind)} (as of {at:%H:%M})"

    def _learning(self, condition: Condition | None) -> str:
        if self._portrait is not None and self._portrait.streams:
            return "; ".join(
                f"{one.resident}: {one.days} whole day{'s' * (one.days != 1)}, {one.watching}"
                for one in self._portrait.streams
            )
        if condition is None or condition.heartbeat is None:
            return "not known yet"
        return "first days" if condition.heartbeat.learning else "done with the first days"


def today(hours: str, from_s: int, utc_s: int, zone: ZoneInfo) -> str:
    """Of `hours`, a letter each from `from_s` on, those that began today by the home's clock.

    >>> today("sssbp", 1795125600, 1795161600, ZoneInfo("UTC"))
    'sbp'
    """
    now = datetime.fromtimestamp(utc_s, zone)
    midnight_s = datetime(now.year, now.month, now.day, tzinfo=zone).timestamp()
    tomorrow_s = (datetime(now.year, now.month, now.day, tzinfo=zone) + timedelta(days=1)).timestamp()
    return "".join(
        letter
        for number, letter in enumerate(hours)
        if midnight_s <= from_s + number * _HOUR_S < min(tomorrow_s, utc_s + 1)
    )


def outbox(condition: Condition) -> str:
    """What waits, and what was last confirmed."""
    said = "nothing waits" if condition.waiting_since_s is None else _waiting(condition, condition.waiting_since_s)
    if condition.last_receipt_s is None:
        return f"{said}; the provider has confirmed nothing yet"
    return f"{said}; last receipt {duration(max(condition.at_s - condition.last_receipt_s, 0))} ago"


def _waiting(condition: Condition, since_s: int) -> str:
    return f"{condition.waiting} wait{'s' * (condition.waiting == 1)}, the oldest {duration(condition.at_s - since_s)}"


def _version(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
