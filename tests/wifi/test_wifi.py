"""`wren wifi`, with a stand-in for nmcli: nobody is left without a network, and no password is told."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import InputError
from gateway.uplink.probe import Asked, Probed
from gateway.wifi import change, networks, profiles
from gateway.wifi.change import Change
from gateway.wifi.nmcli import NmcliFailed, fields, rows, shown
from tests.cli.process import running
from tests.watch.rehearsal import Terminal

from .conftest import OLD, PASSWORD, Radio, network

DESK = Asked("https://desk.example", None)


def test_the_networks_are_shown_safely(radio: Radio) -> None:
    seen = networks.seen()
    assert [one.name for one in seen] == ["Old", "\\x1b[2J:\\x5c\\xff", "New", "Office", "Open"]
    assert [one.signal for one in seen if one.name == "New"] == [80], "its strongest access point counts"
    assert [one.name for one in seen if one.in_use] == ["Old"]
    assert radio.state["said"]


@given(st.binary(max_size=32), st.binary(max_size=32))
def test_no_name_moves_the_cursor_and_no_two_look_alike(one: bytes, other: bytes) -> None:
    assert shown(one).isprintable()
    assert shown(one) == shown(one).strip()
    assert (shown(one) == shown(other)) == (one == other)


@given(st.lists(st.text(st.characters(blacklist_characters="\n\r\x00")), min_size=1, max_size=6))
def test_terse_fields_are_read_as_they_were_written(values: list[str]) -> None:
    assert fields(":".join(one.replace("\\", "\\\\").replace(":", "\\:") for one in values)) == values


def _seen(name: str) -> networks.Network:
    return next(one for one in networks.seen() if one.name == name)


def _wanted(radio: Radio, name: str = "New", password: str = PASSWORD, asked: Asked | None = DESK) -> Change:
    uuid = profiles.new_uuid()
    profiles.write(_seen(name), password, uuid, radio.profiles)
    return Change(uuid=uuid, before=OLD, ssid=name.encode().hex(), began_s=1, asked=asked)


class _Time:
    """Sleeping is all that takes time."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def sleep_s(self, seconds: float) -> None:
        self.now_s += seconds

    def monotonic_s(self) -> float:
        return self.now_s


def _make(wanted: Change, radio: Radio, *problems: str) -> Change:
    """Each time the desk is asked, the next of `problems` is in the way; the last one stays."""
    left, time = list(problems) or [""], _Time()

    def probe(_: Asked) -> Probed:
        return msgspec.convert({"problem": left.pop(0) if len(left) > 1 else left[0]}, Probed)

    return change.make(
        wanted, radio.changes, probe=probe, sleep_s=time.sleep_s, monotonic_s=time.monotonic_s, utc_s=lambda: 2.0
    )


def test_a_network_over_which_the_desk_is_reached_is_kept(radio: Radio) -> None:
    wanted = _wanted(radio)
    assert radio.state["profiles"][wanted.uuid]["autoconnect"] == "false", "a power cut now must end in the old one"
    made = _make(wanted, radio, "unknown_name", "silent", "")
    assert (made.became, change.read(radio.changes)) == ("kept", made)
    state = radio.state
    assert state["active"] == wanted.uuid
    assert state["profiles"][wanted.uuid]["connection.autoconnect"] == "yes"
    assert OLD in state["profiles"], "the old one stays known"


def test_a_network_with_a_sign_in_page_is_left_again(radio: Radio) -> None:
    wanted = _wanted(radio)
    made = _make(wanted, radio, "portal")
    assert (made.became, "sign-in page" in made.why) == ("went_back", True)
    state = radio.state
    assert (state["active"], list(state["profiles"])) == (OLD, [OLD])
    assert list(radio.profiles.iterdir()) == [], "its password does not stay"


@pytest.mark.parametrize("at", ["connection up", "connection modify", "device status"])
def test_an_nmcli_that_dies_leads_back(radio: Radio, at: str) -> None:
    wanted = _wanted(radio)
    radio.set(die=[at])
    time = _Time()

    def sleep_s(seconds: float) -> None:
        time.sleep_s(seconds)
        radio.set(die=[])  # it was a bad moment

    made = change.make(
        wanted,
        radio.changes,
        probe=lambda _: Probed(),
        sleep_s=sleep_s,
        monotonic_s=time.monotonic_s,
        utc_s=lambda: 2.0,
    )
    assert made.became == "went_back"
    state = radio.state
    assert (state["active"], list(state["profiles"])) == (OLD, [OLD])


def test_an_old_network_that_is_gone_is_tried_for_a_while_and_said(radio: Radio) -> None:
    wanted = _wanted(radio, password="wrong password")
    radio.set(broken=[OLD])
    made = _make(wanted, radio)
    ups = [said[-1] for said in radio.state["said"] if said[:2] == ["connection", "up"]]
    assert (made.became, ups) == ("alone", [wanted.uuid, *[OLD] * change.BACK_TRIES])


