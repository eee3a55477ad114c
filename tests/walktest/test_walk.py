"""The whole walk at a terminal: real pins (simulated), daemon, messenger and desk, and a technician's keys."""

import json
import re
import signal
from pathlib import Path
from typing import Any

import pytest

from gateway.config.places import places_of
from gateway.config.reading import load
from gateway.walktest import issue
from tests.bthome_air import OPEN, SHUT
from tests.cli.house import wren
from tests.walktest.air import Radio
from tests.walktest.site import ADDRESS, PANEL, SHED, Site, site
from tests.walktest.terminal import Terminal

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


def at_the_terminal(home: Site, *options: str) -> Terminal:
    return Terminal("walk-test", "--config", home.config, "--by", "t17", *options, lines=30, columns=120)


def standing(home: Site) -> dict[str, Any]:
    told = wren("walk-test", "--config", home.config, "--json")
    found: dict[str, Any] = json.loads(told.stdout)
    assert told.returncode == (0 if found["passed"] else 1)
    return found


def walk_sensors(home: Site, terminal: Terminal) -> None:
    terminal.until(r"front-door.*open it and shut it")
    home.move("front-door", bounces=3)
    terminal.until(r"kitchen-tap.*turn it on and off")
    home.move("kitchen-tap")
    terminal.until(r"hall.*walk past it")
    home.move("hall")
    terminal.until(r"tell the care worker on duty")


def call(home: Site, terminal: Terminal) -> None:
    terminal.press("t")
    terminal.until(r"the desk knows that a test comes")
    home.move("help")
    terminal.until(r"waiting for a person there")
    home.acknowledge()


def line_of(home: Site) -> dict[str, Any]:
    (line,) = home.state()["homes"]
    return dict(line)


def test_from_never_to_live_and_the_desk_hears_of_each_step(short: Path) -> None:
    with site(short) as home:
        home.until(lambda: home.state()["homes"] and line_of(home)["status"])
        assert line_of(home)["status"]["walk_test"] == "never"
        assert "Not live yet: no walk-test has passed here." in home.get("/")
        told = wren("status", "--config", home.config)
        assert b"This home is not live yet: no walk-test has passed here." in told.stdout
        terminal = at_the_terminal(home, "--html", str(short / "c.html"))
        walk_sensors(home, terminal)
        assert not line_of(home)["test_call"]
        terminal.press("t")
        terminal.until(r"the desk knows that a test comes")
        assert "a technician there is about to try the help button" in home.get("/")
        home.move("help")
        terminal.until(r"waiting for a person there")
        (alert,) = home.until(lambda: home.state()["open_care"])
        assert (alert["kind"], alert["severity"], alert["test_call"]) == ("help_button", "urgent", True)
        shown = home.get(f"/alerts/{alert['id']}")
        assert "only somebody there can tell you that it was the test" in shown
        assert "Not live yet" in shown, "beside the alert, too"
        home.acknowledge()
        assert terminal.end() == 0
        assert "this home is live" in terminal.text
        home.until(lambda: line_of(home)["status"]["walk_test"] == "passed")
        home.until(lambda: not line_of(home)["test_call"])
        assert "Not live yet" not in home.get("/")
        assert b"not live" not in wren("status", "--config", home.config).stdout
        verified = wren("walk-test", "--verify", short / "c.html")
        assert verified.returncode == 0
        assert line_of(home)["fingerprint"].encode() in verified.stdout
        certificate = issue.current(places_of(load(home.config)), "h-0001")
        assert certificate is not None
        by_name = {proof.name: proof for proof in certificate.proofs}
        assert by_name["front-door"].wire is not None
        assert 0 < by_name["front-door"].wire.longest_ms <= 50
        assert by_name["help"].call is not None
        (short / "c.html").write_bytes((short / "c.html").read_bytes().replace(b"t17", b"t18", 1))
        assert wren("walk-test", "--verify", short / "c.html").returncode == 1


def test_killed_at_each_sensor_the_walk_goes_on_where_it_was(short: Path) -> None:
    with site(short) as home:
        for done, (sensor, turn) in enumerate(
            [("front-door", "open it"), ("kitchen-tap", "turn it on"), ("hall", "walk past")]
        ):
            terminal = at_the_terminal(home)
            terminal.until(rf"{done + 1}/4 {sensor}.*{turn}")
            home.move(sensor)
            terminal.until(rf"{done + 2}/4 ")
            terminal.process.kill(signal.SIGKILL)
            left = standing(home)["left"]
            assert len(left) == 3 - done
            assert f"sensor/{sensor}" not in left
        terminal = at_the_terminal(home)
        terminal.until(r"4/4 help")
        call(home, terminal)
        assert terminal.end() == 0


def test_another_pin_takes_live_away_until_only_that_one_was_walked(short: Path) -> None:
    with site(short) as home:
        terminal = at_the_terminal(home)
        walk_sensors(home, terminal)
        call(home, terminal)
        assert terminal.end() == 0
        home.until(lambda: line_of(home)["status"]["walk_test"] == "passed")
        text = home.config.read_text(encoding="utf-8")
        home.restart(
            text.replace("pin = 17 }", 'pin = 18 } # moved to "18"').replace("lounge", "bedroom"), 4, 18, 22, 27
        )
        home.until(lambda: line_of(home)["status"]["walk_test"] == "other_config")
        assert "Not live: its sensors are others than at the walk-test" in home.get("/")
        assert b"its sensors are others than at the walk-test" in wren("status", "--config", home.config).stdout
        assert standing(home)["left"] == ["sensor/kitchen-tap"]
        terminal = at_the_terminal(home)
        terminal.until(r"4/4 kitchen-tap.*turn it on")
        home.move("kitchen-tap")
        assert terminal.end() == 0
        home.until(lambda: line_of(home)["status"]["walk_test"] == "passed")
        assert home.state()["open_care"] == [], "no second call was made"


