"""Every sentence that can reach a person about a resident.

What was seen, never what it is (ALERTS, rule 1). The forbidden words live here, and a test reads every
string of the project against them.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from models.coverage import duration
from models.kinds import SensorKind
from models.localtime import DAY_S, HOUR_S, MINUTE_S, LocalTime
from models.vocabulary import Evidence, Sensor

FORBIDDEN: Final = re.compile(
    r"dehydrat|urinary|\bUTI\b|infection|fall detected|has fallen|dementia|depress|\bstress|diagnos|disease"
    r"|heart attack|\bstroke\b",
    re.IGNORECASE,
)
"""Words that no alert, summary or page may use of a person; `cannot_tell` may say what is not known."""


def when(local: LocalTime, at_s: int, now_s: int) -> str:
    """A moment as people say it: ``"09:42"``, with its weekday where that is another day.

    >>> london = LocalTime("Europe/London")
    >>> when(london, 1748_850_120, 1748_865_600), when(london, 1748_850_120, 1748_930_000)
    ('08:42', '08:42 on Monday')
    """
    clock = local.clock(at_s)
    same_day = local.weekday(at_s) == local.weekday(now_s) and now_s - at_s < DAY_S
    return clock if same_day else f"{clock} on {local.weekday(at_s)}"


def named(sensor: Sensor) -> str:
    """A sensor as people say it: what it is, and where.

    >>> named(Sensor("t1", SensorKind.TAP, "kitchen")), named(Sensor("m", SensorKind.MOTION, "hall"))
    ('tap, kitchen', 'hall')
    """
    place = spoken(sensor.place)
    return place if sensor.kind in (SensorKind.MOTION, SensorKind.PRESENCE) else f"{spoken(sensor.kind)}, {place}"


def at(sensor: Sensor) -> str:
    """Where somebody is whom `sensor` notices.

    >>> at(Sensor("b", SensorKind.BED, "bedroom")), at(Sensor("p", SensorKind.PRESENCE, "lounge"))
    ('in bed (bedroom)', 'in the lounge')
    """
    place = spoken(sensor.place)
    if sensor.kind is SensorKind.BED:
        return f"in bed ({place})"
    return f"on the {spoken(sensor.kind)} ({place})" if sensor.kind is SensorKind.SEAT else f"in the {place}"


def spoken(slug: str) -> str:
    """A slug without its hyphens."""
    return slug.replace("-", " ").replace("_", " ")


def listed(parts: Iterable[str]) -> str:
    """Several things in one sentence.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    *most, last = list(parts)
    return f"{', '.join(most)} and {last}" if most else last


def inactivity(
    *,
    local: LocalTime,
    sign: Sensor,
    seen: bool,
    sign_s: int,
    at_s: int,
    usual_s: int | None,
    days: int,
    fixed: bool,
    coverage: str,
) -> Evidence:
    """No sign of life for longer than is ordinary at this time; not `seen`: since the gateway began to watch anew."""
    if usual_s is None:
        usual = f"Not known yet: {_days(days)} of learning so far, so the fixed limit applies."
    else:
        usual = f"A quiet spell that begins at about {local.clock(sign_s)} is usually under {duration(usual_s)}"
        usual += f" ({_days(days)} of learning)."
    if fixed:
        because = "Eight waking hours without any sign of life always raise this."
    else:
        because = f"No sensor has seen anything for longer than is ordinary at {local.clock(at_s)}."
    return Evidence(
        observed=f"No movement seen since {when(local, sign_s, at_s)} "
        f"{f'({named(sign)})' if seen else 'when watching began again'}; "
        f"{duration(at_s - sign_s)} until {local.clock(at_s)}.",
        usual=usual,
        because=because,
        coverage=coverage,
        cannot_tell="This cannot tell whether the person is asleep, out without the door being seen, or unwell.",
        to_do="Ring them; if there is no answer, follow their call-out plan.",
        details=f"Any sign of life before {local.clock(at_s)} would have kept this from being raised.",
    )


def not_home(*, local: LocalTime, sign: Sensor, sign_s: int, at_s: int, longest_s: int, coverage: str) -> Evidence:
    """Out for longer than this person's outings would suggest."""
    usual = "No outing of more than an hour has been seen yet, so the fixed limit applies."
    if longest_s:
        usual = f"The longest outing that is remembered took {duration(longest_s)}."
    return Evidence(
        observed=f"Out since about {when(local, sign_s, at_s)}, as far as the outside door tells (last seen: "
        f"{named(sign)}); {duration(at_s - sign_s)} until {local.clock(at_s)}.",
        usual=usual,
        because="This absence is longer than this person's outings of the past weeks would suggest.",
        coverage=coverage,
        cannot_tell="This cannot tell whether the person is away as planned, or at home and not moving about.",
        to_do="Check whether they are expected back; if nobody knows, ring them.",
        details=f"Any sign of life before {local.clock(at_s)} would have kept this from being raised.",
    )


