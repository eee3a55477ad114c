"""What a configuration means, before anybody relies on it."""

import json
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from gateway.cli.check import check
from gateway.config.doubts import doubts
from gateway.config.reading import parse
from gateway.uplink import wire
from models.kinds import AlertKind

from .house import TOML, House, wren

HEAD = """
[home]
id = "h"
timezone = "Europe/London"
[purpose]
why = "Lives alone and wants to stay."
basis = "consent"
decided_by = "resident"
review = 2099-05-01
[[residents]]
id = "r1"
"""
WHOLE = '[uplink]\nurl = "https://desk.example"\n'


def sensor(name: str, kind: str, place: str, more: str = 'resident = "r1"') -> str:
    pin = sum(map(ord, name)) % 28
    return f'[[sensors]]\nid = "{name}"\nkind = "{kind}"\nplace = "{place}"\n{more}\ngpio = {{ pin = {pin} }}\n'


def on(kind: str, owner: str = "team", second: str | None = None) -> str:
    more = "" if second is None else f'second = "{second}"\n'
    return f'[alerts.{kind}]\nreason = "lives alone"\nowner = "{owner}"\n{more}'


TEAM = '[[recipients]]\nid = "team"\nhours = "24h"\n'
OFFICE = '[[recipients]]\nid = "office"\nhours = "office"\n'
OTHERS = '[[recipients]]\nid = "others"\nhours = "24h"\n'
TAP = sensor("tap", "tap", "kitchen") + sensor("front", "door", "outside-door")


def test_it_says_who_what_and_to_whom(house: House) -> None:
    shown = CliRunner().invoke(check, ["--config", str(house.path)])
    assert shown.exit_code == 0
    for part in (
        "Home h-0001, local time of Europe/London.",
        "Residents: r1.",
        "pin 17 (BCM), on when low",
        "Bluetooth C0:FF:EE:12:34:56, heart_rate",
        "owned by team (day and night)  because: lives alone",
        "no [alerts.help_button] table gives a reason and an owner",
        "Messages go to https://127.0.0.1:9, which must prove itself by the public certificate authorities.",
    ):
        assert part in shown.output


def test_json_says_the_same(house: House) -> None:
    document = json.loads(CliRunner().invoke(check, ["--json", "--config", str(house.path)]).output)
    assert document["alerts_on"] == {"inactivity": {"reason": "lives alone", "owner": "team", "second": None}}
    assert document["answers"] == {"unanswered_after_min": 10, "attention_per_week": None, "snooze_at_most_days": 7}
    assert set(document["alerts_off"]) == set(AlertKind) - {AlertKind.INACTIVITY}
    mock, mended, second, used, door, _ = document["warnings"]
    assert second == "No `second` for inactivity: nobody else is told when the owner does not answer."
    assert "nobody is told when a sensor fails" in mended
    assert mock == '[gateway] pin_factory = "mock" is for rehearsals: no real pin is read.'
    assert "only what is used is sensed" in used
    assert "no sensor is on an outside door" in door


def test_a_refused_configuration_is_told_with_its_line(house: House) -> None:
    house.write(extra="unknown = 1\n")
    told = wren("check", "--config", house.path)
    assert told.returncode == 2
    assert told.stdout == b""
    assert b"home.toml:" in told.stderr
    assert b"unknown key `unknown`" in told.stderr
    assert wren("check", "--config", house.folder / "none.toml").returncode == 2


def doubts_of(text: str) -> list[str]:
    """What is doubted of the home of `text`, but for that nobody mends its sensors, or is second to its owners."""
    known = ("when a sensor fails", "when the owner does not answer")
    return [one for one in doubts(parse(HEAD + text)) if not any(part in one for part in known)]


def test_a_whole_configuration_leaves_no_doubt() -> None:
    text = TAP + TEAM + OTHERS + on("inactivity", second="others") + on("sensor_silent") + WHOLE
    assert list(doubts(parse(HEAD + text))) == []


