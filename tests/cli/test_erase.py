"""Everything of a resident goes: no byte of it is left in any file, the others keep theirs, and the desk is told."""

import io
import json
import os
import signal
import sqlite3
import stat
import struct
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway.answers import answered
from gateway.cli.erase import erase as command
from gateway.condition import judge
from gateway.config.places import Places, places_of
from gateway.config.tables import Config
from gateway.errors import StoreUnavailable
from gateway.log import Log, open_log
from gateway.rights.erasing import STEPS, erase
from gateway.slips import leave
from gateway.store.journal import Journal
from gateway.store.outbox import Outbox
from gateway.transcript import State, read
from gateway.uplink import wire
from gateway.uplink.book import Book
from models.kinds import AlertKind
from models.told import Telling, Told

from .house import NOW_S, wren
from .lived import SENSORS, VALUE, lived
from .process import running

ERASED_S = NOW_S + 60


def planted(resident: str) -> dict[str, bytes]:
    """What only that resident's data has, as it lies in the files."""
    names = [*SENSORS, "@gateway", "@link/other-bed", "@away/r2", "@outcome/r1/inactivity"]
    theirs = {
        "r1": ("kitchen-tap", "strap", "@outcome/r1/inactivity"),
        "r2": ("other-bed", "@link/other-bed", "@away/r2"),
    }
    found = {name: name.encode() for name in theirs[resident]}
    for name in theirs[resident]:
        for seq in (names.index(name), names.index(name) + 9 * 600):
            if seq:
                found[f"{name} {seq}"] = struct.pack(">d", seq + VALUE)  # as SQLite writes a number
    found["a message's body"] = f'"resident":"{resident}"'.encode()
    return found


OF_ALL = {
    "what was learnt": b"learnt-by-heart",
    "an old copy": b"old copy: other-bed",
    "a damaged file": b"damaged: kitchen-tap",
    "the panel": b"of-both",
}


def bytes_in(folder: Path) -> bytes:
    """Every byte of every file that a gateway keeps, home.toml left out."""
    return b"\0".join(p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file() and p.name != "home.toml")


def left(folder: Path, plants: dict[str, bytes]) -> list[str]:
    everything = bytes_in(folder)
    return [name for name, plant in plants.items() if plant in everything]


def inputs(places: Places) -> dict[str, int]:
    with closing(sqlite3.connect(places.home_db)) as raw:
        return dict(raw.execute("SELECT name, count(seq) FROM sensors LEFT JOIN inputs ON sensor = code GROUP BY name"))


def messages(config: Config) -> list[wire.Message]:
    return [wire.decode(entry.body) for entry in read(places_of(config)).entries]


def test_of_two_nothing_of_the_one_is_left_and_the_other_keeps_theirs(tmp_path: Path) -> None:
    config = lived(tmp_path)
    places = places_of(config)
    plants = {**planted("r2"), **OF_ALL, "a sensor of nobody": b"gone-sensor"}
    assert set(left(tmp_path, plants)) == set(plants)  # the search finds what is there
    before = inputs(places)
    erased = erase(config, "r2", now_s=ERASED_S)
    # who was erased the desk must be told, and the trail: that is the only place where the id is left
    del plants["a message's body"]
    assert left(tmp_path, plants) == []
    assert bytes_in(tmp_path).count(b'"resident":"r2"') == 1
    kept = {
        name: count
        for name, count in before.items()
        if name not in ("other-bed", "@link/other-bed", "@away/r2", "gone-sensor")
    }
    assert inputs(places) == kept
    assert erased.inputs == sum(before.values()) - sum(kept.values())
    journal = Journal.open(places.home_db)
    assert {one.resident for one in journal.habit_days()} == {"r1", "household"}
    assert journal.latest_checkpoint() is None
    assert journal.checkpoints_seq() == 12_000
    journal.close()


