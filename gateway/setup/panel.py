"""The light and the buttons of the resident's panel, by pins that are given by hand: an output cannot be pressed."""

from typing import Any, Final

from gateway.setup.asking import Asker
from gateway.setup.merging import Data
from gateway.setup.naming import ids

_PARTS: Final = (
    ("light_pin", "Which pin has its lamp?", True),
    ("ok_pin", 'Which pin has the button "I\'m OK"? Enter alone: none.', False),
    ("pause_pin", "Which pin has the button for a pause? Enter alone: none.", False),
    ("sound_pin", "Which pin has its buzzer? Enter alone: none.", False),
)
_HIGHEST: Final = 27


def ask_panels(asker: Asker, data: Data, apart: dict[int, str]) -> None:
    """Whose panel is on which pins. `apart` are pins that something else of this machine uses."""
    for resident in ids(data.get("residents", [])):
        panels: list[dict[str, Any]] = data.get("panels", [])
        before = next((one for one in panels if one.get("resident") == resident), None)
        whose = f" for {resident}" if len(data["residents"]) > 1 else ""
        lines = [
            f"Is there a panel{whose}: a lamp that shows what the sensors do, and buttons to answer?",
            *([f"So far: {in_words(before)}"] if before else []),
        ]
        options = {"y": "yes" if before is None else "yes, and other pins", "n": "no"}
        chosen = asker.choice(lines, options | ({"k": "as it is"} if before else {}), "k" if before else "n")
        rest = [one for one in panels if one.get("resident") != resident]
        if chosen == "n":
            data["panels"] = rest
        elif chosen == "y":
            data["panels"] = [*rest, _ask_panel(asker, data | {"panels": rest}, resident, before or {}, apart)]
    if not data.get("panels"):
        data.pop("panels", None)


def _ask_panel(
    asker: Asker, data: Data, resident: str, before: dict[str, Any], apart: dict[int, str]
) -> dict[str, Any]:
    panel: dict[str, Any] = before | {"resident": resident}
    for key, _, _ in _PARTS:
        panel.pop(key, None)
    for key, words, is_needed in _PARTS:
        used = used_pins(data) | {pin: "this panel" for name, pin in panel.items() if name.endswith("_pin")}

        def check(answer: str, used: dict[int, str] = used | apart, *, is_needed: bool = is_needed) -> str | None:
            return None if not answer and not is_needed else bad_pin(answer, used)

        answer = asker.text([words, "Its GPIO number, as the drawing has it."], "Pin", str(before.get(key, "")), check)
        if answer:
            panel[key] = int(answer)
    if "sound_pin" not in panel:
        panel.pop("sound", None)
    else:
        options = {"d": "by day only", "a": "at night, too", "n": "never"}
        words_of = {"d": "day", "a": "always", "n": "never"}
        now = next((key for key, one in words_of.items() if one == panel.get("sound", "day")), "d")
        panel["sound"] = words_of[asker.choice(["When may it sound?"], options, now)]
    if "pause_pin" not in panel:
        panel.pop("pause", None)
    return panel


def used_pins(data: Data) -> dict[int, str]:
    """Each pin that the home uses, and by what."""
    found = {one["gpio"]["pin"]: str(one.get("id")) for one in data.get("sensors", []) if "pin" in one.get("gpio", {})}
    for panel in data.get("panels", []):
        found |= {pin: f"the panel of {panel.get('resident')}" for key, pin in panel.items() if key.endswith("_pin")}
    return found


def bad_pin(answer: str, used: dict[int, str]) -> str | None:
    """What is wrong with a pin that was given by hand.

    >>> bad_pin("17", {17: "bed"}), bad_pin("40", {}), bad_pin("4", {})
    ('Pin 17 is used by bed.', 'A BCM number from 0 to 27.', None)
    """
    if not (answer.isdecimal() and answer.isascii() and int(answer) <= _HIGHEST):
        return f"A BCM number from 0 to {_HIGHEST}."
    return f"Pin {int(answer)} is used by {used[int(answer)]}." if int(answer) in used else None


def in_words(panel: dict[str, Any]) -> str:
    """A panel on one line.

    >>> in_words({"resident": "r1", "light_pin": 5, "ok_pin": 6})
    'light on pin 5, ok on pin 6'
    """
    return ", ".join(f"{key.removesuffix('_pin')} on pin {pin}" for key, pin in panel.items() if key.endswith("_pin"))
