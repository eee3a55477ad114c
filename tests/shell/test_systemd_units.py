"""The units as systemd itself reads them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.errors import NotEnrolled, StoreError, UplinkError

ROOT = Path(__file__).parents[2]
UNITS = ROOT / "systemd"
SERVICES = ("wren.service", "wren-uplink.service", "wren-dbus-proxy.service")
HELPERS = ("wren-enrolled.path", "wren-enrolled.service", "wren-gate.path", "wren-gate.service", "wren-units.service")
PROGRAMS = (
    "/opt/wren/current/bin/wren", "/usr/bin/xdg-dbus-proxy", "/opt/wren/steady/bin/python",
    "/opt/wren/current/share/wren/systemd/install",
)  # fmt: skip
EXPOSURE_TENTHS = {
    "wren.service": 8, "wren-uplink.service": 12, "wren-dbus-proxy.service": 8, "wren-enrolled.service": 12,
    "wren-gate.service": 9, "wren-units.service": 18,
}  # fmt: skip
"""RELIABILITY, "Numbers to hold": 0.8 for the daemon, 1.2 for the uplink, counted by systemd in tenths."""

needs_systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")


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
    for service in (*SERVICES, *HELPERS):
        text = (UNITS / service).read_text(encoding="utf-8")
        for program in PROGRAMS:
            text = text.replace(f"ExecStart={program}", f"ExecStart={sys.executable}")
        (tmp_path / service).write_text(text, encoding="utf-8")
    return tmp_path


@needs_systemd
@pytest.mark.parametrize("service", [*SERVICES, *HELPERS])
def test_systemd_has_no_complaint(installed: Path, service: str) -> None:
    verdict = run("systemd-analyze", "verify", "--man=no", installed / service)
    complaints = [line for line in verdict.stderr.splitlines() if "wren" in line]
    assert (verdict.returncode, complaints) == (0, [])


@needs_systemd
@pytest.mark.parametrize("service", EXPOSURE_TENTHS)
def test_little_is_exposed(installed: Path, service: str) -> None:
    threshold = f"--threshold={EXPOSURE_TENTHS[service]}"
    verdict = run("systemd-analyze", "security", "--offline=true", "--no-pager", threshold, installed / service)
    print(verdict.stdout.splitlines()[-1])
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
    assert uplink["SupplementaryGroups"] == ["wren-outbox"]
    assert "-/etc/wren" in uplink["InaccessiblePaths"]
    assert uplink["ExecStart"] == ["/opt/wren/current/bin/wren uplink --folder /var/lib/wren-uplink"]


def test_the_uplink_cannot_change_whom_it_believes() -> None:
    fixed = {path.lstrip("-") for path in " ".join(settings("wren-uplink.service")["ReadOnlyPaths"]).split()}
    assert {"/var/lib/wren-uplink/enrolment.json", "/var/lib/wren-uplink/key.pem"} <= fixed


@pytest.mark.parametrize("service", EXPOSURE_TENTHS)
def test_no_unit_has_a_ring_to_the_kernel(service: str) -> None:
    """What is asked for by io_uring passes no filter of system calls, and `@system-service` has it."""
    refused = {name for line in settings(service)["SystemCallFilter"] if line[0] == "~" for name in line[1:].split()}
    assert {"io_uring_setup", "io_uring_enter", "io_uring_register"} <= refused


def test_an_enrolment_starts_the_uplink_and_its_absence_no_storm() -> None:
    (enrolment,) = settings("wren-uplink.service", "Unit")["ConditionPathExists"]
    assert settings("wren-enrolled.path", "Path")["PathChanged"] == [enrolment]
    assert enrolment in settings("wren-uplink.service")["ReadOnlyPaths"][0].split()
    # the uplink's user may change its folder, so what is set off by it must touch nothing but the uplink
    (command,) = settings("wren-enrolled.service")["ExecStart"]
    assert command.split()[1:] == ["--no-block", "restart", "wren-uplink.service"]


def test_what_a_further_try_may_mend_is_tried_again() -> None:
    assert NotEnrolled.exit_code not in {StoreError.exit_code, UplinkError.exit_code, 70}


@pytest.mark.parametrize("service", SERVICES)
def test_an_unattended_home_is_never_given_up(service: str) -> None:
    assert settings(service)["Restart"] == ["always"]
    assert settings(service, "Unit")["StartLimitIntervalSec"] == ["0"]
    # only what no further try can mend, and what starts it once it is mended (wren-enrolled.path)
    given_up = settings(service).get("RestartPreventExitStatus")
    assert given_up == ([str(NotEnrolled.exit_code)] if service == "wren-uplink.service" else None)


def test_the_proxy_reads_nothing_of_the_home_though_it_is_of_the_daemons_user() -> None:
    hidden = settings("wren-dbus-proxy.service")["InaccessiblePaths"][0].split()
    assert {path.lstrip("-") for path in hidden} == {"/var/lib/wren", "/var/lib/wren-uplink", "/etc/wren"}
