"""The wall that users and modes make by themselves: what sysusers.d and tmpfiles.d give, tried with real users."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from .test_systemd_units import UNITS, run, settings

needs_root = pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("systemd-tmpfiles") or not shutil.which("systemd-sysusers"),
    reason="needs root, systemd-sysusers and systemd-tmpfiles: files of three users are made",
)


@pytest.fixture
def home() -> Iterator[Path]:
    """An empty root directory with Wren's users and folders in it, as at the first boot."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        root.chmod(0o755)
        (root / "etc").mkdir(mode=0o755)
        for tool, option in (("systemd-sysusers", ()), ("systemd-tmpfiles", ("--create",))):
            snippet = UNITS / f"{tool.removeprefix('systemd-')}.d" / "wren.conf"
            made = run(tool, f"--root={root}", *option, snippet)
            assert (made.returncode, [line for line in made.stderr.splitlines() if "wren.conf" in line]) == (0, [])
        yield root


def ids(root: Path) -> tuple[dict[str, int], dict[str, int]]:
    users = [line.split(":") for line in (root / "etc/passwd").read_text().splitlines()]
    groups = [line.split(":") for line in (root / "etc/group").read_text().splitlines()]
    return {user[0]: int(user[2]) for user in users}, {group[0]: int(group[2]) for group in groups}


