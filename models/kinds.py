"""The closed lists: what a sensor can be, what can be told, how soon, and to whom (ARCHITECTURE, "Contracts")."""

from enum import StrEnum


class SensorKind(StrEnum):
    """The closed list of sensor kinds; it grows only with a decoder or a GPIO kind."""

    DOOR = "door"
    SEAT = "seat"
    BED = "bed"
    TAP = "tap"
    TOILET = "toilet"
    MOTION = "motion"
    PRESENCE = "presence"
    FRIDGE = "fridge"
    CUPBOARD = "cupboard"
    APPLIANCE = "appliance"
    HEART_RATE = "heart_rate"
    STEPS = "steps"
    BUTTON = "button"
    TEMPERATURE = "temperature"
    HUMIDITY = "humidity"
    BATTERY = "battery"
    WATER = "water"
    BADGE = "badge"


class Severity(StrEnum):
    """How soon a person should look: now, today, or when there is time."""

    URGENT = "urgent"
    ATTENTION = "attention"
    NOTE = "note"


class Audience(StrEnum):
    """Who a finding is for. Sensor trouble is never the carer's."""

    CARE = "care"
    TECHNICIAN = "technician"


class AlertKind(StrEnum):
    """The alert kinds that this version can raise (ARCHITECTURE, "Contracts")."""

    HELP_BUTTON = "help_button"
    INACTIVITY = "inactivity"
    LONG_STAY = "long_stay"
    LATE_START = "late_start"
    NIGHT_EXIT = "night_exit"
    OUT_OF_BED = "out_of_bed"
    NOT_HOME = "not_home"
    MORE_BATHROOM = "more_bathroom"
    LESS_TAP_USE = "less_tap_use"
    LESS_ACTIVE = "less_active"
    SEVERAL_CHANGES = "several_changes"
    COLD_HOME = "cold_home"
    HOT_HOME = "hot_home"
    GRADUAL_CHANGE = "gradual_change"
    SLOW_TRANSIT = "slow_transit"
    RESTLESS_NIGHT = "restless_night"
    MORE_ACTIVE = "more_active"
    RESTING_PULSE = "resting_pulse"
    NOT_WORN = "not_worn"
    SENSOR_SILENT = "sensor_silent"
    SENSOR_STUCK = "sensor_stuck"
    SENSOR_CHATTER = "sensor_chatter"
    BATTERY_LOW = "battery_low"
    RADIO_DOWN = "radio_down"
    WALK_TEST_DRIFT = "walk_test_drift"


TECHNICIAN = frozenset({
    AlertKind.SENSOR_SILENT, AlertKind.SENSOR_STUCK, AlertKind.SENSOR_CHATTER, AlertKind.BATTERY_LOW,
    AlertKind.RADIO_DOWN, AlertKind.WALK_TEST_DRIFT,
})  # fmt: skip
"""Kinds about sensors, for the technician: about nobody, in no carer's budget, list or summary (ALERTS, rule 4)."""


NOTES = frozenset({AlertKind.RESTLESS_NIGHT, AlertKind.MORE_ACTIVE, AlertKind.RESTING_PULSE, AlertKind.NOT_WORN})
"""Kinds that are never alerts of their own: lines of a summary, or within `several_changes` (ALERTS, rule 9)."""
