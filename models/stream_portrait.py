"""What was learnt of one stream, to be looked at."""

from models.portrait import StreamPortrait, Watching
from models.stream import Stream


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
    if stream.whereabouts.coverage.blind_since_s is not None:
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
