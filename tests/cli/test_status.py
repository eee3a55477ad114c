"""Whether this home is watched, as a technician is told: nothing hidden, nothing touched."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from gateway.answers import answered
from gateway.answers.answered import Dealt
from gateway.cli.page import moment
from gateway.cli.status import status
from gateway.condition import DAEMON_SILENT_S, Condition, judge
from gateway.config.places import places_of
from gateway.heartbeat import EVERY_S
from gateway.transcript import read
from models.kinds import Audience
from tests.enrolled import enrolled

from .house import NOW_S, Beat, House, acknowledging, alert, repeated, resolved, summary, wren

MINUTE_S = 60
HEAVY = "river numpy scipy pandas sqlite_utils structlog rich requests bleak gpiozero asyncio"


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A home that its desk knows."""
    made = House(tmp_path).write()
    enrolled(made.path)
    return made


def condition(house: House, at_s: int = NOW_S) -> Condition:
    return judge(house.config, read(places_of(house.config)), at_s)


def problems(house: House, at_s: int = NOW_S) -> list[str]:
    return [problem for problem, _ in condition(house, at_s).problems]


def deliver_all(house: House, at_s: int) -> None:
    with house.book(at_s) as book:
        for entry in read(places_of(house.config)).waiting():
            book.delivered(entry.id, entry.type, sha256="0" * 64, attempts=1)


def test_a_home_that_is_heard_and_delivered_needs_nobody(house: House) -> None:
    now_s = int(time.time())
    house.says(summary(1, now_s - 3600), beats=[Beat(now_s - 60)])
    deliver_all(house, now_s - 50)
    shown = CliRunner().invoke(status, ["--config", str(house.path)])
    assert shown.exit_code == 0
    assert "1 min ago" in shown.output
    assert "2 of 2 heard" in shown.output
    assert "nothing waits" in shown.output
    assert "Nothing here needs the technician. This does not say how anybody is." in shown.output
    told = CliRunner().invoke(status, ["--config", str(house.path), "--json"])
    document = json.loads(told.output)
    assert (told.exit_code, document["ok"], document["problems"], document["waiting"]) == (0, True, [], 0)
    assert document["heartbeat"]["sensors_heard_today"] == 2


def test_what_the_desk_answered_is_shown_taken_and_refused(house: House) -> None:
    now_s = int(time.time())
    house.says(alert(1, now_s - 60), alert(2, now_s - 50), beats=[Beat(now_s - 60)])
    answered.write(places_of(house.config).answers, acknowledging(1, now_s - 30))
    command = ["--config", str(house.path)]
    text = CliRunner().invoke(status, command, terminal_width=200).output
    zone = ZoneInfo("Europe/London")
    at, until = moment(now_s - 30, now_s, zone), moment(now_s + 7170, now_s, zone)
    flat = " ".join(text.split())
    assert f"; acknowledged by a person at {at}" in flat
    assert "; nobody at the desk has acknowledged it yet" in flat
    assert f"inactivity, r1: a person has seen it and sees to it; taken at {at}" in flat
    assert (
        f"inactivity, r1: in the week's summary only until {until}; "
        f"refused at {at}: it cannot be said of that kind of alert"
    ) in flat
    document = json.loads(CliRunner().invoke(status, [*command, "--json"]).output)
    assert [one["acknowledged_at"] is None for one in document["open_alerts"]] == [False, True]
    assert [(one["seq"], one["refused"]) for one in document["answers_from_desk"]] == [
        (4, None),
        (5, "it cannot be said of that kind of alert"),
    ]


def test_what_is_raised_again_waits_for_another_answer(house: House) -> None:
    now_s = int(time.time())
    house.says(alert(1, now_s - 600), repeated(2, 1, now_s - 60, "Still nothing seen."), beats=[Beat(now_s - 60)])
    command, at = ["--config", str(house.path)], places_of(house.config).answers
    answered.write(at, acknowledging(1, now_s - 300))
    text = " ".join(CliRunner().invoke(status, command, terminal_width=200).output.split())
    raised = moment(now_s - 60, now_s, ZoneInfo("Europe/London"))
    assert f"; raised again at {raised}, and nobody at the desk has acknowledged that yet" in text
    (one,) = json.loads(CliRunner().invoke(status, [*command, "--json"]).output)["open_alerts"]
    assert one["acknowledged_at"] is None
    again = Dealt(seq=9, at_s=now_s - 30, what="acknowledged", alert_id=f"{1:032x}", resident="r1")
    answered.write(at, acknowledging(1, now_s - 300).with_one(again))
    text = " ".join(CliRunner().invoke(status, command, terminal_width=200).output.split())
    assert f"; acknowledged by a person at {moment(now_s - 30, now_s, ZoneInfo('Europe/London'))}" in text


