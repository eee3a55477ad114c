"""`wren replay` keeps its contract: columns, hours, deadlines to the second, and refusals with their line."""

import csv
import gzip
import json
import os
import pty
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.replaying import full_hour_after_s
from gateway.sources.simulator.recording import record
from gateway.sources.simulator.scenario import Scenario
from gateway.uplink import wire
from models.localtime import LocalTime, utc_text
from models.vocabulary import Reading
from tests.models.world import a_life

from .conftest import Wren
from .ground import START_S, home_toml

ZONES = ["Europe/London", "Asia/Kolkata", "Australia/Lord_Howe", "America/St_Johns", "Asia/Kathmandu", "UTC"]


def recording(folder: Path, readings: list[Reading], *, timezone: str = "Europe/London", alerts: bool = True) -> Path:
    folder.mkdir(exist_ok=True)
    toml = home_toml(folder).replace("Europe/London", timezone)
    if not alerts:
        toml = toml.partition("[alerts")[0]
    (folder / "home.toml").write_text(toml)
    rows = [
        f"{datetime.fromtimestamp(r.at_ms / 1000, UTC).isoformat(timespec='milliseconds')},{r.sensor},{r.value:g}"
        for r in readings
    ]
    (folder / "readings.csv").write_text("\n".join(["time,sensor,value", *rows]) + "\n")
    return folder


def life(days: int, *, timezone: str = "Europe/London", start_s: int = START_S) -> list[Reading]:
    names = {
        "kettle": "kettle",
        "chair": "chair",
        "hall": "hall",
        "bed": "bed",
        "bath-motion": "bath",
        "lounge": "hall",
    }
    found = a_life(days, timezone=timezone, start_s=start_s)
    return [r._replace(sensor=names[r.sensor]) for r in found if r.sensor in names]


def table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_the_messages_are_lines_of_the_wires_schema_in_the_order_of_raising(tmp_path: Path, wren: Wren) -> None:
    home = recording(tmp_path / "home", life(9), alerts=False)
    ended = wren("replay", home, "--out", tmp_path / "out.jsonl")
    assert ended.code == 0, ended.err
    text = (tmp_path / "out.jsonl").read_bytes()
    assert text.endswith(b"\n")
    messages = [wire.decode(line) for line in text.splitlines()]
    assert [message.seq for message in messages] == list(range(1, len(messages) + 1))
    assert [message.raised_at for message in messages] == sorted(message.raised_at for message in messages)
    assert not any(isinstance(message, wire.Status) for message in messages)
    assert sum(isinstance(m, wire.Summary) and m.period == "day" for m in messages) == 8
    assert len({message.id for message in messages}) == len(messages)
    for line, message in zip(text.splitlines(), messages, strict=True):
        assert line == wire.encode(message)


def test_the_same_to_standard_output_with_the_account_on_the_other_one(tmp_path: Path, wren: Wren) -> None:
    home = recording(tmp_path / "home", life(4))
    assert wren("replay", home, "--out", tmp_path / "out.jsonl").code == 0
    for option in ([], ["--json"]):
        ended = wren("replay", home, "--out", "-", *option)
        assert ended.code == 0
        assert ended.out == (tmp_path / "out.jsonl").read_bytes()
        assert "readings" in ended.err


def test_the_account_as_json(tmp_path: Path, wren: Wren) -> None:
    readings = [*life(4), Reading((START_S + 6 * 86_400) * 1000, "button", 1.0)]
    home = recording(tmp_path / "home", readings)
    account = json.loads(wren("replay", home, "--out", tmp_path / "out.jsonl", "--json").out)
    assert account["home"] == "h-test"
    assert account["readings"] == len(readings)
    assert account["alerts"] == {"help_button": 1, "inactivity": 1}
    assert account["messages"] == len((tmp_path / "out.jsonl").read_bytes().splitlines())
    assert account["person_weeks"] == round(account["days"] / 7, 1) == 0.9
    assert account["alerts_per_person_week"]["help_button"] == pytest.approx(1.16, abs=0.1)
    assert account["skipped"] == account["first_skipped_line"] == {}