def test_a_cable_beside_it_is_told(radio: Radio) -> None:
    radio.set(devices=[{"DEVICE": "eth0", "TYPE": "ethernet", "STATE": "connected"}])
    assert _make(_wanted(radio), radio).cable == "eth0"


@pytest.mark.parametrize("password", ["short", "x" * 65, "Grüße aus Köln", "with\nnewline", "g" * 64])
def test_what_is_no_password_is_not_tried(password: str) -> None:
    one = networks.Network(b"New", "6", 80, "wpa-psk", "wlan0", in_use=False)
    with pytest.raises(InputError) as refused:
        profiles.refuse_password(one, password)
    assert password not in refused.value.problem + refused.value.advice
    profiles.refuse_password(one, "0f" * 32)


@given(
    st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=8, max_size=63),
    st.binary(min_size=1, max_size=32),
)
def test_any_password_and_any_name_get_through(password: str, ssid: bytes) -> None:
    text = profiles._text(networks.Network(ssid, "6", 80, "wpa-psk", "wlan0", in_use=False), password, OLD)
    lines = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    psk = lines["psk"].replace("\\\\", "\0").replace("\\s", " ").replace("\0", "\\")
    assert (psk, bytes(map(int, lines["ssid"].rstrip(";").split(";")))) == (password, ssid)
    assert lines["psk"] == lines["psk"].strip(), "GKeyFile strips what is at the ends"


def test_the_real_nmcli_reads_the_profile(tmp_path: Path) -> None:
    real = shutil.which("nmcli")
    if real is None:
        pytest.skip("NetworkManager is not installed here")
    one = networks.Network(b"\x1b;\xff ", "6", 80, "wpa-psk", "wlan0", in_use=False)
    text = profiles._text(one, PASSWORD, OLD)
    done = subprocess.run([real, "--offline", "connection", "modify", "connection.autoconnect", "yes"], input=text,
                          capture_output=True, text=True, check=True, cwd=tmp_path)  # fmt: skip
    assert "ssid=27;59;255;32;" in done.stdout
    assert "psk=correct horse: battery\\\\staple" in done.stdout


def _home(radio: Radio) -> Path:
    path = radio.folder / "home.toml"
    path.write_text('[home]\nid = "h"\ntimezone = "UTC"\n[[residents]]\nid = "r1"\n'
                    '[[sensors]]\nid = "a"\nkind = "tap"\nplace = "b"\n', encoding="utf-8")  # fmt: skip
    return path


def _change(radio: Radio) -> Change:
    found = change.read(radio.changes)
    assert found is not None
    return found


def test_the_password_is_asked_for_and_told_to_nobody(radio: Radio) -> None:
    asked = Terminal(
        "wifi", "--config", _home(radio), "--join", "New", before=radio.before, columns=160, environ=radio.environ
    )
    asked.until("Password of New")
    asked.press(f"{PASSWORD}\r")
    page = asked.until("changed to New")
    assert asked.end() == 0
    assert PASSWORD.strip() not in page
    state = radio.state
    assert PASSWORD not in json.dumps(state["said"]), "arguments are anybody's to see"
    assert state["profiles"][state["active"]]["psk"] == PASSWORD
    (file,) = radio.profiles.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert PASSWORD.strip() not in (radio.changes / change.NAME).read_text()


def test_a_wrong_password_leads_back_and_says_so(radio: Radio) -> None:
    asked = Terminal(
        "wifi", "--config", _home(radio), "--join", "New", before=radio.before, columns=160, environ=radio.environ
    )
    asked.until("Password of New")
    asked.press("a wrong one\r")
    page = asked.until("is not used")
    assert asked.end() == 5
    assert "Secrets were required" in page
    assert radio.state["active"] == OLD
    with running("wifi", "--config", _home(radio), before=radio.before, **radio.environ) as later:
        later.until("went back from New")


def test_the_change_outlives_the_terminal(radio: Radio) -> None:
    """The technician is connected over the very Wi-Fi that changes."""
    radio.set(hold=["connection up"])
    asked = Terminal(
        "wifi", "--config", _home(radio), "--join", "New", before=radio.before, columns=160, environ=radio.environ
    )
    asked.until("Password of New")
    asked.press(f"{PASSWORD}\r")
    asked.until("log in again")
    pid = _runner(radio)
    asked.process.close(force=True)  # SIGHUP, then SIGKILL
    assert _change(radio).became == "trying"
    with running("wifi", "--config", _home(radio), "--join", "Open", before=radio.before, **radio.environ) as other:
        other.until("under way")
    radio.go()
    _ended(pid)
    assert _change(radio).became == "kept"
    with running("wifi", "--config", _home(radio), before=radio.before, **radio.environ) as later:
        later.until("changed to New")