def test_a_silent_daemon_is_told_with_its_age(house: House) -> None:
    now_s = int(time.time())
    house.says(beats=[Beat(now_s - 40 * MINUTE_S)])
    deliver_all(house, now_s - 40 * MINUTE_S)
    shown = CliRunner().invoke(status, ["--config", str(house.path)])
    assert shown.exit_code == 1
    assert "Not heard from the daemon for 40 min: this home is not watched." in shown.output
    assert "Is wren.service running?" in shown.output


def test_the_patience_is_longer_than_the_pause_between_heartbeats(house: House) -> None:
    assert DAEMON_SILENT_S > EVERY_S
    house.says(beats=[Beat(NOW_S - DAEMON_SILENT_S)])
    deliver_all(house, NOW_S - DAEMON_SILENT_S)
    assert problems(house) == []
    assert problems(house, NOW_S + 1) == ["Not heard from the daemon for 20 min: this home is not watched."]


def test_a_home_that_never_ran_is_not_called_well(house: House) -> None:
    shown = wren("status", "--config", house.path)
    assert shown.returncode == 1
    assert b"does not exist yet" in shown.stdout
    document = json.loads(wren("status", "--json", "--config", house.path).stdout)
    assert (document["ok"], document["heartbeat"]) == (False, None)


def test_what_waits_is_counted_with_its_age_and_the_last_receipt(house: House) -> None:
    house.says(summary(1, NOW_S - 7200), beats=[Beat(NOW_S - 60)])
    with house.book(NOW_S - 7100) as book:
        book.delivered(f"{1:032x}", "summary", sha256="0" * 64, attempts=1)
    house.says(alert(2, NOW_S - 3000), summary(3, NOW_S - 1200))
    found = condition(house)
    assert (found.waiting, found.waiting_since_s, found.last_receipt_s) == (3, NOW_S - 3000, NOW_S - 7100)
    assert problems(house) == ["3 messages have waited for 50 min; the provider last confirmed one 1 h 58 min ago."]


def test_a_message_that_just_left_the_house_is_no_trouble(house: House) -> None:
    house.says(alert(1, NOW_S - 5), beats=[Beat(NOW_S - 60)])
    assert problems(house) == []


def test_older_heartbeats_do_not_wait(house: House) -> None:
    house.says(beats=[Beat(NOW_S - n * 900) for n in (3, 2, 1)])
    deliver_all(house, NOW_S - 800)
    house.says(beats=[Beat(NOW_S - 10)])
    assert condition(house).waiting == 1
    assert problems(house) == []


def test_without_an_uplink_only_what_somebody_would_miss_is_a_trouble(tmp_path: Path) -> None:
    house = House(tmp_path, uplink=None).write()
    house.says(beats=[Beat(NOW_S - 60), Beat(NOW_S - 10)])
    assert problems(house, NOW_S + 900) == []
    house.says(alert(1, NOW_S - 3600))
    assert problems(house) == ["1 message has nowhere to go."]


def test_refused_messages_are_told_with_their_reasons_for_a_week(house: House) -> None:
    now_s = int(time.time())
    house.says(summary(1, now_s - 3600), beats=[Beat(now_s)])
    with house.book(now_s - 3500) as book:
        book.refused(f"{1:032x}", "summary", http_status=422, reason="HTTP status 422, unknown field `x`")
    shown = CliRunner().invoke(status, ["--config", str(house.path)])
    assert shown.exit_code == 1
    assert "HTTP status 422, unknown field `x`" in shown.output
    assert "The provider refused 1 message in the last 7 days." in shown.output
    house.says(beats=[Beat(now_s + 8 * 86_400)])
    assert "refused" not in " ".join(problems(house, now_s + 8 * 86_400))


@pytest.mark.parametrize(
    ("beat", "problem"),
    [
        (Beat(NOW_S - 60, synchronised=False), "The clock has not been set from the network since the start."),
        (Beat(NOW_S - 60, heard=0), "None of 2 sensors was heard in the 24 hours before."),
        (Beat(NOW_S + 600), "The daemon's last word is 10 min in the future: the clock was set back."),
    ],
)
def test_what_the_daemon_says_of_itself(house: House, beat: Beat, problem: str) -> None:
    house.says(beats=[beat])
    assert problems(house) == [problem]


