"""What the screen says to a technician: what to do with each kind of sensor, and what the keys do."""

from typing import Final

from gateway.walktest.call_turn import CallTurn
from gateway.walktest.forms import REASONS, Proof
from gateway.walktest.panel_turn import PanelTurn
from gateway.walktest.scope import Item
from gateway.walktest.turn import Turn
from gateway.walktest.walk import Walk
from models.kinds import SensorKind

_DO: Final = {
    SensorKind.DOOR: "open it and shut it",
    SensorKind.SEAT: "sit down and get up",
    SensorKind.BED: "lie down and get up",
    SensorKind.TAP: "turn it on and off",
    SensorKind.TOILET: "flush it",
    SensorKind.MOTION: "walk past it",
    SensorKind.PRESENCE: "go in, and out again until it has seen that nobody is there",
    SensorKind.FRIDGE: "open it and shut it",
    SensorKind.CUPBOARD: "open it and shut it",
    SensorKind.APPLIANCE: "switch it on and off",
    SensorKind.HEART_RATE: "put it on and wait for a value",
    SensorKind.STEPS: "walk some steps with it",
    SensorKind.TEMPERATURE: "wait for a value, or breathe on it",
    SensorKind.HUMIDITY: "wait for a value, or breathe on it",
    SensorKind.BATTERY: "wait for a value: it comes with the device",
    SensorKind.WATER: "let the water run, then wait for the end of the draw",
    SensorKind.BADGE: "bring it near",
    SensorKind.BUTTON: "press it",
}

REASON_WORDS: Final = {
    "resident-declines": "the resident does not want it touched",
    "not-reachable": "it cannot be reached today",
    "part-missing": "a part is missing",
    "weak-radio": "its radio is too weak; it will be moved",
    "not-in-season": "it is not used at this time of the year",
}


def named(item: Item) -> str:
    """An item by its id, what it is, and where."""
    if item.panel is not None:
        return f"the panel of {item.name}"
    return f"{item.name} ({str(item.kind).replace('_', ' ')}, {item.place.replace('-', ' ')})"


def to_do(turn: Turn | PanelTurn, now_s: float) -> str:
    """The next thing to do, or what is waited for."""
    missing = turn.missing(now_s)
    if isinstance(turn, PanelTurn | CallTurn) or missing:
        return missing
    return _DO[SensorKind(turn.item.kind)] if not turn.is_seen else "seen"


def of(proof: Proof) -> str:
    """What came of it, in one line."""
    if proof.outcome == "gone":
        return "not there any more: take it out of home.toml (`wren setup`)"
    if proof.outcome == "skipped":
        return f"left out: {REASON_WORDS[proof.reason or 'not-reachable']}"
    said = {"both": "both edges", "one": "seen", "value": "a value", None: "seen"}[proof.seen]
    if proof.panel is not None:
        return f"{len(proof.panel.lights)} lights confirmed" + (", sound" if proof.panel.sound else "")
    if proof.radio is not None:
        said += f"; {proof.radio.median_dbm} dBm, least {proof.radio.least_dbm} of {proof.radio.packets}"
    if proof.wire is not None:
        said += f"; at rest in {proof.wire.longest_ms} of {proof.wire.debounce_ms} ms"
    if proof.call is not None:
        return f"at the desk in {proof.call.at_the_desk_s} s, answered in {proof.call.acknowledged_s} s"
    return said


def keys(walk: Walk) -> str:
    """What the keys do now."""
    if walk.asks == "s":
        return "Why? " + "  ".join(f"{key}: {REASON_WORDS[reason]}" for key, reason in REASONS.items())
    if walk.asks == "g":
        return "Not there any more, so take it out of home.toml? y: yes, any other key: no"
    turn = walk.turn
    if turn is None:
        return "q: quit"
    own = "t: announce the test  " if isinstance(turn, CallTurn) else ""
    own = "y: yes, seen  x: no  " if isinstance(turn, PanelTurn) else own
    skip = "" if isinstance(turn, CallTurn) else "s: leave out  "
    again = "" if isinstance(turn, PanelTurn) else "r: begin this one again  "
    return f"{own}{again}{skip}g: not there any more  l: later  q: quit and go on another time"


def waits(walk: Walk) -> str:
    """What is still waited for when every sensor has had its turn."""
    if not walk.enrolled:
        return "This gateway is not enrolled, so the walk-test cannot pass: `sudo wren enrol`, then this again."
    if walk.gone:
        return f"Cannot pass: {', '.join(item.name for item in walk.gone)} is not there any more, but in home.toml."
    if walk.beat is None:
        return "Waiting for the desk to confirm a heartbeat (at most a minute; if not, look at `wren status`)."
    if not walk.clock_set:
        return "Waiting for the clock to be set from the network (`timedatectl`)."
    return ""
