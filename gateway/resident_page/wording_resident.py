"""Every sentence of the resident's sheet: plain words, one thought each, true of this home's own configuration."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from models.checkin import POSTPONES_S
from models.kinds import AlertKind, SensorKind
from models.localtime import HOUR_S, MINUTE_S
from models.panel_light import Light
from models.pause import LONGEST_S
from models.wording import listed, spoken
from models.wording_panel import LIGHTS

TITLE: Final = "The small box in your home"

SEES: Final[Mapping[SensorKind, str]] = {
    SensorKind.DOOR: "the door",
    SensorKind.SEAT: "the seat",
    SensorKind.BED: "the bed",
    SensorKind.TAP: "the tap",
    SensorKind.TOILET: "the flush",
    SensorKind.MOTION: "movement",
    SensorKind.PRESENCE: "if somebody is there",
    SensorKind.FRIDGE: "the fridge door",
    SensorKind.CUPBOARD: "the cupboard door",
    SensorKind.APPLIANCE: "what is switched on",
    SensorKind.HEART_RATE: "your pulse",
    SensorKind.STEPS: "your steps",
    SensorKind.BUTTON: "the help button",
    SensorKind.TEMPERATURE: "how warm it is",
    SensorKind.HUMIDITY: "how damp it is",
    SensorKind.WATER: "how much water runs",
    SensorKind.BADGE: "a carer's badge",
}
"""What a sensor notices. A battery's level is of the sensor, not of the person, and is left out."""

TOLD: Final[Mapping[AlertKind, str]] = {
    AlertKind.HELP_BUTTON: "a press of the help button",
    AlertKind.INACTIVITY: "a very long time without movement",
    AlertKind.LONG_STAY: "a very long time in one place",
    AlertKind.LATE_START: "a late start to the day",
    AlertKind.NIGHT_EXIT: "an outside door at night",
    AlertKind.OUT_OF_BED: "a long time out of bed at night",
    AlertKind.NOT_HOME: "a very long time out",
    AlertKind.COLD_HOME: "a cold home",
    AlertKind.HOT_HOME: "a hot home",
}
"""Each kind that is about one day or one hour, after "Is told of"."""

CHANGES: Final[Mapping[AlertKind, str]] = {
    AlertKind.MORE_BATHROOM: "the bathroom at night",
    AlertKind.LESS_TAP_USE: "the kitchen tap",
    AlertKind.LESS_ACTIVE: "how much you are about",
    AlertKind.MORE_ACTIVE: "how much you are about",
    AlertKind.SLOW_TRANSIT: "the way between rooms",
    AlertKind.RESTLESS_NIGHT: "your nights",
    AlertKind.RESTING_PULSE: "your pulse",
    AlertKind.NOT_WORN: "if the strap is worn",
    AlertKind.SEVERAL_CHANGES: "",
    AlertKind.GRADUAL_CHANGE: "",
}
"""Each kind that is about days or weeks: what changes. Two kinds are about any of it, and name nothing of their own."""

HOURS: Final = {"24h": "day and night", "office": "in office hours"}


def no_alarm(emergency: str, *, has_button: bool) -> list[str]:
    """That it is no alarm, and what to use instead; `emergency` is a number, or a line to write it on."""
    instead = f"If you need help now, ring {emergency} or press your own alarm. Keep your pendant."
    if has_button:
        instead += " Our help button needs power and internet."
    return [
        "This is no alarm for emergencies. It notices in hours, not in minutes. It does not know if you fall.",
        instead,
    ]


def how_it_works(places: int) -> str:
    """What it is, before the list of what it sees."""
    rooms = "one place" if places == 1 else f"{places} places"
    first = f"Small sensors in {rooms} of your home notice what is used. The box learns your usual day."
    return f"{first} There is no camera and no microphone."


