"""What a technician has to see to, judged from the outside: by what the daemon and the provider last said."""

import os
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from gateway.config.places import places_of
from gateway.config.purpose import overdue
from gateway.config.tables import Config
from gateway.errors import StoreUnavailable
from gateway.release import told
from gateway.rights import unfinished
from gateway.transcript import STATUS, Story, Transcript
from gateway.uplink import wire
from gateway.uplink.book_reader import DeadLetter
from models.kinds import Audience
from models.localtime import DAY_S, MINUTE_S, length, utc_seconds
from models.vocabulary import HOUSEHOLD, Change

DAEMON_SILENT_S: Final = 20 * MINUTE_S
"""The daemon's heartbeat comes every 15 min (`gateway.heartbeat.EVERY_S`); five more for a slow start."""

WAITS_LONG_S: Final = 10 * MINUTE_S
"""The uplink retries alerts at least every minute: what has waited for longer has met a closed door."""

KEPT_BACK_S: Final = 7 * DAY_S
"""What was kept back to stay within a day's allowance is said for a week."""

REFUSAL_SHOWN_S: Final = 7 * DAY_S
"""A refused message needs a look in its week; nothing can be done about an older one."""

_CLOCK_AHEAD_S: Final = 2 * MINUTE_S


class Problem(NamedTuple):
    """What is wrong, and the next step, as sentences."""

    problem: str
    advice: str


@dataclass(frozen=True, slots=True)
class Condition:
    """A home's gateway at one moment. Times are UTC seconds.

    Attributes:
        heartbeat: the daemon's newest, None before the first; `heard_s` is when.
        waiting: how many messages wait, the newest heartbeat included; `waiting_since_s` is when the oldest
            was raised.
        last_receipt_s: when the provider last confirmed anything.
        open_alerts: the alerts that no message has ended.
        refused: what the provider refused in the last seven days.
        problems: what a technician has to see to; none means that nothing here is known to be wrong.
    """

    at_s: int
    heartbeat: wire.Status | None
    heard_s: int | None
    waiting: int
    waiting_since_s: int | None
    last_receipt_s: int | None
    open_alerts: tuple[Story, ...]
    refused: tuple[DeadLetter, ...]
    problems: tuple[Problem, ...]


_UNWATCHED = Problem(
    "Nobody is told when the recordings are opened: this machine has no inotify for it.",
    "Raise fs.inotify.max_user_instances (sysctl), then restart wren.service.",
)


def judge(config: Config, found: Transcript | StoreUnavailable, at_s: int) -> Condition:
    """The condition of the home of `config` at `at_s` (UTC), by what was `found` in its databases."""
    transcript = found if isinstance(found, Transcript) else Transcript()
    heartbeat = transcript.heartbeat()
    heard_s = utc_seconds(heartbeat.raised_at) if heartbeat else None
    waiting = transcript.waiting()
    since_s = min((entry.raised_s for entry in waiting), default=None)
    open_alerts = tuple(story for story in transcript.stories() if story.is_open)
    refused = tuple(one for one in transcript.dead_letters if at_s - utc_seconds(one.set_aside_at) < REFUSAL_SHOWN_S)
    problems = [Problem(found.problem, found.advice)] if isinstance(found, StoreUnavailable) else []
    if not problems:
        problems += of_daemon(heartbeat, heard_s, at_s)
    # without an uplink heartbeats wait for ever and nobody misses them
    letters = len([entry for entry in waiting if entry.type != STATUS or config.uplink])
    problems += of_uplink(config, letters, since_s, transcript.last_receipt_s, at_s)
    problems += of_messages(open_alerts, refused, transcript.unreadable())
    problems += of_allowance(sum(count for day_s, count in transcript.kept_back.items() if at_s - day_s < KEPT_BACK_S))
    problems += of_walk_test(heartbeat)
    problems += of_purpose(config, at_s)
    problems += _of_erasure(config)
    problems += [Problem(*back)] if (back := told.gone_back(at_s)) else []
    problems += [_UNWATCHED] if transcript.unwatched else []
    return Condition(
        at_s,
        heartbeat,
        heard_s,
        len(waiting),
        since_s,
        transcript.last_receipt_s,
        open_alerts,
        refused,
        tuple(problems),
    )


def of_daemon(heartbeat: wire.Status | None, heard_s: int | None, at_s: int) -> list[Problem]:
    """What its newest heartbeat, and when that was written (`heard_s`), say of the daemon."""
    advice = "Is wren.service running? `systemctl status wren` says; `journalctl -u wren` says why not."
    if heartbeat is None or heard_s is None:
        return [Problem("The daemon has not been heard yet.", advice)]
    if at_s - heard_s > DAEMON_SILENT_S:
        return [Problem(f"Not heard from the daemon for {length(at_s - heard_s)}: this home is not watched.", advice)]
    if heard_s - at_s > _CLOCK_AHEAD_S:
        problem = f"The daemon's last word is {length(heard_s - at_s)} in the future: the clock was set back."
        return [Problem(problem, "Check the date of this machine (`timedatectl`).")]
    problems = []
    if not heartbeat.clock_synchronised:
        problem = "The clock has not been set from the network since the start."
        advice = "Check `timedatectl`: until it is set, nothing is learnt by the time of day."
        problems.append(Problem(problem, advice))
    if heartbeat.sensors_heard_today == 0:
        problem = f"None of {heartbeat.sensors} sensors was heard in the 24 hours before."
        problems.append(Problem(problem, "Check the wiring and the radio; `journalctl -u wren` names what is down."))
    return problems


