"""The units as systemd itself reads them, and the wall that their files and modes make."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNITS = ROOT / "systemd"
SERVICES = ("wren.service", "wren-uplink.service", "wren-dbus-proxy.service")
EXPOSURE_TENTHS = {"wren.service": 8, "wren-uplink.service": 12, "wren-dbus-proxy.service": 8}
"""RELIABILITY, "Numbers to hold": 0.8 for the daemon, 1.2 for the uplink, counted by systemd in tenths."""

needs_systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
needs_root = pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("systemd-tmpfiles") or not shutil.which("systemd-sysusers"),
    reason="needs root, systemd-sysusers and systemd-tmpfiles: files of three users are made",
)


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, timeout=30, check=False,
        env={"PATH": os.environ["PATH"], "SYSTEMD_COLORS": "0", "SYSTEMD_PAGER": "", "LC_ALL": "C"},
    )  # fmt: skip


def settings(service: str, section: str = "Service") -> dict[str, list[str]]:
    """A section of a unit: every assignment, in order; continued lines joined."""
    text = (UNITS / service).read_text(encoding="utf-8").replace("\\\n", " ")
    found: dict[str, list[str]] = {}
    for line in text.partition(f"[{section}]")[2].partition("\n[")[0].splitlines():
        if line and not line.startswith("#"):
            key, _, value = line.partition("=")
            found.setdefault(key, []).append(" ".join(value.split()))
    return found


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The units in one folder, starting programs that exist on this machine."""
    for service in SERVICES:
        text = (UNITS / service).read_text(encoding="utf-8")
        for program in ("/opt/wren/bin/wren", "/usr/bin/xdg-dbus-proxy"):
            text = text.replace(f"ExecStart={program}", f"ExecStart={sys.executable}")
        (tmp_path / service).write_text(text, encoding="utf-8")
    return tmp_path


@needs_systemd
@pytest.mark.parametrize("service", SERVICES)
def test_systemd_has_no_complaint(installed: Path, service: str) -> None:
    verdict = run("systemd-analyze", "verify", "--man=no", installed / service)
    complaints = [line for line in verdict.stderr.splitlines() if "wren" in line]
    assert (verdict.returncode, complaints) == (0, [])


@needs_systemd
@pytest.mark.parametrize("service", SERVICES)
def test_little_is_exposed(installed: Path, service: str) -> None:
    threshold = f"--threshold={EXPOSURE_TENTHS[service]}"
    verdict = run("systemd-analyze", "security", "--offline=true", "--no-pager", threshold, installed / service)
    assert verdict.returncode == 0, verdict.stdout


@needs_systemd
def test_the_exposure_test_can_fail(installed: Path) -> None:
    loose = installed / "wren.service"
    guarded = loose.read_text()
    for guard in ("PrivateNetwork=yes", "ProtectSystem=strict", "RestrictNamespaces=yes", "NoNewPrivileges=yes"):
        assert guard in guarded
        guarded = guarded.replace(f"{guard}\n", "")
    loose.write_text(guarded)
    verdict = run("systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold=8", loose)
    assert verdict.returncode != 0


def test_the_daemon_has_no_way_out() -> None:
    daemon = settings("wren.service")
    assert daemon["PrivateNetwork"] == ["yes"]
    assert daemon["RestrictAddressFamilies"] == ["AF_UNIX"]
    assert daemon["IPAddressDeny"] == ["any"]
    # resolved, avahi and nscd listen below /run: only what is named here may be seen of it
    assert daemon["TemporaryFileSystem"] == ["/run:ro"]
    visible = {path.lstrip("-") for path in " ".join(daemon["BindReadOnlyPaths"]).split() if "/run" in path}
    assert visible == {"/run/wren-dbus", "/run/systemd/notify", "/run/systemd/timesync"}
    assert "DBUS_SYSTEM_BUS_ADDRESS=unix:path=/run/wren-dbus/bus" in daemon["Environment"]
    assert settings("wren-dbus-proxy.service")["User"] == daemon["User"], "the bus compares their uids"


def test_the_uplink_sees_the_outbox_and_nothing_else_of_the_daemon() -> None:
    uplink = settings("wren-uplink.service")
    assert uplink["TemporaryFileSystem"] == ["/var/lib:ro"]
    assert uplink["BindReadOnlyPaths"] == ["/var/lib/wren/outbox"]
    assert uplink["User"] != settings("wren.service")["User"]
    assert "wren" not in uplink["SupplementaryGroups"][0].split()


@pytest.mark.parametrize("service", SERVICES)
def test_an_unattended_home_is_never_given_up(service: str) -> None:
    assert settings(service)["Restart"] == ["always"]
    assert settings(service, "Unit")["StartLimitIntervalSec"] == ["0"]


# ---- the files and modes that sysusers.d and tmpfiles.d make ----


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
        extra_groups=[groups[name] for name in unit["SupplementaryGroups"][0].split()],
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
    assert (home / "etc/wren").stat().st_gid == groups["wren-outbox"]


@needs_root
def test_a_wal_file_could_not_be_read_once_its_writer_has_stopped(home: Path) -> None:
    """Why outbox.db keeps a rollback journal: a reader of a WAL file has to make its -shm, and may not."""
    outbox = home / "var/lib/wren/outbox/outbox.db"
    as_service(home, "wren.service", WRITE.replace("TRUNCATE", "WAL"), outbox)
    assert as_service(home, "wren-uplink.service", READ, outbox) != "one\n"
