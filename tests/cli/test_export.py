"""All that is held, handed over: nothing forgotten, nobody else's, no secret, and nothing left behind."""

import csv
import hashlib
import io
import json
import os
import sqlite3
import stat
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from gateway.config.places import places_of
from gateway.config.tables import Config
from gateway.rights import handover

from .house import wren
from .lived import KEY, SENSORS, lived
from .process import running


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """It is only read."""
    return lived(tmp_path_factory.mktemp("lived"))


@pytest.fixture(autouse=True)
def _no_daemon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handover, "TAKEN_WITHIN_S", 0.0)  # in this process nobody answers


def folder_of(config: Config) -> Path:
    return Path(config.gateway.data_dir).parent


def exported(config: Config, out: Path, *more: str) -> Path:
    from click.testing import CliRunner

    from gateway.cli.export import export

    arguments = ["--config", str(folder_of(config) / "home.toml"), "--out", str(out), *more]
    done = CliRunner().invoke(export, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return out


def table(out: Path, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((out / f"{name}.json").read_text(encoding="utf-8"))
    return found


def values(home_db: Path) -> Iterator[tuple[int, str, float]]:
    with closing(sqlite3.connect(home_db)) as raw:
        yield from raw.execute("SELECT seq, name, value FROM inputs JOIN sensors ON code = sensor ORDER BY seq")


def test_every_row_of_every_table_is_in_it(home: Config, tmp_path: Path) -> None:
    out = exported(home, tmp_path / "out")
    places = places_of(home)
    inputs = list(values(places.home_db))
    numbers = {
        row["number"]: row["value"] for name in ("readings", "told", "gateway-notes") for row in table(out, name)
    }
    assert numbers == {seq: value for seq, _, value in inputs}
    assert {row["sensor"]: row["resident"] for row in table(out, "readings")} == SENSORS
    assert {(row["what"], row["resident"]) for row in table(out, "told")} == {("away", "r2"), ("outcome", "r1")}
    assert [(row["resident"], row["observed"]) for row in table(out, "daily-counts")] == [
        ("household", 4.567891), ("r1", 4.567891), ("r2", 4.567891),
    ]  # fmt: skip
    [learnt] = (out / "learnt").iterdir()
    assert json.loads(learnt.read_text())["learnt"] == "learnt-by-heart"
    assert {row["number"]: row["says"] for row in table(out, "answers")}.keys() == {7, 8}
    assert json.loads(table(out, "answers")[0]["says"])["type"] == "snooze"
    assert {row["id"] for row in table(out, "receipts")} == {f"{1:032x}", f"{3:032x}"}
    assert [row["reason"] for row in table(out, "refused")] == ["no such kind"]
    assert len(table(out, "alerts")) == 3
    with closing(sqlite3.connect(places.outbox_db)) as raw:
        assert len(table(out, "trail")) == raw.execute("SELECT count(*) FROM trail").fetchone()[0] > 4
        bodies = {body for (body,) in raw.execute("SELECT body FROM messages")}
    assert {path.read_bytes() for path in (out / "messages").iterdir()} == bodies  # byte for byte
    assert len(list((out / "heartbeats").iterdir())) == 1


def test_a_table_that_this_version_does_not_know_of_is_in_it_all_the_same(tmp_path: Path) -> None:
    config = lived(tmp_path)
    for database in (places_of(config).home_db, places_of(config).outbox_db):
        with closing(sqlite3.connect(database)) as raw:
            raw.executescript(
                "CREATE TABLE later (resident TEXT, what BLOB); INSERT INTO later VALUES ('r1', x'ff00');"
            )
            raw.executescript("INSERT INTO later VALUES ('r2', 'walks');")
    out = exported(config, tmp_path / "out")
    for stem in ("home", "outbox"):
        assert table(out, f"other/{stem}-later") == [
            {"resident": "r1", "what": "/wA="},
            {"resident": "r2", "what": "walks"},
        ]
    theirs = exported(config, tmp_path / "r2", "--resident", "r2")
    assert table(theirs, "other/home-later") == [{"resident": "r2", "what": "walks"}]


def test_a_spreadsheet_reads_the_same_and_runs_nothing(home: Config, tmp_path: Path) -> None:
    out = exported(home, tmp_path / "out")
    for path in sorted(out.rglob("*.csv")):
        shown = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
        said = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        assert len(shown) == len(said), path.name
        for left, right in zip(shown, said, strict=True):
            plain = {key: "" if cell is None else str(cell) for key, cell in right.items()}
            assert {key: cell.removeprefix("'") for key, cell in left.items()} == plain
            assert not [cell for cell in left.values() if cell.startswith(("=", "+", "@"))]


def test_no_key_of_any_sort_is_in_it(home: Config, tmp_path: Path) -> None:
    out = exported(home, tmp_path / "out")
    everything = b"".join(path.read_bytes() for path in out.rglob("*") if path.is_file())
    assert KEY.encode() not in everything
    assert b"the gateway's own secret" not in everything
    configuration = json.loads((out / "configuration.json").read_text())
    assert [sensor["ble"]["key"] for sensor in configuration["sensors"] if sensor["id"] == "other-door"] == ["set"]
    assert configuration["purpose"]["why"] == "Lives alone and wants to stay."


def test_small_files_and_copies_are_in_it(home: Config, tmp_path: Path) -> None:
    out = exported(home, tmp_path / "out")
    assert (out / "small-files" / "panel.json").read_bytes() == (places_of(home).panel).read_bytes()
    assert {path.name for path in (out / "copies").iterdir()} == {
        "home.db.before-0002_habit_days", "home.db.corrupt-20260101T000000Z",
    }  # fmt: skip


def test_the_manifest_holds_every_file_to_its_sum_and_the_readme_names_them(home: Config, tmp_path: Path) -> None:
    out = exported(home, tmp_path / "out")
    manifest = json.loads((out / "manifest.json").read_text())["files"]
    found = {path.relative_to(out).as_posix(): path for path in out.rglob("*") if path.is_file()}
    assert set(manifest) == set(found) - {"manifest.json"}
    for name, entry in manifest.items():
        assert entry == {
            "bytes": found[name].stat().st_size,
            "sha256": hashlib.sha256(found[name].read_bytes()).hexdigest(),
        }
    readme = (out / "README.txt").read_text()
    for name in found:
        assert name in readme or name.partition("/")[0] + "/" in readme or name in ("README.txt", "manifest.json")
    assert "What the care provider holds is at the care provider's desk" in readme


def test_it_is_for_its_owner_alone(home: Config, tmp_path: Path) -> None:
    out = exported(home, tmp_path / "out")
    assert stat.S_IMODE(out.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in out.rglob("*")} == {0o700, 0o600}
    packed = exported(home, tmp_path / "out.zip")
    assert stat.S_IMODE(packed.stat().st_mode) == 0o600


def test_the_zip_holds_the_same(home: Config, tmp_path: Path) -> None:
    out, packed = exported(home, tmp_path / "out"), exported(home, tmp_path / "out.zip")
    with zipfile.ZipFile(packed) as archive:
        assert archive.testzip() is None
        names = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
        assert set(archive.namelist()) == names
        assert archive.read("readings.csv") == (out / "readings.csv").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "out.zip"]  # and nothing half-made


def test_one_resident_is_given_what_is_theirs_and_nobody_elses(home: Config, tmp_path: Path) -> None:
    out = exported(home, tmp_path / "r2", "--resident", "r2")
    assert {row["sensor"] for row in table(out, "readings")} == {"other-bed"}
    assert {row["resident"] for name in ("told", "daily-counts", "messages", "alerts") for row in table(out, name)} == {
        "r2"
    }
    assert {row["number"] for row in table(out, "answers")} == {8}
    assert {row["id"] for row in table(out, "receipts")} == {f"{3:032x}"}
    assert [one["resident"] for one in json.loads((out / "small-files" / "portrait.json").read_text())["streams"]] == [
        "r2"
    ]
    everything = b"".join(path.read_bytes() for path in out.rglob("*") if path.is_file())
    for foreign in (b"kitchen-tap", b"strap", b"learnt-by-heart", b"of-both", b"damaged"):
        assert foreign not in everything, foreign
    readme = (out / "README.txt").read_text()
    assert "is shared by the household or is of somebody else (r1)" in readme


def test_the_only_resident_is_given_all(tmp_path: Path) -> None:
    config = lived(tmp_path, residents=1)
    every = exported(config, tmp_path / "all")
    only = exported(config, tmp_path / "r1", "--resident", "r1")
    assert {p.name for p in only.rglob("*")} == {p.name for p in every.rglob("*")}
    assert (only / "readings.csv").read_bytes() == (every / "readings.csv").read_bytes()


def test_what_is_there_already_is_not_touched(home: Config, tmp_path: Path) -> None:
    toml = folder_of(home) / "home.toml"
    (tmp_path / "folder").mkdir()
    (tmp_path / "file.zip").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name in ("folder", "file.zip", "link", "none/out"):
        told = wren("export", "--config", toml, "--out", tmp_path / name)
        assert (told.returncode, told.stdout) == (2, b"")
        assert b"is there already" in told.stderr or b"cannot be written" in told.stderr
    assert (tmp_path / "file.zip").read_text() == "mine"
    unknown = wren("export", "--config", toml, "--out", tmp_path / "x", "--resident", "r9")
    assert (unknown.returncode, b"Known: r1, r2." in unknown.stderr) == (2, True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file.zip", "folder", "link"]


def test_a_home_that_never_ran_has_nothing_to_hand_over(tmp_path: Path) -> None:
    from .lived import home_of

    home_of(tmp_path)
    told = wren("export", "--config", tmp_path / "home.toml", "--out", tmp_path / "out")
    assert (told.returncode, b"does not exist yet" in told.stderr) == (4, True)
    assert not (tmp_path / "out").exists()


def test_looking_changes_nothing(tmp_path: Path) -> None:
    config = lived(tmp_path)
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    exported(config, tmp_path / "out.zip")
    after = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file() and p.name != "out.zip"}
    assert after == before


@pytest.mark.slow
def test_while_the_daemon_runs_it_hands_over_a_copy_and_goes_on(tmp_path: Path) -> None:
    config = lived(tmp_path)
    places = places_of(config)
    toml = tmp_path / "home.toml"
    with running("run", "--config", toml) as daemon:
        daemon.until("ready")
        told = wren("export", "--config", toml, "--out", tmp_path / "out", "--json")
        assert told.returncode == 0, told.stderr
        done = json.loads(told.stdout)
        assert done["rows"]["readings"] == sum(not name.startswith("@") for _, name, _ in values_of(tmp_path / "out"))
        assert not list(places.private.glob("export.*"))  # the copy is gone, and so is the question
        # somebody killed in mid-way leaves nothing of the home but what it had written
        killed = (
            "import gateway.rights.tables as t, os, signal\nt.moment = lambda _: os.kill(os.getpid(), signal.SIGKILL)"
        )
        killed += "\nimport gateway.rights.home as h; h.moment = t.moment"
        with running("export", "--config", toml, "--out", tmp_path / "cut", before=killed) as cut:
            assert cut.process.wait(30) == -9
        assert not list(places.private.glob("export.*"))
        assert not (tmp_path / "cut").exists()
        again = wren("export", "--config", toml, "--out", tmp_path / "cut")
        assert again.returncode == 0, again.stderr
        assert not list(tmp_path.glob(".cut*"))
        assert daemon.process.poll() is None
        assert daemon.stop() == 0
    entries = [row for row in table(tmp_path / "cut", "trail") if row["about"] == "export"]
    assert [row["what"] for row in entries] == ["access"] * 3
    assert "Somebody on this gateway looked with `wren export`." in entries[0]["says"]


def values_of(out: Path) -> list[tuple[int, str, float]]:
    rows = table(out, "readings")
    return [(row["number"], row["sensor"], row["value"]) for row in rows]


@pytest.mark.skipif(os.geteuid() != 0, reason="becomes another user")
def test_a_stranger_may_not() -> None:
    with tempfile.TemporaryDirectory() as name:  # pytest's own folder is closed to others
        folder = Path(name)
        folder.chmod(0o755)
        lived(folder)
        (folder / "home.toml").chmod(0o644)
        # the interpreter may be root's own: become nobody once everything is loaded
        stranger = "import os, gateway.__main__, gateway.cli.export, gateway.rights.exporting, gateway.config.meaning\n"
        stranger += "os.setgroups([]); os.setgid(65534); os.setuid(65534)"
        for_all = folder / "for-all"
        for_all.mkdir()
        for_all.chmod(0o777)
        for out, words, code in ((folder / "out", "cannot be written", 2), (for_all / "out", "Run this as root", 4)):
            with running("export", "--config", folder / "home.toml", "--out", out, before=stranger) as told:
                told.until(words)
                assert told.process.wait(30) == code
        assert list(for_all.iterdir()) == []