def leaves(*, has_way_out: bool, sign_min: int, habits: Sequence[str] | None) -> list[str]:
    """What leaves the house; `habits` are those a summary may tell of, None: all of them."""
    if not has_way_out:
        return ["Nothing leaves your home."]
    if habits is None:
        week = "Once a week: a short summary of your habits."
    elif habits:
        week = f"Once a week: a short summary. You agreed that it may tell of {listed(map(spoken, habits))}."
    else:
        week = "Once a week: a short summary. It tells of no habit, for you have not agreed to any."
    return [
        "An alert when a day is not as usual: what was seen, and when.",
        "Once a day: a line about what could be seen.",
        week,
        f"Every {sign_min} minutes: a sign that the box works.",
    ]


def stays(retention_days: int, habit_days: int) -> list[str]:
    """What never leaves, and for how long it is kept."""
    return [
        f"The list of what was used, and when. It is kept for {retention_days} days.",
        f"The counts of each day. They are kept for {habit_days // 30} months.",
        "Who came to see you. Your name: the box does not know it.",
    ]


def hears(recipient: str, hours: str, kinds: Collection[AlertKind], *, is_second: bool) -> tuple[str, str]:
    """Who hears of what: the role, and sentences.

    >>> hears("day-team", "office", [AlertKind.COLD_HOME, AlertKind.LESS_TAP_USE], is_second=False)[1]
    'Is told of a cold home. Also of changes over days or weeks: the kitchen tap.'
    """
    parts = []
    if now := [said for kind, said in TOLD.items() if kind in kinds]:
        parts.append(f"Is told of {listed(now)}.")
    if any(kind in kinds for kind in CHANGES):
        what = dict.fromkeys(said for kind, said in CHANGES.items() if kind in kinds and said)
        parts.append(
            f"{'Also' if parts else 'Is told'} of changes over days or weeks{f': {listed(what)}' if what else ''}."
        )
    if is_second:
        parts.append("Is told of what is urgent if nobody answers.")
    return f"{_capital(spoken(recipient))} ({HOURS[hours]})", " ".join(parts)


def mends(recipient: str, hours: str) -> tuple[str, str]:
    """Who hears of sensors, and of nobody.

    >>> mends("technician", "office")
    ('Technician (in office hours)', 'Is told if a sensor fails.')
    """
    return (
        f"{_capital(spoken(recipient))} ({HOURS[hours]})",
        "Is told if a sensor fails.",
    )


def light(one: Light) -> tuple[str, str]:
    """What the lamp is called when it shows this, and what that means.

    >>> light(Light.LEARNING)
    ('Learning', 'the first days; only the fixed limits apply.')
    """
    name, _, meaning = LIGHTS[one].partition(":")
    return name, meaning.strip()


def ok_button() -> str:
    """What "I'm OK" does."""
    minutes = POSTPONES_S // MINUTE_S
    return f'The button "I\'m OK": press it when the lamp asks. An alert then waits {minutes} minutes.'


def pause(*, has_button: bool, holds_all: bool) -> list[str]:
    """How to pause, and what that stops."""
    hours = LONGEST_S // HOUR_S
    if not has_button:
        return ["Your home has no pause button. If you want one, ask."]
    waits = "All alerts wait until the end, but not the help button." if holds_all else "What is urgent is still told."
    return [
        f"Press the pause button. Nothing is learnt then, for {hours} hours at most. Press again to end it.",
        f"{waits} You need not say why. That you pause is seen, and for how long.",
    ]


def rights(contact: str, *, decided_by: str | None, decided_with: str | None) -> list[str]:
    """How to say no, and to whom; `decided_by` as in `[purpose]`, None where nobody has written it down."""
    how = "You can say no today or on any day. Nobody may be cross with you for it."
    if decided_by == "resident":
        how = f"You agreed to this. {how}"
    elif decided_by is not None:
        how = f"Others decided this for your good: {decided_with}. {how}"
    return [
        how,
        f"Ring {contact}. Say: please take it away. Or: please show me all that is kept. Or: please delete it.",
    ]


def why(text: str, review: str) -> list[str]:
    """Why it is there, as it was written down."""
    return [text, f"We talk about it again by {review}."]


def why_missing() -> list[str]:
    """Nobody wrote it down."""
    return ["Nobody has written down why it is here. Ask them to."]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
