"""The screen of `wren watch`: sensors, what changes slowly, and what happened last, on as many lines as there are."""

from datetime import datetime
from typing import Final

from rich.text import Text

from gateway.condition import Condition
from gateway.watch import saying
from gateway.watch.facts import Facts, outbox
from gateway.watch.moment import Now
from gateway.watch.view import FRESH_S, Event, Row, View
from models.localtime import utc_seconds
from models.vocabulary import HOUSEHOLD

LEAST_WIDTH: Final = 60
_HEAD: Final = 3
_LEAST_EVENTS: Final = 3
_FRESH: Final = "bold reverse"
_TROUBLE: Final = "bold red"
_LABEL: Final = 10


def screen(home: str, view: View, facts: Facts, now: Now, *, panel: bool, width: int, height: int) -> list[Text]:
    """Exactly `height` lines of at most `width` columns; a terminal below 60 by 16 gets what fits."""
    width = max(width, LEAST_WIDTH)
    slow = _slow(facts, now, view)
    # head, the table's head, a blank, the slow lines, a blank, some events
    room = height - _HEAD - 1 - 1 - len(slow) - 1 - _LEAST_EVENTS
    rows = view.ordered(max(room - (len(view.rows) > room), 1))
    lines = [*_head(home, view, now, panel=panel), *_table(view, rows, now, width), Text(), *slow, Text()]
    left = max(height - len(lines), 0)
    lines += [_event(one, now) for one in list(view.events)[-left:]] if left else []
    lines += [Text()] * (height - len(lines))
    for line in lines:
        line.truncate(width, overflow="ellipsis")
        line.no_wrap = True
    return lines[:height]


def _head(home: str, view: View, now: Now, *, panel: bool) -> list[Text]:
    at = datetime.fromtimestamp(now.utc_s, now.zone)
    head = Text(f"{home}  {at:%A} {at.day} {at:%B} {at:%H:%M}  Wren {view.version}   q: leave", style="bold")
    if view.gone_s is not None:
        said = f"Wren's daemon does not answer since {now.clock(view.gone_s)}. Nothing new is shown; waiting for it."
        return [head, Text(said, style=_TROUBLE), Text()]
    where = "The resident's panel shows" if panel else "The trail says"
    also = ", and the trail says so, too." if panel else "; there is no panel here to show it."
    return [head, Text(f"{where} that somebody looks{also}", style="dim"), Text()]


def _table(view: View, rows: list[Row], now: Now, width: int) -> list[Text]:
    wide = max(width - 80, 0) // 2
    name, place = 19 + wide, 24 + wide
    lines = [Text(f"{'SENSOR':<{name}}{'PLACE':<{place}}{'NOW':<11}{'AGO':<8}{'TIMES':>5}  RADIO", style="dim")]
    for row in rows:
        line = Text(f"{_cut(row.sensor, name - 1):<{name}}")
        line.append(f"{_cut(_where(row), place - 1):<{place}}")
        age_s = None if row.seen_s is None else now.monotonic_s - row.seen_s
        lost = row.is_lost or (row.by_radio and view.is_deaf)
        line.append(f"{'link lost' if lost else saying.value(row):<11}", _TROUBLE if lost else "")
        line.append(f"{'' if age_s is None else saying.ago(age_s):<8}{row.times or '':>5}  ")
        line.append("" if row.rssi_dbm is None else f"{saying.bars(row.rssi_dbm)} {row.rssi_dbm}")
        if age_s is not None and age_s < FRESH_S:
            line.stylize(_FRESH)
        elif row.last_s() is None and not lost:
            line.stylize("dim")
        lines.append(line)
    if hidden := len(view.rows) - len(rows):
        lines.append(
            Text(f"… and {hidden} more, heard of before these or not at all; a taller window shows them.", "dim")
        )
    return lines


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _where(row: Row) -> str:
    return row.kind if row.place in (row.kind, row.sensor) else f"{row.place}, {row.kind}"


def _slow(facts: Facts, now: Now, view: View) -> list[Text]:
    lines = [("coverage", facts.coverage, ""), ("radio", *_radio(view))]
    if facts.condition is None:
        return [_line(*one) for one in [*lines, ("learning", facts.learning, ""), ("outbox", facts.problem, _TROUBLE)]]
    condition = facts.condition
    lines += [
        ("outbox", outbox(condition), ""),
        ("learning", facts.learning, ""),
        ("clock", *_clock(condition)),
        ("alerts", *_alerts(condition, now)),
    ]
    return [_line(*one) for one in lines]


def _radio(view: View) -> tuple[str, str]:
    if view.is_deaf:
        return "nothing can be heard by radio", _TROUBLE
    by_radio = [row for row in view.rows.values() if row.by_radio]
    if not by_radio:
        return "none: no sensor of this home is heard by radio", ""
    heard = [row for row in by_radio if row.rssi_dbm is not None]
    said = f"{len(heard)} of {len(by_radio)} heard since the watching began"
    if not heard:
        return said, ""
    weakest = min(heard, key=lambda row: row.rssi_dbm or 0)
    return f"{said}; weakest {weakest.sensor}, {weakest.rssi_dbm} dBm", ""


def _clock(condition: Condition) -> tuple[str, str]:
    beat = condition.heartbeat
    if beat is None:
        return "not known yet", ""
    if beat.clock_synchronised:
        return "set from the network", ""
    return "not set from the network since the start: no time of day is learnt", _TROUBLE


def _alerts(condition: Condition, now: Now) -> tuple[str, str]:
    if not condition.open_alerts:
        return "none is open", ""
    said = []
    for story in condition.open_alerts:
        whose = "household" if story.alert.resident == HOUSEHOLD else story.alert.resident
        at = datetime.fromtimestamp(utc_seconds(story.alert.raised_at), now.zone)
        said.append(f"{whose}/{story.alert.kind} since {at:%a %H:%M}")
    return f"{len(said)} open: {', '.join(said)}", "bold yellow"


def _line(label: str, said: str, style: str) -> Text:
    return Text.assemble((f"{label:<{_LABEL}}", "dim"), (said, style), no_wrap=True)


def _event(one: Event, now: Now) -> Text:
    of, said = saying.event(one)
    style = _TROUBLE if saying.is_trouble(one) else "bold" if now.monotonic_s - one.at_s < FRESH_S else ""
    return Text(f"{now.clock(one.at_s)}  {of}: {said}", style=style)