def test_it_says_when_nobody_would_mend_the_sensors() -> None:
    [doubt] = doubts(parse(HEAD + TAP + TEAM + OTHERS + on("inactivity", second="others") + WHOLE))
    assert doubt.startswith("None of battery_low, radio_down, sensor_chatter, sensor_silent, sensor_stuck has an owner")
    assert doubt.endswith("nobody is told when a sensor fails.")


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        (TAP + WHOLE, "No [alerts.KIND] table: live, every alert kind is off"),
        (TAP + TEAM + on("inactivity"), "No [uplink] table: messages stay in this house."),
        (TAP + TEAM + on("inactivity") + WHOLE + 'ca_file = "/no/where.pem"', "/no/where.pem is not on this machine"),
        (TAP + TEAM + on("inactivity") + on("help_button") + WHOLE, "there is no sensor of the kind button"),
        (
            TAP.replace("gpio = {", "#") + TEAM + on("inactivity") + WHOLE,
            "Neither `gpio` nor `ble`, so live never heard (fine in a recording): tap",
        ),
        (TAP + OFFICE + on("inactivity", "office") + WHOLE, "nobody answers inactivity."),
        (TAP + TEAM + OFFICE + on("inactivity") + WHOLE, "Recipients who own no alert kind: office."),
        (TAP + TEAM + on("long_stay") + WHOLE, "no sensor can tell a stay"),
        (
            TAP + sensor("bath", "motion", "bathroom") + sensor("sofa", "seat", "lounge").replace("lounge", "kitchen")
            + TEAM + on("long_stay") + WHOLE,
            "A stay in the bathroom cannot be told",
        ),
        (sensor("t", "temperature", "hall") + TEAM + on("inactivity") + WHOLE, "no sensor shows a sign of life"),
        (TAP + TEAM + on("resting_pulse") + WHOLE, "there is no sensor of the kind heart_rate"),
        (TAP + TEAM + on("not_worn") + WHOLE, "there is no wearable"),
        (TAP.replace('resident = "r1"', "") + TEAM + on("inactivity") + WHOLE, "No sensor belongs to r1"),
        (TAP + TEAM + on("inactivity") + WHOLE + '[gateway]\npin_factory = "mock"', "is for rehearsals"),
    ],
)  # fmt: skip
def test_what_is_valid_and_may_not_be_meant(text: str, doubt: str) -> None:
    found = doubts_of(text)
    assert [one for one in found if doubt in one], found
    assert len(found) == 1


def test_it_says_when_an_urgent_alert_has_no_second_recipient() -> None:
    kinds = on("inactivity") + on("long_stay", second="others") + on("night_exit") + on("sensor_silent")
    found = list(doubts(parse(HEAD + TAP + TEAM + OTHERS + kinds + WHOLE)))
    told = [one for one in found if "owner does not answer" in one]
    assert told == ["No `second` for inactivity, night_exit: nobody else is told when the owner does not answer."]


def test_it_says_when_a_second_recipient_is_never_told() -> None:
    text = TAP + TEAM + OTHERS + on("less_tap_use", second="others") + WHOLE
    assert doubts_of(text) == [
        "less_tap_use can never be urgent: `second` is told of what is urgent only, so never of these."
    ]


def test_it_shows_the_second_recipient_and_what_may_come_back(tmp_path: Path) -> None:
    answers = "[answers]\nunanswered_after_min = 5\nattention_per_week = [0.5, 2]\nsnooze_at_most_days = 0\n"
    path = tmp_path / "home.toml"
    path.write_text(HEAD + TAP + TEAM + OTHERS + on("inactivity", second="others") + answers + WHOLE, encoding="utf-8")
    out = CliRunner().invoke(check, ["--config", str(path)]).output
    assert "owned by team (day and night), after 5 min also others (day and night)" in " ".join(out.split())
    assert "acknowledgements and outcomes, away, an attention budget of 0.5 to 2 a week; no snooze." in out


def test_where_a_silence_can_hardly_be_told_it_says_so() -> None:
    taps = sensor("tap", "tap", "kitchen") + TEAM + on("inactivity") + WHOLE
    assert "only what is used is sensed" in "".join(doubts_of(taps))
    door = sensor("front", "door", "outside-door") + sensor("help", "button", "hall")
    said = doubts_of(door + TEAM + on("inactivity") + on("help_button") + WHOLE)
    assert said == [
        "`inactivity` is on, and nothing senses life indoors: of outside doors and buttons no silence is judged."
    ]


def test_bathroom_seen_from_two_places_is_no_doubt() -> None:
    rooms = sensor("bath", "motion", "bathroom") + sensor("hall", "motion", "hall") + TAP
    assert doubts_of(rooms + TEAM + on("long_stay") + WHOLE) == []


def test_the_schema_is_that_of_the_wire(tmp_path: Path) -> None:
    shown = wren("check", "--schema", "--config", tmp_path / "none.toml")
    assert shown.returncode == 0
    schema = json.loads(shown.stdout)
    assert schema == json.loads(json.dumps(wire.schema()))
    jsonschema.Draft202012Validator.check_schema(schema)


def test_the_example_house_is_valid() -> None:
    assert parse(TOML).home.id == "h-0001"
