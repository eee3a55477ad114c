"""The usual day that each person tells of, and when somebody is expected to come."""

from typing import Any, Final

from gateway.config.forms import WEEKDAYS
from gateway.setup.asking import Asker
from gateway.setup.keys import ENTER
from gateway.setup.merging import Data
from gateway.setup.naming import ids

_MOST_AT_NIGHT: Final = 12
_SOON_MINUTES: Final = 6 * 60
"""To bed so soon after getting up is more often a slip of the finger than a day."""


def ask_usual_days(asker: Asker, data: Data) -> None:
    """An ordinary day of each resident, as they tell it."""
    for resident in data.get("residents", []):
        _ask_usual_day(asker, resident, several=len(data["residents"]) > 1)


def _ask_usual_day(asker: Asker, resident: dict[str, Any], *, several: bool) -> None:
    whose = f" ({resident['id']})" if several else ""
    before: dict[str, Any] = resident.get("usual_day", {})
    why = "It is believed only until the days themselves are known. Enter alone: not answered."
    day: dict[str, Any] = {key: before.get(key) for key in ("up", "to_bed")}
    is_asked = True
    while is_asked:
        day["up"] = asker.clock([f"On an ordinary day, when are you up and about?{whose}", why], day["up"])
        day["to_bed"] = asker.clock([f"And when are you in bed?{whose}", why], before.get("to_bed"))
        doubt = _soon(day["up"], day["to_bed"])
        is_asked = doubt is not None and not asker.yes([doubt], default=False)
    lines = [f"How often do you go to the bathroom at night, between eleven and seven?{whose}", why]
    options = {str(number): "" for number in range(10)}
    known = before.get("bathroom_at_night")
    day["bathroom_at_night"] = _times(asker, lines, options, known)
    resident.pop("usual_day", None)
    if told := {key: one for key, one in day.items() if one is not None}:
        resident["usual_day"] = told


def _soon(up: str | None, to_bed: str | None) -> str | None:
    """The question whether that is right, if bed comes soon after getting up.

    >>> _soon("07:00", "07:30"), _soon("07:30", "22:30")
    ('To bed at 07:30, half an hour after getting up: is that right?', None)
    """
    if up is None or to_bed is None:
        return None
    minutes = (_minutes(to_bed) - _minutes(up)) % (24 * 60)
    if minutes >= _SOON_MINUTES:
        return None
    hours = f"{minutes // 60} h" if minutes >= 60 else ""
    said = "half an hour" if minutes == 30 else " ".join(one for one in (hours, f"{minutes % 60} min") if one)
    return f"To bed at {to_bed}, {said} after getting up: is that right?"


def _minutes(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])


def _times(asker: Asker, lines: list[str], options: dict[str, str], known: int | None) -> int | None:
    """One digit is the answer; + for more than nine."""
    prompt = f"Times, by one key; + for more than nine{'' if known is None else f' [{known}]'}:"
    while True:
        key = asker.key(lines, prompt)
        if key == ENTER:
            return known
        if key == "+":
            return asker.number(lines, "Times", 0, _MOST_AT_NIGHT)
        if key in options:
            return int(key)


def ask_visits(asker: Asker, data: Data) -> None:
    """The windows in which somebody is expected."""
    while True:
        visits: list[dict[str, Any]] = data.get("visits", [])
        lines = [
            "Does somebody come regularly: a carer, a nurse, a cleaner?",
            "What is seen then is not counted. The times stay in this house.",
            *(f"  {at}  {in_words(one)}" for at, one in enumerate(visits, 1)),
        ]
        options = {"y": "another visit" if visits else "yes"} | ({"x": "take one out"} if visits else {})
        chosen = asker.choice(lines, options | {"n": "no more" if visits else "no"}, "n")
        if chosen == "n":
            return
        if chosen == "x":
            at = asker.number(lines, "Which one", 1, len(visits))
            data["visits"] = [one for number, one in enumerate(visits, 1) if number != at]
        elif (visit := _ask_visit(asker, data)) is not None:
            data["visits"] = [*visits, visit]
        if not data.get("visits"):
            data.pop("visits", None)


def _ask_visit(asker: Asker, data: Data) -> dict[str, Any] | None:
    begin = asker.clock(["From when? Leave some minutes for who comes early.", "Enter alone: no visit."])
    end = None if begin is None else asker.clock([f"From {begin}. When is it over?", "Enter alone: no visit."])
    if begin is None or end is None or begin == end:
        return None
    visit: dict[str, Any] = {}
    lines = [f"From {begin} to {end}. On which days?"]
    options = {"e": "every day", "w": "Monday to Friday", "s": "Saturday and Sunday", "o": "others"}
    chosen = asker.choice(lines, options, "e")
    if chosen != "e":
        days = {"w": WEEKDAYS[:5], "s": WEEKDAYS[5:]}.get(chosen) or _ask_days(asker, lines)
        visit["days"] = list(days)
    visit |= {"from": begin, "to": end}
    residents = ids(data.get("residents", []))
    if len(residents) > 1:
        whom = {str(number): name for number, name in enumerate(residents, 1)} | {"e": "everybody"}
        chosen = asker.choice(["To whom?"], whom, "e")
        if chosen != "e":
            visit["resident"] = whom[chosen]
    return visit


def _ask_days(asker: Asker, lines: list[str]) -> tuple[str, ...]:
    def check(answer: str) -> str | None:
        names = answer.lower().split()
        return None if names and set(names) <= set(WEEKDAYS) else f"Such as: mon wed fri. Known: {' '.join(WEEKDAYS)}."

    chosen = asker.text(lines, "Days", "", check).lower().split()
    return tuple(day for day in WEEKDAYS if day in chosen)


def in_words(visit: dict[str, Any]) -> str:
    """A visit on one line.

    >>> in_words({"days": ["mon"], "from": "08:00", "to": "08:45"})
    '08:00 to 08:45, mon'
    """
    days = " ".join(visit["days"]) if visit.get("days") else "every day"
    to = f", to {visit['resident']}" if visit.get("resident") else ""
    return f"{visit.get('from')} to {visit.get('to')}, {days}{to}"