@pytest.mark.parametrize("timezone", ZONES)
def test_a_row_of_deadlines_for_every_full_local_hour(tmp_path: Path, wren: Wren, timezone: str) -> None:
    # four days over the end of October, when London goes back; Lord Howe moves by half an hour on 6 April
    for start in (datetime(2025, 10, 24, tzinfo=UTC), datetime(2025, 4, 4, tzinfo=UTC)):
        readings = life(5, timezone=timezone, start_s=int(start.timestamp()))
        home = recording(tmp_path / "home", readings, timezone=timezone)
        assert wren("replay", home, "--out", tmp_path / "out", "--deadlines", tmp_path / "deadlines.csv").code == 0
        text = (tmp_path / "deadlines.csv").read_text()
        assert text.startswith("time,resident,silence_deadline\n")
        rows = table(tmp_path / "deadlines.csv")
        assert {row["resident"] for row in rows} == {"r1"}
        moments = [datetime.fromisoformat(row["time"]).timestamp() for row in rows]
        first_s, last_s = readings[0].at_ms / 1000, readings[-1].at_ms // 1000
        expected = [s for s in range(int(first_s) // 900 * 900, last_s + 900, 900) if _is_full_hour(s, timezone)]
        expected = [s for s in expected if first_s - 1 <= s < readings[-1].at_ms / 1000]
        assert moments == [*expected, last_s]
        for row in rows:
            assert row["silence_deadline"] == "" or row["silence_deadline"] == utc_text(
                int(datetime.fromisoformat(row["silence_deadline"]).timestamp())
            )


def _is_full_hour(at_s: int, timezone: str) -> bool:
    wall = datetime.fromtimestamp(at_s, ZoneInfo(timezone))
    return wall.minute == wall.second == 0


@given(at_s=st.integers(0, 2_000_000_000), zone=st.sampled_from(ZONES))
def test_the_next_full_hour_is_the_first_on_the_clock(at_s: int, zone: str) -> None:
    next_s = full_hour_after_s(LocalTime(zone), at_s)
    quarters = range(at_s // 900 * 900 + 900, at_s + 3 * 3600, 900)
    assert next_s == next(s for s in quarters if _is_full_hour(s, zone))


def test_a_silence_that_outlasts_its_deadline_alerts_at_exactly_that_deadline(tmp_path: Path, wren: Wren) -> None:
    readings = life(9)
    for cut in range(len(readings) - 160, len(readings), 23):
        shown = readings[:cut]
        home = recording(tmp_path / "home", shown)
        assert wren("replay", home, "--out", tmp_path / "out", "--deadlines", tmp_path / "deadlines.csv").code == 0
        last = table(tmp_path / "deadlines.csv")[-1]
        assert last["time"] == utc_text(shown[-1].at_ms // 1000)
        deadline_s = int(datetime.fromisoformat(last["silence_deadline"]).timestamp())
        later = [*shown, Reading((deadline_s + 7200) * 1000, "hall", 1.0)]
        recording(tmp_path / "home", later)
        assert wren("replay", home, "--out", tmp_path / "out", "--deadlines", tmp_path / "deadlines.csv").code == 0
        raised = [wire.decode(line) for line in (tmp_path / "out").read_bytes().splitlines()]
        alerts = [m for m in raised if isinstance(m, wire.Alert) and m.kind == "inactivity"]
        assert alerts[-1].raised_at == last["silence_deadline"]
        # every hour of that silence names the same deadline, until it has passed
        hours = [
            row for row in table(tmp_path / "deadlines.csv") if last["time"] < row["time"] < last["silence_deadline"]
        ]
        assert {row["silence_deadline"] for row in hours} <= {last["silence_deadline"]}


def test_deadlines_are_empty_while_learning_and_while_blind(tmp_path: Path, wren: Wren) -> None:
    readings = life(9)
    half = len(readings) * 3 // 4
    gone_ms = readings[half].at_ms + 1
    blind = [
        *readings[: half + 1],
        Reading(gone_ms, "@gateway", 0.0),
        Reading(gone_ms + 5 * 3_600_000, "@gateway", 1.0),
        *(r for r in readings if r.at_ms > gone_ms + 5 * 3_600_000),
    ]
    home = recording(tmp_path / "home", blind)
    assert wren("replay", home, "--out", tmp_path / "out", "--deadlines", tmp_path / "deadlines.csv").code == 0
    for row in table(tmp_path / "deadlines.csv"):
        moment_ms = datetime.fromisoformat(row["time"]).timestamp() * 1000
        days = LocalTime("Europe/London").day(int(moment_ms / 1000)) - LocalTime("Europe/London").day(START_S)
        if gone_ms < moment_ms < gone_ms + 5 * 3_600_000 or days < 3:
            assert row["silence_deadline"] == "", row
        elif days > 3:
            assert row["silence_deadline"] > row["time"], row
    assert not [m for m in (tmp_path / "out").read_bytes().splitlines() if b'"kind":"inactivity"' in m]


def test_the_table_of_habits(tmp_path: Path, wren: Wren) -> None:
    home = recording(tmp_path / "home", life(12))
    assert wren("replay", home, "--out", tmp_path / "out", "--habits", tmp_path / "habits.csv").code == 0
    header = "day,resident,habit,observed,usual_low,usual_high,rarity_days,direction\n"
    assert (tmp_path / "habits.csv").read_text().startswith(header)
    rows = table(tmp_path / "habits.csv")
    assert all(None not in row and None not in row.values() for row in rows)
    assert {row["resident"] for row in rows} == {"r1"}
    assert {row["direction"] for row in rows} == {"more", "less", "same", "unknown", "unseen"}
    first = [row for row in rows if row["day"] == "2025-03-03"]
    assert first
    assert all(row["usual_low"] == row["rarity_days"] == "" for row in first)
    judged = [row for row in rows if row["rarity_days"]]
    assert judged
    assert all(float(row["usual_low"]) <= float(row["usual_high"]) for row in judged)
    assert all(float(row["rarity_days"]) >= 1 for row in judged)
    assert len({(row["day"], row["habit"]) for row in rows}) == len(rows)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("2025-03-03T09:00:00,hall,1", ":3: time without an offset"),
        ("2025-03-03T09:00:00Z,hal,1", ":3: unknown sensor 'hal'"),
        ("2025-03-03T09:00:00Z,hall", ":3: columns"),
        ("2025-03-03T09:00:00Z,hall,nan", ":3: value"),
        ("half past nine,hall,1", ":3: time"),
    ],
)
def test_a_row_that_cannot_be_used_is_refused_with_its_line_or_counted(
    tmp_path: Path, wren: Wren, row: str, said: str
) -> None:
    good = [Reading(START_S * 1000, "hall", 1.0)]
    home = recording(tmp_path / "home", good)
    with (home / "readings.csv").open("a") as file:
        file.write(f"{row}\n2025-03-03T09:30:00Z,hall,1\n")
    ended = wren("replay", home, "--out", tmp_path / "out")
    assert ended.code == 2
    assert said in ended.err
    assert len(ended.err.splitlines()) == 2  # what is wrong, and the next step
    lenient = wren("replay", home, "--out", tmp_path / "out", "--lenient", "--json")
    assert lenient.code == 0
    account = json.loads(lenient.out)
    assert sum(account["skipped"].values()) == 1
    assert set(account["first_skipped_line"].values()) == {3}
    assert account["readings"] == 2
    assert b"first at line 3" in wren("replay", home, "--out", tmp_path / "out", "--lenient").out


def test_what_is_missing_is_said(tmp_path: Path, wren: Wren) -> None:
    home = recording(tmp_path / "home", life(1))
    for arguments, said in (
        ((tmp_path / "nowhere", "--out", tmp_path / "out"), "home.toml"),
        ((tmp_path / "home.db", "--out", tmp_path / "out"), "--config"),
        ((tmp_path / "home.db", "--config", home / "home.toml", "--out", tmp_path / "out"), "is not there"),
        ((home, "--out", tmp_path / "no" / "out"), "cannot be written"),
        ((home, "--out", tmp_path / "out", "--habits", tmp_path / "no" / "habits"), "cannot be written"),
        ((home, "--out", tmp_path / "out", "--deadlines", tmp_path), "cannot be written"),
    ):
        ended = wren("replay", *arguments)
        assert ended.code == 2, arguments
        assert said in ended.err
        assert len(ended.err.splitlines()) == 2, ended.err
    (home / "home.toml").unlink()
    ended = wren("replay", home, "--out", tmp_path / "out")
    assert ended.code == 2
    assert "home.toml" in ended.err


def test_earlier_rows_are_counted_and_not_learnt(tmp_path: Path, wren: Wren) -> None:
    readings = life(4)
    late = [*readings[:200], readings[100], *readings[200:]]
    account = json.loads(wren("replay", recording(tmp_path / "a", late), "--out", tmp_path / "late", "--json").out)
    assert account["left_out"]["earlier"] == 1
    assert wren("replay", recording(tmp_path / "b", readings), "--out", tmp_path / "plain").code == 0
    assert (tmp_path / "late").read_bytes() == (tmp_path / "plain").read_bytes()


@pytest.mark.parametrize("option", [[], ["--json"]])
def test_a_progress_bar_on_a_terminal_and_nowhere_else(tmp_path: Path, option: list[str]) -> None:
    home = tmp_path / "home"
    record(home, 1, Scenario(quiet_days=4, illness_days=0, collapse=None))
    command = [sys.executable, "-m", "gateway", "replay", str(home), "--out", str(tmp_path / "out"), *option]
    root = Path(__file__).parents[2]
    quiet = subprocess.run(command, check=True, capture_output=True, cwd=root)
    assert quiet.stderr == b""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=theirs, cwd=root, env={**os.environ, "TERM": "xterm"}
    ) as process:
        os.close(theirs)
        shown = b""
        try:
            while chunk := os.read(ours, 4096):
                shown += chunk
        except OSError:  # EIO: the other end is closed
            pass
        os.close(ours)
        assert process.stdout is not None
        out = process.stdout.read()
    assert process.returncode == 0
    assert (b"replaying" in shown) is (option == [])
    assert b"replaying" not in out


def test_a_zipped_recording_is_the_same_home(tmp_path: Path, wren: Wren) -> None:
    home = recording(tmp_path / "home", life(3))
    zipped = tmp_path / "zipped"
    zipped.mkdir()
    (zipped / "home.toml").write_text((home / "home.toml").read_text())
    (zipped / "readings.csv.gz").write_bytes(gzip.compress((home / "readings.csv").read_bytes()))
    for folder, name in ((home, "plain"), (zipped, "gzipped")):
        assert wren("replay", folder, "--out", tmp_path / name).code == 0
    assert (tmp_path / "plain").read_bytes() == (tmp_path / "gzipped").read_bytes()
