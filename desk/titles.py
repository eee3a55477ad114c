"""What each kind of alert is called on the page."""

from typing import Final

from models.kinds import AlertKind

TITLES: Final = {
    AlertKind.HELP_BUTTON: "Help button pressed",
    AlertKind.INACTIVITY: "No sign of movement",
    AlertKind.LONG_STAY: "Longer than usual in one place",
    AlertKind.LATE_START: "Not up yet",
    AlertKind.NIGHT_EXIT: "Outside door at night",
    AlertKind.OUT_OF_BED: "Out of bed at night",
    AlertKind.NOT_HOME: "Out for longer than usual",
    AlertKind.MORE_BATHROOM: "More bathroom movement at night",
    AlertKind.LESS_TAP_USE: "Kitchen tap used less",
    AlertKind.LESS_ACTIVE: "Less about than usual",
    AlertKind.SEVERAL_CHANGES: "Several changes at once",
    AlertKind.COLD_HOME: "Cold at home",
    AlertKind.HOT_HOME: "Hot at home",
    AlertKind.GRADUAL_CHANGE: "Slowly changing habit",
    AlertKind.SLOW_TRANSIT: "Slower between rooms",
    AlertKind.RESTLESS_NIGHT: "Restless nights",
    AlertKind.MORE_ACTIVE: "Up and about more than usual",
    AlertKind.RESTING_PULSE: "Resting pulse higher",
    AlertKind.NOT_WORN: "Wearable not worn",
    AlertKind.SENSOR_SILENT: "Sensor silent",
    AlertKind.SENSOR_STUCK: "Sensor stuck",
    AlertKind.SENSOR_CHATTER: "Sensor chattering",
    AlertKind.BATTERY_LOW: "Battery low",
    AlertKind.RADIO_DOWN: "Nothing heard by radio",
    AlertKind.WALK_TEST_DRIFT: "Not as at the walk-test any more",
}


def title(kind: AlertKind) -> str:
    """The kind in words."""
    return TITLES.get(kind, kind.replace("_", " ").capitalize())
