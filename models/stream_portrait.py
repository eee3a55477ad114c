"""What was learnt of one stream, and what its sensors could see, to be looked at."""

from collections.abc import Iterable
from typing import Final

from models.localtime import DAY_S, HOUR_S, LocalTime
from models.portrait import SensorPortrait, StreamPortrait, Watching
from models.stream import Stream

_DAYS_BACK: Final = 6


def portrait_of(stream: Stream, now_s: int) -> StreamPortrait:
    """The portrait of `stream` at `now_s` (UTC seconds); changes nothing."""
    activity, *habits = stream.habits.portrait()
    return StreamPortrait(
        resident=stream.resident,
        watching=_watching(stream, now_s),
        deadline_s=stream.inactivity.deadline_s(),
        told=stream.tells_silence,
        days=activity.day.days,
        today=stream.habits.counted_day(now_s),
        today_whole=stream.habits.counted_whole(now_s),
        activity=activity,
        habits=tuple(habits),
        notice_s=stream.notice_s(now_s),
        abstains=tuple(stream.abstains(now_s)),
        coverage=stream.whereabouts.coverage.sentence(stream.lines, now_s),
    )


def _watching(stream: Stream, now_s: int) -> Watching:
    deadline_s = stream.inactivity.deadline_s()
    if stream.whereabouts.is_empty:
        return Watching.ELSEWHERE
    if deadline_s is not None and deadline_s <= now_s and stream.sight.silence.own_since_s is not None:
        return Watching.ALERTING  # what was told before sight was lost
    if stream.sight.silence.blind_since_s is not None:
        return Watching.BLIND
    if deadline_s is not None and deadline_s <= now_s:
        return Watching.ALERTING
    if not stream.inactivity.sees_indoors:
        return Watching.NOT_JUDGED
    if stream.inactivity.learning(now_s):
        return Watching.LEARNING
    if deadline_s is not None:
        return Watching.WATCHING
    return Watching.AWAY if stream.inactivity.is_away() else Watching.NOT_JUDGED


def sensors_of(streams: Iterable[Stream], local: LocalTime, now_s: int) -> tuple[SensorPortrait, ...]:
    """What each sensor could see of the last seven days, today with them; changes nothing."""
    today = (now_s + local.offset_s(now_s)) // DAY_S
    from_s = local.at_clock_s(today - _DAYS_BACK, 0)
    found: dict[str, SensorPortrait] = {}
    for stream in streams:
        hours = stream.sight.hours(from_s, (now_s - from_s) // HOUR_S + 1)
        for line in stream.lines:
            sensor = line.sensor
            found.setdefault(sensor.id, SensorPortrait(
                sensor.id, sensor.place, stream.sight.ledger.since_s(sensor.id), from_s,
                "".join(one.value[0] for one in hours[sensor.id]),
            ))  # fmt: skip
    return tuple(found[name] for name in sorted(found))