def test_a_change_that_was_killed_is_taken_back_at_the_next_look(radio: Radio) -> None:
    radio.set(hold=["connection up"])
    asked = Terminal(
        "wifi", "--config", _home(radio), "--join", "New", before=radio.before, columns=160, environ=radio.environ
    )
    asked.until("Password of New")
    asked.press(f"{PASSWORD}\r")
    asked.until("log in again")
    pid = _runner(radio)
    asked.process.close(force=True)
    os.killpg(pid, signal.SIGKILL)  # and its nmcli: as a power cut does
    _ended(pid)
    radio.go()
    with running("wifi", "--config", _home(radio), "--json", before=radio.before, **radio.environ) as later:
        shown_now = json.loads(later.until("networks"))
    assert (shown_now["last_change"]["became"], shown_now["last_change"]["why"]) == (
        "went_back",
        "the change was cut off",
    )
    assert radio.state["active"] == OLD
    assert list(radio.profiles.iterdir()) == []


def test_a_profile_that_networkmanager_was_not_told_of_goes_too(radio: Radio) -> None:
    """Killed between the two: the file is there, and NetworkManager would find it at the next boot."""
    uuid = profiles.new_uuid()
    radio.set(die=["connection load"])
    with pytest.raises(NmcliFailed):
        profiles.write(_seen("New"), PASSWORD, uuid, radio.profiles)
    assert list(radio.profiles.iterdir()) == []
    (radio.profiles / f"{profiles.PREFIX}{uuid}.nmconnection").write_text("psk=secret")
    change.write(Change(uuid=uuid, before=OLD, ssid="00", began_s=1), radio.changes)
    with running("wifi", "--config", _home(radio), before=radio.before, **radio.environ) as later:
        later.until("went back from \\x00: the change was cut off")
    assert list(radio.profiles.iterdir()) == []
    assert ["connection", "up"] not in [said[:2] for said in radio.state["said"]], "it was up all the time"


def test_a_network_that_is_not_there_is_refused(radio: Radio) -> None:
    for name, why in (("Nowhere", "is seen"), ("Old", "in that network already"), ("Office", "user name")):
        with running("wifi", "--config", _home(radio), "--join", name, before=radio.before, **radio.environ) as refused:
            refused.until(why)
            assert refused.process.wait(20) == 2
    assert list(radio.state["profiles"]) == [OLD]


def test_without_network_manager_it_says_so(radio: Radio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(radio.folder))
    with pytest.raises(NmcliFailed, match="not on this machine"):
        networks.seen()
    assert profiles.WrensOwn().made() == (), "`wren retire` has nothing to remove there"


def _runner(radio: Radio) -> int:
    """The process that makes the change, once its nmcli is held."""
    while True:
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):
                words = path.read_bytes().split(b"\0")
                if b"gateway.wifi.change" in words and str(radio.changes).encode() in words and _is_held(radio):
                    return int(path.parent.name)


def _is_held(radio: Radio) -> bool:
    with contextlib.suppress(ValueError):  # it is being written
        return ["connection", "up"] in [said[:2] for said in radio.state["said"]]
    return False


def _ended(pid: int) -> None:
    """Wait for a process that is not ours."""
    while True:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return
        if state == "Z":
            return
        os.sched_yield()


def test_a_name_with_a_line_separator_makes_no_profile_of_ours() -> None:
    """A desktop names a profile by its network, that is by anybody; only "\\n" ends a line of nmcli's."""
    said = f"Evil\u2028{profiles.PREFIX}1:{OLD}:802-11-wireless\nplain\x85{profiles.PREFIX}2:{OLD}:802-11-wireless\n"
    names = [row["NAME"] for row in rows(said, ("NAME", "UUID", "TYPE"))]
    assert len(names) == 2
    assert not any(name.startswith(profiles.PREFIX) for name in names)


def test_an_open_network_of_the_same_name_is_not_joined_in_its_place(radio: Radio) -> None:
    """Anybody in the street can call one so, and be the stronger; a gateway would join it without a question."""
    radio.set(networks=[*radio.state["networks"], network(b"New", 99, "")])
    assert [(one.name, one.security) for one in networks.seen() if one.name == "New"] == [
        ("New", "open"),
        ("New", "wpa-psk"),
    ]
    asked = Terminal(
        "wifi", "--config", _home(radio), "--join", "New", before=radio.before, environ=radio.environ, columns=120
    )
    asked.until("Password of New")
    asked.press("\x03")
    asked.end()
    assert list(radio.state["profiles"]) == [OLD]