def long_stay(
    *,
    local: LocalTime,
    place: str,
    since_s: int,
    at_s: int,
    usual_s: int | None,
    known: int,
    fixed: bool,
    coverage: str,
) -> Evidence:
    """In one place for longer than is ordinary."""
    length = duration(at_s - since_s)
    if usual_s is None:
        usual = "Not known yet: too few stays have been seen, so the fixed limit applies."
    else:
        usual = f"Nine stays in ten are under {duration(usual_s)} (learnt from the last {known} stays)."
    because = (
        "Ninety minutes in the bathroom always raise this."
        if fixed
        else "This stay is longer than this person's own stays of the past weeks would suggest."
    )
    return Evidence(
        observed=f"{place[0].upper()}{place[1:]} since {when(local, since_s, at_s)}, and nothing seen elsewhere "
        f"since: {length} until {local.clock(at_s)}.",
        usual=usual,
        because=because,
        coverage=coverage,
        cannot_tell="This cannot tell whether the person needs help, is resting, or left without being seen.",
        to_do="Ring them; if there is no answer, follow their call-out plan.",
        details=f"Anything seen elsewhere before {local.clock(at_s)} would have kept this from being raised.",
    )


def help_button(*, local: LocalTime, sensor: Sensor, at_s: int, coverage: str) -> Evidence:
    """Somebody pressed the help button."""
    return Evidence(
        observed=f"The help button ({named(sensor)}) was pressed at {local.clock(at_s)}.",
        usual="Every press is passed on at once, whatever is usual.",
        because="A press of the help button always raises this.",
        coverage=coverage,
        cannot_tell="This cannot tell who pressed it, or why.",
        to_do="Ring now; if there is no answer, follow the call-out plan at once.",
        details="This button does not replace a pendant alarm.",
    )


def notice(hours_s: Sequence[int | None]) -> str | None:
    """How long a silence lasts before an alert, by the full hour at which it begins (24, seconds). None: learning.

    >>> notice([9 * 3600] * 7 + [3 * 3600] * 5 + [5400 * 3] * 6 + [5 * 3600] * 5 + [9 * 3600])
    'If all movement stopped by day, Wren would notice after 3 h to 4 h 30; in the evening, after 5 h; at night, \
between 08:00 and 15:00. Later if the last sign was near an outside door.'
    >>> notice([48 * 3600] * 24)
    'If all movement stopped by day, Wren would notice after 48 h; in the evening, after 48 h; at night, after 48 h. \
Later if the last sign was near an outside door.'
    """
    known = [seconds for seconds in hours_s if seconds is not None]
    if len(known) < len(hours_s):
        return None
    due_s = [hour * HOUR_S + known[hour % 24] for hour in range(23, 31)]
    between = [f"{at_s // HOUR_S % 24:02d}:{at_s // MINUTE_S % 60:02d}" for at_s in (min(due_s), max(due_s))]
    night = f"at {between[0]}" if between[0] == between[1] else f"between {' and '.join(between)}"
    if max(due_s) >= 2 * DAY_S:  # not on the next day: an hour of the clock would mislead
        night = f"after {_span([known[hour % 24] for hour in range(23, 31)])}"
    return (
        f"If all movement stopped by day, Wren would notice after {_span(known[7:18])}; "
        f"in the evening, after {_span(known[18:23])}; at night, {night}. "
        "Later if the last sign was near an outside door."
    )


def _span(seconds: Sequence[int]) -> str:
    shortest, longest = duration(min(seconds)), duration(max(seconds))
    return shortest if shortest == longest else f"{shortest} to {longest}"


def not_judged(abstained: str) -> str:
    """What is not judged here: silence, or long stays in a place and a part of the day.

    >>> not_judged("bathroom/night")
    'Long stays in the bathroom by night are not judged: leaving it is not seen reliably in this home.'
    """
    if abstained == "worn":
        return (
            "Silences are judged here by the fixed limit only: a band that is taken off looks like one that lies still."
        )
    if abstained == "indoors":
        return (
            "Silences are not judged here: no sensor sees anything of life indoors, and an outside door and a button "
            "are silent for as long as nobody uses them."
        )
    if abstained == "bathroom/glimpse":
        return (
            "Whoever is seen in the bathroom at night for no more than a moment is not always taken to be in there "
            "still: it is not certain that going back to bed is seen in this home."
        )
    place, _, part = abstained.partition("/")
    if place == "silence":
        shortest = "a day" if part == "24" else f"{part} hours"
        return (
            f"Silences of less than {shortest} are not judged here: the sensors too often see nothing for a whole day "
            "of ordinary life."
        )
    if place == "up":
        return (
            f"The usual day that was told says up at about {part}; two of the first mornings were two hours from it, "
            "so what is seen counts."
        )
    if place == "sensor":
        return (
            f"The sensor {spoken(part)} is silent or busy as it never was before; where somebody is or is not, and "
            "changes over days, are not judged until it can be believed again."
        )
    return f"Long stays in the {place} by {part} are not judged: leaving it is not seen reliably in this home."


def moved_again(*, local: LocalTime, sensor: Sensor, at_s: int) -> str:
    """A silence or a stay ended by itself."""
    return f"Movement seen again at {local.clock(at_s)} ({named(sensor)}). This does not say that all is well."


def pressed_again(*, local: LocalTime, at_s: int) -> str:
    """The help button, once more, while its alert is open."""
    return f"The help button was pressed again at {local.clock(at_s)}."


def _days(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"