def as_service(root: Path, service: str, program: str, *arguments: str | Path) -> str:
    """What `program` (Python) prints, with the user, the groups and the umask of `service`'s unit."""
    users, groups = ids(root)
    unit = settings(service)
    done = subprocess.run(
        ["/usr/bin/env", "python3", "-c", program, *map(str, arguments)], capture_output=True, text=True, timeout=30,
        user=users[unit["User"][0]], group=groups[unit["Group"][0]],
        extra_groups=[groups[name] for name in unit.get("SupplementaryGroups", [""])[0].split()],
        umask=int(unit["UMask"][0], 8), cwd="/", check=False, env={"PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    return done.stdout + done.stderr


WRITE = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.executescript("PRAGMA journal_mode = TRUNCATE; CREATE TABLE IF NOT EXISTS message (body)")
db.execute("INSERT INTO message VALUES ('one')")
db.commit()
"""
READ = """
import sqlite3, sys
try:
    db = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
    print(db.execute("SELECT group_concat(body) FROM message").fetchone()[0])
except sqlite3.Error as error:
    print(error)
"""
DIE_IN_MID_COMMIT = """
import os, sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("PRAGMA journal_mode = TRUNCATE")
db.execute("PRAGMA cache_size = 1")
db.execute("BEGIN IMMEDIATE")
for _ in range(200):  # spills into the file, so the journal is hot
    db.execute("INSERT INTO message VALUES (?)", ("x" * 4000,))
os._exit(1)
"""


@needs_root
def test_the_uplink_cannot_open_the_recording_of_a_life(home: Path) -> None:
    recording = home / "var/lib/wren/private/home.db"
    assert as_service(home, "wren.service", WRITE, recording) == ""
    assert "one" in as_service(home, "wren.service", READ, recording)
    assert "unable to open database file" in as_service(home, "wren-uplink.service", READ, recording)


@needs_root
@pytest.mark.parametrize(
    ("database", "writer", "reader"),
    [
        ("var/lib/wren/outbox/outbox.db", "wren.service", "wren-uplink.service"),
        ("var/lib/wren-uplink/uplink.db", "wren-uplink.service", "wren.service"),
    ],
)
def test_each_side_reads_what_the_other_wrote_and_cannot_write_it(
    home: Path, database: str, writer: str, reader: str
) -> None:
    path = home / database
    assert as_service(home, writer, WRITE, path) == ""
    assert as_service(home, reader, READ, path) == "one\n"
    assert "attempt to write a readonly database" in as_service(home, reader, WRITE, path)


@needs_root
def test_a_reader_refuses_a_half_written_outbox_until_its_writer_has_rolled_it_back(home: Path) -> None:
    outbox = home / "var/lib/wren/outbox/outbox.db"
    as_service(home, "wren.service", WRITE, outbox)
    as_service(home, "wren.service", DIE_IN_MID_COMMIT, outbox)
    assert outbox.with_name("outbox.db-journal").stat().st_size > 0
    # the journal is seen, so nothing half-written is read; the writer is back within 10 s and rolls back
    assert as_service(home, "wren-uplink.service", READ, outbox) == "attempt to write a readonly database\n"
    assert as_service(home, "wren.service", READ.replace("?mode=ro", ""), outbox) == "one\n"
    assert as_service(home, "wren-uplink.service", READ, outbox) == "one\n"


@needs_root
def test_nobody_else_sees_anything(home: Path) -> None:
    users, groups = ids(home)
    for folder in ("etc/wren", "var/lib/wren/private", "var/lib/wren/outbox", "var/lib/wren-uplink", "run/wren-dbus"):
        made = (home / folder).stat()
        assert made.st_mode & 0o007 == 0, folder
        assert made.st_uid in {0, users["wren"], users["wren-uplink"]}
    assert (home / "var/lib/wren").stat().st_mode & 0o777 == 0o711
    assert (home / "etc/wren").stat().st_gid == groups["wren"]


LOOK = """
import sys
try:
    print(open(sys.argv[1]).read())
except OSError as error:
    print(error.strerror)
"""


def put(root: Path, path: str, owner: str, group: str, mode: int) -> Path:
    """A file as `wren enrol`, a technician, or a service leaves it."""
    users, groups = ids(root)
    file = root / path
    file.write_text("there")
    os.chown(file, users.get(owner, 0), groups[group])
    file.chmod(mode)
    return file


@needs_root
@pytest.mark.parametrize(
    ("path", "owner", "group", "mode", "reads", "does_not"),
    [
        ("etc/wren/home.toml", "root", "wren", 0o640, "wren.service", "wren-uplink.service"),
        ("var/lib/wren/private/desk.json", "wren", "wren", 0o600, "wren.service", "wren-uplink.service"),
        ("var/lib/wren-uplink/key.pem", "wren-uplink", "wren-uplink", 0o600, "wren-uplink.service", "wren.service"),
    ],
)
def test_what_is_for_one_side_alone_is_read_by_that_side_alone(
    home: Path, path: str, owner: str, group: str, mode: int, reads: str, does_not: str
) -> None:
    file = put(home, path, owner, group, mode)
    assert as_service(home, reads, LOOK, file) == "there\n"
    assert as_service(home, does_not, LOOK, file) == "Permission denied\n"


@needs_root
def test_neither_side_can_take_the_place_of_what_it_is_to_trust(home: Path) -> None:
    """The daemon cannot change the enrolment, nor the uplink what the daemon trusts, nor either the configuration."""
    for folder, services in {
        "etc/wren": ("wren.service", "wren-uplink.service"),
        "var/lib/wren/private": ("wren-uplink.service",),
        "var/lib/wren/outbox": ("wren-uplink.service",),
        "var/lib/wren-uplink": ("wren.service",),
    }.items():
        for service in services:
            touch = "import sys\ntry:\n  open(sys.argv[1], 'w')\nexcept OSError as error:\n  print(error.strerror)"
            assert as_service(home, service, touch, home / folder / "mine") == "Permission denied\n", (folder, service)


@needs_root
def test_a_configuration_of_an_earlier_version_becomes_the_daemons(home: Path) -> None:
    """Its group was wren-outbox, which the uplink has; `systemd/install` and each boot put that right."""
    file = put(home, "etc/wren/home.toml", "root", "wren-outbox", 0o640)
    made = run("systemd-tmpfiles", f"--root={home}", "--create", UNITS / "tmpfiles.d/wren.conf")
    assert made.returncode == 0, made.stderr
    assert as_service(home, "wren.service", LOOK, file) == "there\n"
    assert as_service(home, "wren-uplink.service", LOOK, file) == "Permission denied\n"


@needs_root
@needs_root
def test_a_wal_file_could_not_be_read_once_its_writer_has_stopped(home: Path) -> None:
    """Why outbox.db keeps a rollback journal: a reader of a WAL file has to make its -shm, and may not."""
    outbox = home / "var/lib/wren/outbox/outbox.db"
    as_service(home, "wren.service", WRITE.replace("TRUNCATE", "WAL"), outbox)
    assert as_service(home, "wren-uplink.service", READ, outbox) != "one\n"