def test_only_an_alert_for_the_technician_is_the_technicians(house: House) -> None:
    house.says(alert(1, NOW_S - 60), alert(2, NOW_S - 50), resolved(3, 2, NOW_S - 40), beats=[Beat(NOW_S)])
    assert problems(house) == []
    assert [story.alert.id for story in condition(house).open_alerts] == [f"{1:032x}"]
    house.says(alert(4, NOW_S - 30, audience=Audience.TECHNICIAN))
    assert problems(house) == ["No movement seen since 12:00 (kitchen)."]
    house.says(repeated(5, 4, NOW_S - 20, "Also: The sensor tap is silent."))
    assert problems(house) == ["No movement seen since 12:00 (kitchen). Also: The sensor tap is silent."]


def test_a_message_of_another_version_is_counted_not_a_crash(house: House) -> None:
    odd = alert(1, NOW_S)
    house.says(odd.__class__(odd.id, odd.type, odd.rank, odd.raised_s, lambda _: b'{"type":"hologram"}'))
    house.says(beats=[Beat(NOW_S)])
    assert problems(house) == ["1 message in the outbox cannot be read by this version of Wren."]


@pytest.mark.parametrize("command", ["status", "alerts", "outbox", "check"])
def test_looking_loads_no_model_and_nothing_heavy(house: House, command: str) -> None:
    house.says(alert(1, NOW_S), beats=[Beat(NOW_S)])
    loaded = _python(
        f"sys.argv = ['wren', {command!r}, '--config', {str(house.path)!r}]",
        "try: main()",
        "except SystemExit: pass",
        f"print('LOADED', [name for name in {HEAVY!r}.split() if name in sys.modules])",
    ).stdout
    assert loaded.endswith("LOADED []\n")


@pytest.mark.parametrize("command", ["status", "alerts", "outbox"])
def test_looking_changes_nothing_and_never_opens_the_recording_of_a_life(house: House, command: str) -> None:
    house.says(alert(1, NOW_S), beats=[Beat(NOW_S)])
    house.has_recorded()
    before = _digests(house.folder)
    assert any(name.endswith("home.db") for name in before)
    opened = _python(
        "sys.addaudithook(lambda event, args: event in ('open', 'sqlite3.connect') and print('OPENED', args[0]))",
        f"sys.argv = ['wren', {command!r}, '--config', {str(house.path)!r}]",
        "main()",
    ).stdout
    assert "outbox.db" in opened
    assert "home.db" not in opened
    assert _digests(house.folder) == before


def test_before_the_enrolment_nothing_leaves_and_that_is_said(house: House) -> None:
    """systemd does not even start the uplink then (systemd/wren-uplink.service), so nothing else would say it."""
    house.says(beats=[Beat(NOW_S)])
    assert problems(house) == []
    places_of(house.config).enrolment.unlink()
    assert problems(house) == ["This gateway is not enrolled with its provider: nothing leaves this house."]
    assert "wren enrol" in condition(house).problems[0].advice


@pytest.mark.skipif(os.geteuid() != 0, reason="becomes another user")
def test_a_stranger_is_told_whom_to_ask() -> None:
    with _open_folder() as folder:
        house = House(folder).write()
        house.says(beats=[Beat(NOW_S)])
        with house.book(NOW_S):
            pass
        house.path.chmod(0o644)
        for closed, group in ((folder / "uplink", "wren-uplink"), (folder / "data" / "outbox", "wren-outbox")):
            before = closed.stat().st_mode
            (folder / "uplink").chmod(0o755)
            (folder / "data" / "outbox").chmod(0o755)
            closed.chmod(0o700)
            # the interpreter may be root's own: become nobody once everything is loaded
            shown = _python(
                "import os, gateway.cli.status",
                "os.setgroups([]); os.setgid(65534); os.setuid(65534)",
                f"sys.argv = ['wren', 'status', '--config', {str(house.path)!r}]",
                "main()",
            )
            assert shown.returncode == 4
            advice = f"Run this as root, or as a user of the group {group}."
            assert f"may not be read by this user.\n  {advice}\n" in shown.stderr
            closed.chmod(before)


def test_moments_are_in_the_homes_own_time() -> None:
    assert moment(NOW_S, NOW_S, ZoneInfo("Australia/Sydney")) == "01:02"
    assert moment(NOW_S - 3 * 3600, NOW_S, ZoneInfo("Australia/Sydney")) == "22:02 yesterday"


def _python(*lines: str) -> "subprocess.CompletedProcess[str]":
    program = "\n".join(["import sys", "from gateway.__main__ import main", *lines])
    return subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )


def _digests(folder: Path) -> dict[str, str]:
    return {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.rglob("*") if p.is_file()}


@contextmanager
def _open_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
