"""What the light of a panel shows: one lamp, nine patterns, told apart by rhythm and not by colour or brightness.

For old eyes: no colours, nothing faster than 2.5 flashes a second (WCAG 2.3.1 draws the line at three), and every
pattern is whole within four seconds. Dark is kept for "nobody is watching", so that a dead gateway never looks well.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from models.localtime import HOUR_S, MINUTE_S


class Light(StrEnum):
    """What the lamp says, the most pressing first."""

    HEARD = "heard"
    ASKING = "asking"
    NOT_ANSWERED = "not answered"
    TROUBLE = "trouble"
    LOOKED_AT = "looked at"
    PAUSED = "paused"
    LEARNING = "learning"
    SEEING = "seeing"
    DARK = "dark"


class Facts(NamedTuple):
    """What a panel's light depends on, at one moment. `watching`: the home has been recovered and is being watched."""

    watching: bool = False
    heard: bool = False
    asking: bool = False
    not_answered: bool = False
    trouble: bool = False
    looked_at: bool = False
    paused: bool = False
    learning: bool = False


def light_of(facts: Facts) -> Light:
    """The one thing that the lamp says.

    >>> light_of(Facts(watching=True)), light_of(Facts(watching=True, paused=True, trouble=True)), light_of(Facts())
    (<Light.SEEING: 'seeing'>, <Light.TROUBLE: 'trouble'>, <Light.DARK: 'dark'>)
    """
    if not facts.watching:
        return Light.DARK
    said = (
        facts.heard, facts.asking, facts.not_answered, facts.trouble, facts.looked_at, facts.paused, facts.learning
    )  # fmt: skip
    return next((light for light, is_so in zip(Light, said, strict=False) if is_so), Light.SEEING)


PERIOD_MS: Final = 4000

PATTERNS: Final[Mapping[Light, tuple[int, ...]]] = {
    Light.HEARD: (200,) * 20,
    Light.ASKING: (500,) * 8,
    Light.NOT_ANSWERED: (400, 400, 400, 2800),
    Light.TROUBLE: (2000, 2000),
    Light.LOOKED_AT: (1500, 500, 500, 1500),
    Light.PAUSED: (500, 3500),
    Light.LEARNING: (3500, 500),
    Light.SEEING: (PERIOD_MS,),
    Light.DARK: (0, PERIOD_MS),
}
"""For each light how long the lamp is on, off, on, … (ms); together `PERIOD_MS`, over and over."""

BEEP_MS: Final = (300, 300, 300, 9100)
"""Two short tones every ten seconds while the panel asks aloud."""

SOUND_AFTER_S: Final = 2 * MINUTE_S
"""Light before sound: most who are about see it, and the others are not startled."""

_DAY_S: Final = (8 * HOUR_S, 21 * HOUR_S)
"""By the clock of the home, when a panel with `sound = "day"` may make a sound."""


def is_on(light: Light, since_ms: int) -> tuple[bool, int]:
    """Whether the lamp is on, `since_ms` after the pattern began, and for how many ms more (1 and up).

    >>> is_on(Light.PAUSED, 499), is_on(Light.PAUSED, 500), is_on(Light.PAUSED, 4000)
    ((True, 1), (False, 3500), (True, 500))
    """
    return _turn(PATTERNS[light], since_ms)


def beeps(sound: str, second_of_day: int, asked_for_ms: int) -> bool:
    """Whether the buzzer sounds, `asked_for_ms` after the asking began, by this resident's wish.

    >>> beeps("day", 3600 * 12, 120_000), beeps("day", 3600 * 3, 120_000), beeps("always", 0, 119_999)
    (True, False, False)
    """
    loud_ms = asked_for_ms - SOUND_AFTER_S * 1000
    allowed = sound == "always" or (sound == "day" and _DAY_S[0] <= second_of_day < _DAY_S[1])
    return allowed and loud_ms >= 0 and _turn(BEEP_MS, loud_ms)[0]


def _turn(pattern: tuple[int, ...], since_ms: int) -> tuple[bool, int]:
    left_ms = since_ms % sum(pattern)
    for index, length_ms in enumerate(pattern):
        if left_ms < length_ms:
            return index % 2 == 0, length_ms - left_ms
        left_ms -= length_ms
    raise AssertionError("a pattern is as long as its parts")
