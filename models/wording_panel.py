"""Sentences about the resident's panel: what it asked, what was answered, when it was paused, what its light means."""

from collections.abc import Sequence
from typing import Final

from models.coverage import duration
from models.localtime import DAY_S, LocalTime
from models.panel_light import Light
from models.wording import listed, when

_LISTED: Final = 3
"""More answers than this are counted, and the last ones named."""

LIGHTS: Final = {
    Light.ASKING: "Asking: are you OK? Press the button. Without an answer an alert goes out at its time.",
    Light.NOT_ANSWERED: "Not answered: nobody has acknowledged an urgent alert in time.",
    Light.TROUBLE: "Trouble: something does not work, and a technician has to see to it.",
    Light.LOOKED_AT: "Looked at: somebody has looked at what the sensors recorded, in the last quarter of an hour.",
    Light.PAUSED: "Paused: nothing is learnt until the pause ends, after four hours at most.",
    Light.LEARNING: "Learning: the first days; only the fixed limits apply.",
    Light.SEEING: "Seeing: the sensors are watched. This does not say that all is well.",
    Light.HEARD: "Heard: the press was taken. It does not say that anybody has answered yet.",
    Light.DARK: "Dark: nobody is watching. The gateway is off, starting, or has stopped.",
}
"""What each light means, in the resident's words."""


def asked(*, local: LocalTime, asked_s: int, at_s: int) -> str:
    """The panel asked before an alert, and nobody pressed.

    >>> asked(local=LocalTime("Europe/London"), asked_s=1748_850_120, at_s=1748_850_720)
    'Asked at the panel from 08:42; no answer.'
    """
    return f"Asked at the panel from {when(local, asked_s, at_s)}; no answer."


def answered(*, local: LocalTime, pressed_s: Sequence[int], at_s: int) -> str:
    r"""Earlier answers of the same stretch, before an alert that came all the same.

    >>> answered(local=LocalTime("UTC"), pressed_s=[1748_850_120, 1748_851_920], at_s=1748_853_720)
    'The button "I\'m OK" was pressed at 07:42 and 08:12.'
    """
    times = [when(local, one_s, at_s) for one_s in pressed_s[-_LISTED:]]
    if len(pressed_s) > _LISTED:
        return f'The button "I\'m OK" was pressed {len(pressed_s)} times, last at {listed(times)}.'
    return f'The button "I\'m OK" was pressed at {listed(times)}.'


def pressed(*, local: LocalTime, at_s: int) -> str:
    """The button was pressed while an alert was open: news of it, and not its end."""
    return f'The button "I\'m OK" was pressed at the panel at {local.clock(at_s)}. This does not close the alert.'


def paused(*, local: LocalTime, who: str, since_s: int, until_s: int, at_s: int) -> str:
    """A pause, over or going on at `at_s`; `who` is empty where the resident is clear.

    >>> london = LocalTime("Europe/London")
    >>> paused(local=london, who="", since_s=1748_850_120, until_s=1748_853_720, at_s=1748_860_000)
    'Paused by the resident from 08:42 to 09:42.'
    >>> paused(local=london, who="r1", since_s=1748_850_120, until_s=1748_853_720, at_s=1748_851_000)
    'Paused by r1 since 08:42, until 09:42 at the latest.'
    """
    whom = who or "the resident"
    if until_s > at_s:
        return f"Paused by {whom} since {when(local, since_s, at_s)}, until {local.clock(until_s)} at the latest."
    same_day = local.weekday(since_s) == local.weekday(until_s) and at_s - since_s < DAY_S
    since = local.clock(since_s) if same_day else when(local, since_s, at_s)
    return f"Paused by {whom} from {since} to {when(local, until_s, at_s)}."


def paused_for(*, who: str, seconds: int) -> str:
    """How long a week was paused.

    >>> paused_for(who="", seconds=9000)
    'Paused by the resident for 2 h 30 of this week.'
    """
    return f"Paused by {who or 'the resident'} for {duration(seconds)} of this week."


def waited(*, local: LocalTime, since_s: int, at_s: int) -> str:
    """A claim that waited for the end of a pause."""
    return f"This waited from {when(local, since_s, at_s)} for the end of the pause at {local.clock(at_s)}."
