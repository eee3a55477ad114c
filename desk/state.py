"""Everything that the page shows, worked out from the store at one moment; the same store gives the same state."""

from typing import Final

import msgspec

from desk import alerts, homes, told
from desk.alerts import AlertStory
from desk.homes import HomeLine
from desk.store import Store
from desk.told import ToldLine
from gateway.uplink import wire
from models.kinds import AlertKind, Audience
from models.localtime import DAY_S
from models.vocabulary import Period

ANSWERED_SHOWN_S: Final = 7 * DAY_S
SUMMARIES_SHOWN_S: Final = 28 * DAY_S


class SummaryLine(msgspec.Struct, frozen=True, kw_only=True):
    """A summary and when it arrived, in UTC seconds."""

    summary: wire.Summary
    received_s: int
    late_s: int


class ResidentSummaries(msgspec.Struct, frozen=True, kw_only=True):
    """One resident's summaries: the newest week, the days since, and what is older, newest first."""

    home: str
    resident: str
    week: SummaryLine | None
    days: tuple[SummaryLine, ...]
    older: tuple[SummaryLine, ...]


class State(msgspec.Struct, frozen=True, kw_only=True):
    """What is on the page. Times are UTC seconds.

    Attributes:
        started_s: since when this desk has been running; before, nobody could be heard.
        unheard: homes from which nothing has come for an hour, the longest first.
        open_care: alerts that a care worker still has to look at, urgent ones first.
        open_technician: the same for the technician.
        closed: care alerts of the last week that were acknowledged or ended by themselves, newest first.
        closed_technician: the same of the technician's.
    """

    now_s: int
    started_s: int
    unheard: tuple[HomeLine, ...]
    open_care: tuple[AlertStory, ...]
    open_technician: tuple[AlertStory, ...]
    closed: tuple[AlertStory, ...]
    closed_technician: tuple[AlertStory, ...]
    homes: tuple[HomeLine, ...]
    summaries: tuple[ResidentSummaries, ...]

    @property
    def tested(self) -> tuple[HomeLine, ...]:
        """The homes in which a technician is trying the help button."""
        return tuple(line for line in self.homes if line.test_call)


class HomePage(msgspec.Struct, frozen=True, kw_only=True):
    """One home: who lives there, what waits, what was told to it (newest first), and what was erased.

    `erased`: when (UTC seconds) and how many pieces.
    """

    line: HomeLine
    residents: tuple[str, ...]
    open: tuple[AlertStory, ...]
    told: tuple[ToldLine, ...]
    erased: tuple[tuple[int, int], ...]


def state(store: Store, *, now_s: int, started_s: int) -> State:
    """What the desk knows at `now_s` (UTC). Raises StoreError."""
    lines = homes.lines(store, now_s)
    known = [_standing(story, lines) for story in _stories(store)]
    is_open = [story for story in known if story.is_open]
    closed = [story for story in known if not story.is_open and now_s - _last_s(story) < ANSWERED_SHOWN_S]
    closed.sort(key=_last_s, reverse=True)
    return State(
        now_s=now_s,
        started_s=started_s,
        unheard=tuple(sorted((line for line in lines if line.unheard), key=lambda line: line.last_heard_s)),
        open_care=tuple(story for story in is_open if story.audience is Audience.CARE),
        open_technician=tuple(story for story in is_open if story.audience is Audience.TECHNICIAN),
        closed=tuple(story for story in closed if story.audience is Audience.CARE),
        closed_technician=tuple(story for story in closed if story.audience is Audience.TECHNICIAN),
        homes=tuple(lines),
        summaries=tuple(_summaries(store, now_s)),
    )


def story(store: Store, alert_id: str, *, now_s: int) -> AlertStory | None:
    """What became of one alert, None if it is not known. Raises StoreError."""
    found = next((each for each in _stories(store) if each.id == alert_id), None)
    return None if found is None else _standing(found, homes.lines(store, now_s))


def home_page(store: Store, home: str, *, now_s: int) -> HomePage | None:
    """What is known of one home, None if it was never heard. Raises StoreError."""
    line = next((each for each in homes.lines(store, now_s) if each.home == home), None)
    if line is None:
        return None
    lately = store.answers.given(home, since_s=now_s - told.SHOWN_S)
    return HomePage(
        line=line,
        residents=tuple(store.residents(home)),
        open=tuple(story for story in _stories(store) if story.home == home and story.is_open),
        told=tuple(reversed(told.lines(lately))),
        erased=tuple((each.at_s, each.pieces) for each in store.erasures() if each.home == home),
    )


def _stories(store: Store) -> list[AlertStory]:
    return alerts.stories(store.alerts_and_updates(), store.acknowledgements(), store.answers.given())


def _standing(one: AlertStory, lines: list[HomeLine]) -> AlertStory:
    """With what a reader has to know of the home that it comes from."""
    line = next((each for each in lines if each.home == one.home), None)
    if line is None:
        return one
    since_s = line.test_call_s
    tried = since_s is not None and one.kind is AlertKind.HELP_BUTTON and one.raised_s >= since_s
    return msgspec.structs.replace(one, not_live=line.not_live, test_call=tried)


def _last_s(story: AlertStory) -> int:
    return max([story.received_s, *(step.at_s for step in story.steps)])


def _summaries(store: Store, now_s: int) -> list[ResidentSummaries]:
    by_resident: dict[tuple[str, str], list[SummaryLine]] = {}
    for message, received_s in store.summaries(now_s - SUMMARIES_SHOWN_S):
        if isinstance(message, wire.Summary):
            line = SummaryLine(summary=message, received_s=received_s, late_s=alerts.late_s(message, received_s))
            by_resident.setdefault((message.home, message.resident), []).append(line)
    return [_of_resident(*whose, found) for whose, found in sorted(by_resident.items())]


def _of_resident(home: str, resident: str, found: list[SummaryLine]) -> ResidentSummaries:
    newest_first = sorted(found, key=lambda line: (line.summary.day, line.received_s), reverse=True)
    weeks = [line for line in newest_first if line.summary.period is Period.WEEK]
    days = [line for line in newest_first if line.summary.period is Period.DAY]
    shown = [*weeks[:1], *days[:3]]
    return ResidentSummaries(
        home=home,
        resident=resident,
        week=weeks[0] if weeks else None,
        days=tuple(days[:3]),
        older=tuple(line for line in newest_first if line not in shown),
    )