def test_a_home_that_is_not_enrolled_can_be_walked_and_does_not_pass(short: Path) -> None:
    with site(short, enrolled=False) as home:
        terminal = at_the_terminal(home)
        walk_sensors(home, terminal)
        assert "this gateway is not enrolled" in terminal.text
        terminal.press("q")
        assert terminal.end() == 1
        assert standing(home)["left"] == ["sensor/help"]
        assert not places_of(load(home.config)).walk_certificate.exists()


def test_the_panel_shows_each_light_and_hears_each_button(short: Path) -> None:
    with site(short, more=PANEL) as home:
        assert home.board.until_claimed(5, mode="output")
        terminal = at_the_terminal(home)
        for _ in range(4):  # the sensors and the help button can wait
            terminal.until(r"/5 ")
            terminal.press("l")
        terminal.until(r"does the light show on and off, once a second")
        shown = short / "d" / "private" / "panel.json"
        home.until(lambda: shown.exists() and b"asking" in shown.read_bytes())
        for light in (
            "two short flashes",
            "two seconds on",
            "long, short",
            "a short flash",
            "on, with a short",
            "steady",
        ):
            terminal.press("y")
            terminal.until(light)
        terminal.press("x")
        terminal.until(r"not seen: look at its pin")
        terminal.press("y")
        terminal.until(r"does it sound")
        home.until(lambda: home.board.line(19)["level"] == 1)
        terminal.press("y")
        terminal.until(r"I'm OK")
        home.hand.press("6")
        terminal.until(r"press the pause button once: the home pauses")
        home.hand.press("13")
        terminal.until(r"once more: the home goes on")
        home.board.until(lambda: False, within_s=2.1)  # presses closer together are one
        home.hand.press("13")
        terminal.until(r"front-door.*open it")
        proof = standing(home)["items"]["panel/r1"]
        assert len(proof["panel"]["lights"]) == 7
        assert (proof["panel"]["buttons"], proof["panel"]["sound"]) == (["ok", "pause"], True)
        terminal.press("q")
        assert terminal.end() == 1


def test_piped_it_says_a_line_for_each_step_and_ends_when_it_is_done(short: Path) -> None:
    with site(short, enrolled=False) as home:
        from tests.cli.process import running

        with running("walk-test", "--config", home.config, "--by", "t17") as process:
            process.until("1/4 front-door (door, outside door): open it and shut it")
            home.move("front-door")
            process.until("front-door: proven")
            process.until("2/4 kitchen-tap (tap, kitchen): turn it on and off")
        assert not re.search(r"\x1b", "".join(process.out)), "no colours into a pipe"


def test_without_a_daemon_it_says_where_to_look(short: Path) -> None:
    with site(short, enrolled=False) as home:
        assert home.daemon is not None
        home.daemon.stop()
        told = wren("walk-test", "--config", home.config, "--by", "t17")
        assert told.returncode == 4
        assert b"The daemon does not answer." in told.stderr


def test_a_name_is_no_id(short: Path) -> None:
    of = '[home]\nid = "h"\ntimezone = "UTC"\n[[residents]]\nid = "r1"\n'
    door = '[[sensors]]\nid = "a"\nkind = "door"\nplace = "hall"\n'
    (short / "home.toml").write_text(of + door, encoding="utf-8")
    told = wren("walk-test", "--config", short / "home.toml", "--by", "Jo March")
    assert told.returncode == 2
    assert b"That is no technician's id." in told.stderr
    assert b"March" not in told.stderr


def test_a_device_that_comes_in_weakly_does_not_pass_until_it_is_moved(short: Path) -> None:
    with Radio(short) as radio, site(short, more=SHED, enrolled=False, air=radio.env) as home:
        home.until(lambda: radio.is_listened_to)
        terminal = at_the_terminal(home)
        for _ in range(3):
            terminal.until(r"/5 ")
            terminal.press("l")
        terminal.until(r"shed-door.*open it")
        radio.tells(ADDRESS, OPEN, rssi=-86)
        terminal.until(r"seen once; now back again")
        radio.tells(ADDRESS, SHUT, rssi=-85)
        terminal.until(r"seen; 2 of 10 radio packets heard: set it off again")
        for _ in range(8):
            radio.tells(ADDRESS, SHUT, rssi=-86)
        terminal.until(r"weak: -86 dBm, a margin of 4 dB where 10 are needed")
        for rssi in (-64, -62) * 10:  # it was moved
            radio.tells(ADDRESS, SHUT, rssi=rssi)
        terminal.until(r"help .*tell the care worker|front-door.*open it")
        found = standing(home)["items"]["sensor/shed-door"]["radio"]
        assert found["median_dbm"] >= -80
        assert found["least_dbm"] == -86
        terminal.press("q")
        assert terminal.end() == 1
