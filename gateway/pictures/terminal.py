"""The routine and the time to notice in a terminal: shades where there is colour, blocks and dots where not."""

from collections.abc import Iterator
from typing import Final

from rich.console import Console
from rich.text import Text

from gateway.pictures import words
from gateway.pictures.words import Against
from gateway.portrait import Count, Habit, Portrait, Stream
from models.coverage import duration
from models.localtime import HOUR_S
from models.wording import notice as notice_sentence

_PALETTE: Final = ("#2b2b2b", "#00224e", "#35456c", "#666970", "#948e77", "#c8b866", "#fee838")
"""Cividis: its steps look the same to people who do not tell red from green."""

_DARK_INK_FROM: Final = 4
_BLOCKS: Final = "·▁▂▃▅▆█"
_MARKS: Final = {Against.MORE: "▲", Against.FEWER: "▼"}
_STYLES: Final = {Against.MORE: "bold yellow", Against.FEWER: "bold yellow", Against.LATER: "dim"}
_DOT: Final = "•"
_LABEL: Final = 19
_COLUMN: Final = 12
"""Everything fits a terminal of 80 columns."""

_BAR_WIDTH: Final = 36


def has_shades(console: Console) -> bool:
    """Whether it shows colours enough for a heat map; sixteen would run into each other."""
    return console.color_system in ("256", "truecolor") and not console.no_color


def routine(portrait: Portrait, stream: Stream, *, colour: bool) -> Iterator[Text]:
    """Lines of the heat map, of today against usual, and of what both do not show."""
    yield Text(f"The routine of {words.whose(stream)}, {portrait.home}", style="bold")
    yield Text(f"until {words.moment(portrait)}. {words.learnt(stream)}")
    yield Text()
    yield Text("When: in each half hour, on how many of the last four weeks' days it was seen", style="bold")
    yield _line(" " * _LABEL + _axis(portrait))
    for habit in words.rows(stream):
        yield from _row(portrait, stream, habit, colour=colour)
    yield _scale(colour=colour)
    yield Text()
    since = f"{stream.today} {portrait.parts[0].begins_h:02d}:00"
    yield Text(f"How often: today (since {since}), and the usual range", style="bold")
    heads = [*(part.name for part in portrait.parts), "whole day"]
    yield _line((" " * _LABEL + "".join(f"{head:<{_COLUMN}}" for head in heads)).rstrip(), "dim")
    for habit in stream.habits:
        line = _line(f"{_label(words.named(habit, stream))}")
        for count in (*habit.parts, habit.day):
            how = words.against(count)
            line.append(f"{_count(count, how):<{_COLUMN}}", _STYLES.get(how, ""))
        line.rstrip()
        yield line
    yield Text()
    different = words.differences(portrait, stream)
    yield Text(words.today(stream, different), style="bold")
    for sentence in different:
        yield Text(f"  {sentence}")
    begins = ", ".join(f"{part.name} from {part.begins_h:02d}:00" for part in portrait.parts)
    marks = "▲ more and ▼ fewer than usual; … so far; - not begun; ? could not be seen; new: still learning"
    yield Text(f"{marks}; {begins}", style="dim")
    yield Text()
    for sentence in (words.RANGES, *words.not_seen(stream), *words.NOT_SHOWN):
        yield Text(sentence)


def notice(portrait: Portrait, stream: Stream) -> Iterator[Text]:
    """Lines of bars, one for each hour of the day, and what they do not promise."""
    yield Text(f"How soon a silence is noticed: {words.whose(stream)}, {portrait.home}", style="bold")
    yield Text(f"as known on {words.moment(portrait)}. {words.learnt(stream)}")
    yield Text()
    longest_s = max([HOUR_S, *(seconds for seconds in stream.notice_s if seconds is not None)])
    yield _line("silent from   noticed after", "dim")
    for hour, seconds in enumerate(stream.notice_s):
        if seconds is None:
            yield _line(f"{hour:02d}:00         {words.no_hour(stream)}", "dim")
            continue
        bar = "█" * max(1, round(_BAR_WIDTH * seconds / longest_s))
        line = _line(f"{hour:02d}:00         {duration(seconds):<8}")
        line.append(f"{bar:<{_BAR_WIDTH}}", "#2a8090")
        line.append(f"  at {words.due(hour, seconds)}", "dim")
        yield line
    yield Text()
    yield Text(notice_sentence(stream.notice_s) or words.sooner(stream))
    for sentence in (words.now(portrait, stream), words.NO_FALL_ALARM, words.IT_DEPENDS, *words.not_seen(stream)):
        yield Text(sentence)


def _row(portrait: Portrait, stream: Stream, habit: Habit, *, colour: bool) -> Iterator[Text]:
    line, marks = _line(_label(words.named(habit, stream))), ""
    for half_hour in words.half_hours(portrait.parts):
        shade = words.shade(habit, half_hour)
        mark = _DOT if half_hour in habit.today else " "
        if not colour:
            line.append("?" if shade == words.NEVER_LEARNT else _BLOCKS[shade])
        elif shade == words.NEVER_LEARNT:
            line.append("?" if mark == " " else mark, "dim")
        else:
            ink = "black" if shade >= _DARK_INK_FROM else "white"
            line.append(mark, f"bold {ink} on {_PALETTE[shade]}")
        marks += mark
    yield line
    if not colour and marks.strip():
        yield _line(f"{'today':>{_LABEL - 2}}  {marks}".rstrip())


def _axis(portrait: Portrait) -> str:
    order = words.half_hours(portrait.parts)
    return "".join(f"{words.clock(order[index]):<6}" for index in range(0, len(order), 6))


def _scale(*, colour: bool) -> Text:
    line = _line(f"{'':<{_LABEL}}never ")
    for shade in range(words.SHADES + 1):
        line.append("  " if colour else _BLOCKS[shade], f"on {_PALETTE[shade]}" if colour else "")
    line.append(f" every day   {_DOT} seen today   ? too few days")
    return line


def _count(count: Count, how: Against) -> str:
    shown = {Against.LATER: "-", Against.UNSEEN: "?"}.get(how) or f"{_MARKS.get(how, '')}{count.today}"
    so_far = "…" if count.today is not None and not count.ended else ""
    return f"{shown}{so_far} ({words.usual(count)})"


def _label(name: str) -> str:
    return f"{name[: _LABEL - 1]:<{_LABEL}}"


def _line(text: str, style: str = "") -> Text:
    return Text(text, style=style, no_wrap=True, overflow="crop")