def test_what_was_deleted_before_and_never_overwritten_goes_too(tmp_path: Path) -> None:
    config = lived(tmp_path)
    places = places_of(config)
    for database in (places.home_db, places.outbox_db, places.uplink_db):
        with closing(sqlite3.connect(database)) as raw:
            raw.execute("PRAGMA secure_delete = OFF")  # as an older version, or another library, would have left it
            raw.executescript(
                "CREATE TABLE old (what TEXT); INSERT INTO old VALUES ('deleted-long-ago'); DROP TABLE old;"
            )
        assert b"deleted-long-ago" in database.read_bytes()
    erase(config, "r2", now_s=ERASED_S)
    assert b"deleted-long-ago" not in bytes_in(tmp_path)


def test_nothing_is_left_in_the_journal_of_a_database_that_is_open_still(tmp_path: Path) -> None:
    config = lived(tmp_path)
    seen: list[list[str]] = []

    def look(step: str) -> None:
        if step == "small files and copies":
            live = b"".join((places_of(config).private / name).read_bytes() for name in ("home.db", "home.db-wal"))
            seen.append([name for name, plant in planted("r2").items() if plant in live])

    erase(config, "r2", now_s=ERASED_S, tick=look)
    assert seen == [[]]


def test_of_one_nothing_is_left(tmp_path: Path) -> None:
    config = lived(tmp_path, residents=1)
    plants = {**planted("r1"), **OF_ALL, "the household": b"hall-motion"}
    assert set(left(tmp_path, plants)) == set(plants)
    erased = erase(config, "r1", now_s=ERASED_S)
    assert (erased.inputs, erased.is_all) == (12_000, True)
    del plants["a message's body"]
    assert left(tmp_path, plants) == []
    assert inputs(places_of(config)) == {}
    with closing(sqlite3.connect(places_of(config).outbox_db)) as raw:
        assert raw.execute("SELECT type, count(*) FROM messages GROUP BY type").fetchall() == [("erasure", 2)]
        assert raw.execute("SELECT count(*) FROM alerts").fetchone() == (0,)
        assert raw.execute("SELECT count(*) FROM statuses").fetchone() == (0,)
        whats = [what for (what,) in raw.execute("SELECT what FROM trail ORDER BY n")]
        assert whats == ["forgotten", "erased", "message", "message"]
    assert sorted(p.name for p in places_of(config).private.iterdir()) == ["home.db"]


def test_the_desk_is_told_and_its_receipt_is_kept(tmp_path: Path) -> None:
    config = lived(tmp_path)
    erase(config, "r2", now_s=ERASED_S)
    [word] = [one for one in messages(config) if isinstance(one, wire.Erasure)]
    assert (word.resident, word.home) == ("r2", "h-0001")
    # what waited and was about them is not sent any more
    waiting = [entry for entry in read(places_of(config)).waiting() if entry.type != "status"]
    assert [entry.type for entry in waiting] == ["summary", "erasure"]
    with Book(places_of(config).uplink_db, utc_s=lambda: ERASED_S + 9, log=_quiet()) as book:
        assert f"{3:032x}" not in book
        book.delivered(word.id, "erasure", sha256="0" * 64, attempts=1)
    [entry] = [entry for entry in read(places_of(config)).entries if entry.type == "erasure"]
    assert (entry.state, entry.settled_s) == (State.DELIVERED, ERASED_S + 9)
    erase(config, "r1", now_s=ERASED_S + 99)  # the receipt outlives the erasure of the next one
    assert word.id in {one.id for one in read(places_of(config)).entries if one.state is State.DELIVERED}


def test_a_home_of_one_tells_the_desk_of_the_household_too(tmp_path: Path) -> None:
    config = lived(tmp_path, residents=1)
    erase(config, "r1", now_s=ERASED_S)
    found = [one for one in messages(config) if isinstance(one, wire.Erasure)]
    assert {one.resident for one in found} == {"r1", "household"}
    assert [one.seq for one in found] == [5, 6]  # no number is used twice


def test_receipts_and_answers_of_theirs_go(tmp_path: Path) -> None:
    config = lived(tmp_path)
    erase(config, "r2", now_s=ERASED_S)
    with closing(sqlite3.connect(places_of(config).uplink_db)) as raw:
        assert raw.execute("SELECT id FROM receipts").fetchall() == [(f"{1:032x}",)]
        assert raw.execute("SELECT count(*) FROM dead_letters").fetchone() == (0,)
        assert raw.execute("SELECT seq FROM answers").fetchall() == [(7,)]


