"""Open alerts, with everything that a person needs to judge them."""

import json
import os
import pty
import re
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway.answers import answered
from gateway.cli.alerts import alerts
from gateway.config.places import places_of
from models.kinds import AlertKind, Audience
from models.localtime import utc_text

from .house import Beat, House, acknowledging, alert, resolved, wren


def shown(house: House, *options: str) -> str:
    result = CliRunner().invoke(alerts, ["--config", str(house.path), *options])
    assert result.exit_code == 0, result.output
    return result.output


def test_an_open_alert_is_shown_whole(house: House) -> None:
    now_s = int(time.time())
    house.says(alert(1, now_s), beats=[Beat(now_s)])
    text = shown(house)
    for part in (
        "inactivity, r1: urgent",
        "No movement seen since 12:00 (kitchen).",
        "usually under 1 h 50",
        "All sensors heard.",
        "cannot tell  This cannot tell whether",
        "Ring her.",
        "1 open alert.",
    ):
        assert part in text


def test_whose_it_is_to_see_to_a_sensor_is_said(house: House) -> None:
    house.says(alert(1, int(time.time()), kind=AlertKind.SENSOR_SILENT, audience=Audience.TECHNICIAN))
    assert "sensor_silent, for the technician: urgent" in shown(house)


def test_what_has_ended_is_shown_only_when_asked_for(house: House) -> None:
    now_s = int(time.time())
    house.says(alert(1, now_s - 60), resolved(2, 1, now_s), beats=[Beat(now_s)])
    text = shown(house)
    assert "inactivity" not in text
    assert "No alert is open.\nThe daemon was last heard under a minute ago" in text
    assert "This does not mean that all is well." in text
    text = shown(house, "--all")
    assert "ended" in text
    assert "Movement was seen again (hall)." in text


def test_json_has_the_fields_of_the_wire(house: House) -> None:
    house.says(alert(1, 1_795_183_320), alert(2, 1_795_183_320), resolved(3, 2, 1_795_183_380))
    document = json.loads(shown(house, "--all", "--json"))
    assert [(a["id"][-1], a["open"], len(a["updates"])) for a in document["alerts"]] == [
        ("1", True, 0),
        ("2", False, 1),
    ]
    assert document["alerts"][0]["raised_at"] == "2026-11-20T14:02:00Z"
    assert [a["id"][-1] for a in json.loads(shown(house, "--json"))["alerts"]] == ["1"]


def test_times_are_the_homes_not_the_machines(house: House) -> None:
    house.path.write_text(house.path.read_text().replace("Europe/London", "Asia/Kolkata"))
    house.says(alert(1, 1_795_183_320))
    assert b"raised 19:32" in wren("alerts", "--config", house.path, TZ="America/New_York").stdout


def test_an_urgent_alert_says_whether_a_person_has_acknowledged_it(house: House) -> None:
    now_s = int(time.time())
    house.says(alert(1, now_s, kind=AlertKind.HELP_BUTTON), alert(2, now_s, kind=AlertKind.SENSOR_SILENT,
               audience=Audience.TECHNICIAN))  # fmt: skip
    assert shown(house).count("Nobody at the desk has acknowledged it yet.") == 1
    assert [one["acknowledged_at"] for one in json.loads(shown(house, "--json"))["alerts"]] == [None, None]
    answered.write(places_of(house.config).answers, acknowledging(1, now_s))
    assert "Acknowledged by a person at " in shown(house)
    assert "acknowledged it yet" not in shown(house)
    assert json.loads(shown(house, "--json"))["alerts"][0]["acknowledged_at"] == utc_text(now_s)
    places_of(house.config).answers.write_bytes(b"{")
    assert "Whether anybody has answered is not shown to this user." in shown(house)


def test_before_the_first_start_nothing_is_claimed(house: House) -> None:
    told = wren("alerts", "--config", house.path)
    assert (told.returncode, told.stdout) == (4, b"")
    assert b"Start `wren run`, which makes it." in told.stderr


@pytest.mark.parametrize(("no_colour", "coloured"), [(None, True), ("1", False)])
def test_colour_is_for_a_terminal_that_wants_it(house: House, no_colour: str | None, coloured: bool) -> None:
    house.says(alert(1, int(time.time())), beats=[Beat(int(time.time()))])
    text = on_a_terminal("alerts", "--config", str(house.path), no_colour=no_colour)
    assert bool(re.search(r"\x1b\[[0-9;]*3\d", text)) is coloured
    assert "No movement seen" in text
    assert "\x1b" not in shown(house)


def on_a_terminal(*arguments: str, no_colour: str | None) -> str:
    """What `wren` writes to a terminal of 80 columns."""
    environ = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    environ |= {"TERM": "xterm-256color", "COLUMNS": "80", "PYTHONPATH": str(Path(__file__).parents[2])}
    if no_colour:
        environ["NO_COLOR"] = no_colour
    ours, theirs = pty.openpty()
    text = b""
    with subprocess.Popen([sys.executable, "-m", "gateway", *arguments], stdout=theirs, env=environ) as process:
        os.close(theirs)
        while select.select([ours], [], [], 20)[0]:
            try:
                text += os.read(ours, 4096)
            except OSError:  # Linux: the other side has closed
                break
        process.wait(20)
    os.close(ours)
    return text.decode()