_NOT_ENROLLED = Problem(
    "This gateway is not enrolled with its provider: nothing leaves this house.",
    "Have the provider make a token (`wren desk token HOME`), and run `wren enrol` as root.",
)


def of_uplink(config: Config, letters: int, since_s: int | None, receipt_s: int | None, at_s: int) -> list[Problem]:
    """Whether `letters`, of which the oldest has waited since `since_s`, should have left by now."""
    if config.uplink is not None and not os.path.lexists(places_of(config).enrolment):
        return [_NOT_ENROLLED]
    if since_s is None or not letters or at_s - since_s <= WAITS_LONG_S:
        return []
    if config.uplink is None:
        problem = f"{_messages(letters)} nowhere to go."
        return [Problem(problem, "Add an [uplink] table with the provider's url, and start wren-uplink.service.")]
    last = f"{length(at_s - receipt_s)} ago" if receipt_s is not None else "never"
    return [
        Problem(
            f"{_messages(letters)} waited for {length(at_s - since_s)}; the provider last confirmed one {last}.",
            "`journalctl -u wren-uplink` says why; check the internet connection and that wren-uplink.service runs.",
        )
    ]


def of_messages(stories: tuple[Story, ...], refused: tuple[DeadLetter, ...], unreadable: list[int]) -> list[Problem]:
    """What open alerts tell the technician, what the desk refused, and which numbers cannot be read."""
    problems = [
        Problem(" ".join([story.alert.observed, *_joined(story)]), story.alert.to_do)
        for story in stories
        if story.alert.audience is Audience.TECHNICIAN
    ]
    if refused:
        problem = f"The provider refused {len(refused)} message{'s' if len(refused) > 1 else ''} in the last 7 days."
        problems.append(Problem(problem, "Compare the versions of the gateway and of the desk (`wren outbox`)."))
    if unreadable:
        count = "1 message" if len(unreadable) == 1 else f"{len(unreadable)} messages"
        problem = f"{count} in the outbox cannot be read by this version of Wren."
        problems.append(Problem(problem, "Use the version that the daemon runs; `wren outbox --as-sent` shows them."))
    return problems


_NOT_LIVE: Final = {
    "never": "This home is not live yet: no walk-test has passed here. Alerts go out all the same.",
    "other_config": "This home is not live: its sensors are others than at the walk-test. Alerts go out all the same.",
}


def of_walk_test(heartbeat: wire.Status | None) -> list[Problem]:
    """What its newest heartbeat says of the walk-test."""
    problem = _NOT_LIVE.get(heartbeat.walk_test) if heartbeat and heartbeat.walk_test else None
    advice = "Walk through the home with `sudo wren walk-test`; what has passed already is not asked again."
    return [] if problem is None else [Problem(problem, advice)]


def of_purpose(config: Config, at_s: int) -> list[Problem]:
    """Whether the date for asking again is over."""
    today = datetime.fromtimestamp(at_s, ZoneInfo(config.home.timezone)).date()
    late = None if config.purpose is None else overdue(config.purpose, today)
    advice = "For the provider: ask again whether and why, with the resident; then write the next date into home.toml."
    return [] if late is None else [Problem(late, advice)]


def of_allowance(kept_back: int) -> list[Problem]:
    """What so many messages mean that will never leave, of the last seven days."""
    if not kept_back:
        return []
    count = "1 message" if kept_back == 1 else f"{kept_back} messages"
    problem = f"{count} of the last 7 days will not be sent: more would have left in a day than may."
    return [Problem(problem, "Something repeats itself: look for it in `wren outbox`, and in what was changed lately.")]


def _of_erasure(config: Config) -> list[Problem]:
    begun = unfinished.read(places_of(config))
    if begun is None:
        return []
    if begun.resident == HOUSEHOLD:
        advice = "Say `wren retire` or `wren redeploy` once more, whichever was begun."
        return [Problem("This gateway was to leave this home, and that did not come to its end.", advice)]
    advice = f"`systemctl stop wren wren-uplink`, then `wren erase {begun.resident}` once more."
    return [Problem(f"Everything of {begun.resident} was to be erased, and that did not come to its end.", advice)]


def _joined(story: Story) -> list[str]:
    """What has come to it since, such as a second sensor that is silent."""
    return [update.observed for update in story.updates if update.change is Change.REPEATED]


def _messages(count: int) -> str:
    return "1 message has" if count == 1 else f"{count} messages have"