def test_slips_and_what_was_answered_of_theirs_go(tmp_path: Path) -> None:
    config = lived(tmp_path)
    places = places_of(config)
    for resident in ("r1", "r2"):
        leave(places.slips, Told(Telling.AWAY, resident), 0.0, at_s=NOW_S + ord(resident[1]))
    dealt = [
        answered.Dealt(seq=seq, at_s=NOW_S, what="snooze", resident=who, kind=AlertKind.LATE_START)
        for seq, who in ((7, "r1"), (8, "r2"))
    ]
    first = answered.Answered(
        desk_key="A" * 43 + "=", taken=8, last=tuple(dealt), acknowledged={f"{n:032x}": 1 for n in (1, 3)}
    )
    answered.write(places.answers, first)
    erase(config, "r2", now_s=ERASED_S)
    kept = answered.read(places.answers)
    assert kept is not None
    assert (kept.taken, [one.resident for one in kept.last], list(kept.acknowledged)) == (8, ["r1"], [f"{1:032x}"])
    assert len(list(places.slips.iterdir())) == 1
    erase(config, "r1", now_s=ERASED_S)
    kept = answered.read(places.answers)
    assert kept is not None
    assert (kept.taken, [one.resident for one in kept.last]) == (8, [])


@pytest.mark.parametrize("residents", [1, 2])
def test_the_trail_of_what_is_left_can_be_verified(tmp_path: Path, residents: int) -> None:
    config = lived(tmp_path, residents=residents)
    erase(config, f"r{residents}", now_s=ERASED_S)
    verified = wren("audit", "verify", "--config", tmp_path / "home.toml")
    assert verified.returncode == 0, verified.stdout


def test_the_trail_says_so_and_is_not_cut(tmp_path: Path) -> None:
    config = lived(tmp_path)
    outbox = Outbox.open(places_of(config).outbox_db)
    before = outbox.trail.head()
    outbox.close()
    erase(config, "r2", now_s=ERASED_S)
    with closing(sqlite3.connect(places_of(config).outbox_db)) as raw:
        rows = raw.execute("SELECT n, what, ref, hash FROM trail ORDER BY n").fetchall()
    assert (before.entries, before.sha256) in {(n, chained) for n, _, _, chained in rows}  # the chain was not cut
    assert [(what, ref) for _, what, ref, _ in rows if what == "erased"] == [("erased", "r2")]


@pytest.mark.parametrize("step", range(1, STEPS + 1))
@pytest.mark.parametrize("residents", [1, 2])
def test_cut_off_at_any_step_the_next_run_completes_it(tmp_path: Path, step: int, residents: int) -> None:
    config = lived(tmp_path, residents=residents)
    whom = "r1" if residents == 1 else "r2"
    calls = 0

    def cut(_: str) -> None:
        nonlocal calls
        calls += 1
        if calls == step:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        erase(config, whom, now_s=ERASED_S, tick=cut)
    problem = f"Everything of {whom} was to be erased, and that did not come to its end."
    assert problem in _problems(config)
    erase(config, whom, now_s=ERASED_S + 60)
    plants = {**planted(whom), **OF_ALL}
    del plants["a message's body"]
    assert left(tmp_path, plants) == []
    assert problem not in _problems(config)
    assert any(isinstance(one, wire.Erasure) for one in messages(config))
    if residents == 2:
        with closing(sqlite3.connect(places_of(config).uplink_db)) as raw:
            assert raw.execute("SELECT id FROM receipts WHERE type != 'erasure'").fetchall() == [(f"{1:032x}",)]


@pytest.mark.slow
@pytest.mark.parametrize("where", ["erasure._overwrite", "erasure.erase_receipts", "leftovers.erase", "Outbox.erase"])
def test_killed_in_the_middle_the_next_run_completes_it(tmp_path: Path, where: str) -> None:
    config = lived(tmp_path)
    before = "import os, signal\nfrom gateway.rights import erasing, leftovers\nfrom gateway.store import erasure\n"
    before += f"from gateway.store.outbox import Outbox\n{where} = lambda *_: os.kill(os.getpid(), signal.SIGKILL)"
    with running("erase", "r2", "--yes", "--config", tmp_path / "home.toml", before=before) as killed:
        assert killed.process.wait(30) == -signal.SIGKILL
    told = wren("erase", "r2", "--yes", "--config", tmp_path / "home.toml")
    assert told.returncode == 0, told.stderr
    plants = {**planted("r2"), **OF_ALL}
    del plants["a message's body"]
    assert left(tmp_path, plants) == []
    assert inputs(places_of(config))["kitchen-tap"] > 1_000


def test_while_the_daemon_has_it_nothing_is_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = lived(tmp_path)
    monkeypatch.setattr("gateway.store.connection.BUSY_TIMEOUT_S", 0.05)
    journal = Journal.open(places_of(config).home_db)
    journal.append([])
    before = bytes_in(tmp_path)
    with pytest.raises(StoreUnavailable, match="goes on recording") as refused:
        erase(config, "r2", now_s=ERASED_S)
    assert "systemctl stop wren wren-uplink" in refused.value.advice
    assert bytes_in(tmp_path) == before
    journal.close()


def test_the_id_must_be_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = lived(tmp_path)
    path = str(tmp_path / "home.toml")
    alone = wren("erase", "r2", "--config", path)
    assert (alone.returncode, b"Nobody is there to type" in alone.stderr) == (2, True)
    monkeypatch.setattr("gateway.cli.erase._is_asked", lambda: True)
    other = CliRunner().invoke(command, ["r2", "--config", path], input="r1\n")
    assert "nothing was erased" in str(other.exception)
    assert inputs(places_of(config))["other-bed"] > 1_000
    typed = CliRunner().invoke(command, ["r2", "--config", path], input="r2\n")
    assert typed.exit_code == 0
    assert "What was learnt of r1 is learnt again at the next start" in typed.output
    assert "other-bed" not in inputs(places_of(config))


def test_json_says_what_went(tmp_path: Path) -> None:
    lived(tmp_path)
    told = wren("erase", "r2", "--yes", "--json", "--config", tmp_path / "home.toml")
    assert json.loads(told.stdout) == {
        "resident": "r2", "everything": False, "inputs": 5333, "messages": 2, "files": 4, "desk_to_be_told": True,
    }  # fmt: skip
    unknown = wren("erase", "r9", "--yes", "--config", tmp_path / "home.toml")
    assert (unknown.returncode, b"Known: r1, r2." in unknown.stderr) == (2, True)


@pytest.mark.skipif(os.geteuid() != 0, reason="gives files to another user")
def test_run_by_root_every_file_still_belongs_to_the_daemon(tmp_path: Path) -> None:
    config = lived(tmp_path)
    places = places_of(config)
    owners = {places.private: 65_534, places.outbox: 65_534, places.uplink: 65_533}
    for folder, owner in owners.items():
        os.chown(folder, owner, owner)
        for path in folder.rglob("*"):
            os.chown(path, owner, owner)
    places.home_db.chmod(0o600)
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*")}
    places.home_db.write_bytes(b"damaged")  # so that it has to be made anew, by root
    erase(config, "r2", now_s=ERASED_S)
    for folder, owner in owners.items():
        assert {path.name: path.stat().st_uid for path in folder.rglob("*") if path.stat().st_uid != owner} == {}
    assert {path: stat.S_IMODE(path.stat().st_mode) for path in modes if path.exists() and path != places.home_db} == {
        path: mode for path, mode in modes.items() if path.exists() and path != places.home_db
    }


def test_before_anything_was_recorded_there_is_nothing_to_erase(tmp_path: Path) -> None:
    from .lived import home_of

    config = home_of(tmp_path)
    with pytest.raises(StoreUnavailable, match="does not exist"):
        erase(config, "r1", now_s=ERASED_S)
    assert not (tmp_path / "data").exists()


def _problems(config: Config) -> list[str]:
    return [problem for problem, _ in judge(config, read(places_of(config)), NOW_S).problems]


def _quiet() -> Log:
    return open_log(io.StringIO(), utc_s=lambda: 0.0)


Cut = Callable[[str], None]
