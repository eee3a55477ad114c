"""System settings one by one, on a folder with a Pi's files, and programs that only write down what they were told."""

import subprocess
from pathlib import Path

import pytest

from gateway.errors import GatewayError
from gateway.provision.errors import StepFailed
from gateway.provision.pi.access import ACCESS, CLOCK, LOGINS
from gateway.provision.pi.dropins import JOURNAL, UPGRADES, WATCHDOG
from gateway.provision.pi.facts import facts
from gateway.provision.pi.home_steps import START, doctor
from gateway.provision.pi.looks import Step
from gateway.provision.pi.machine import Machine
from gateway.provision.pi.settings import CARD, RADIO, TIME

RPI_SWAP = "usr/lib/systemd/system-generators/rpi-swap-generator"


class Told(Machine):
    """A machine whose programs answer as they were told to, by their first words."""

    def __init__(self, root: Path, *, booted: bool = True) -> None:
        super().__init__(root)
        self.ran: list[str] = []
        self.answers: dict[str, tuple[int, str]] = {}
        if booted:
            self.put("run/systemd/system/here", "")

    def put(self, path: str, text: str) -> None:
        self.path(path).parent.mkdir(parents=True, exist_ok=True)
        self.path(path).write_text(text)

    def has(self, program: str) -> bool:
        return program == "systemctl"

    def run(self, *argv: str, stdin: bytes = b"", within_s: float = 600.0) -> "subprocess.CompletedProcess[str]":
        line = " ".join(argv)
        self.ran.append(line)
        code, out = next((answer for begin, answer in self.answers.items() if line.startswith(begin)), (0, ""))
        if line.startswith("systemctl --quiet enable"):
            self.answers = {f"systemctl is-enabled {argv[-1]}": (0, "enabled\n")} | self.answers
        if line.startswith("systemctl --quiet disable"):
            self.answers = {f"systemctl is-enabled {argv[-1]}": (1, "disabled\n")} | self.answers
        return subprocess.CompletedProcess(argv, code, out)


@pytest.fixture
def machine(tmp_path: Path) -> Told:
    return Told(tmp_path)


def do(step: Step, machine: Machine, **want: object) -> list[str]:
    """Look, do, look again: nothing may be left. What it said."""
    said: list[str] = []
    assert step.look(machine, want).todo
    step.deed(machine, want, said.append)
    assert step.look(machine, want).todo == []
    return said


def test_the_journal_is_bounded_and_read_by_journald(machine: Told) -> None:
    do(JOURNAL, machine)
    assert "SystemMaxUse=64M" in (machine.text("/etc/systemd/journald.conf.d/wren.conf") or "")
    assert machine.ran == ["systemctl restart systemd-journald.service", "journalctl --flush"]


def test_a_file_that_was_written_and_never_put_to_use_is_put_to_use_by_the_next_run(machine: Told) -> None:
    machine.answers["systemctl restart"] = (1, "Job failed.")
    with pytest.raises(StepFailed) as failed:
        JOURNAL.deed(machine, {}, print)
    assert failed.value.detail == "Job failed."
    assert machine.text("/etc/systemd/journald.conf.d/wren.conf")
    assert JOURNAL.look(machine, {}).todo
    machine.answers.clear()
    do(JOURNAL, machine)


def test_a_setting_that_somebody_changed_is_seen(machine: Told) -> None:
    do(UPGRADES, machine)
    machine.put("/etc/apt/apt.conf.d/60wren", "// nothing\n")
    assert len(UPGRADES.look(machine, {}).todo) == 1
    do(UPGRADES, machine)
    text = machine.text("/etc/apt/apt.conf.d/60wren") or ""
    assert text.startswith("// Written by Wren")
    assert text.endswith('Automatic-Reboot "false";\n')


def test_the_watchdog_only_where_there_is_one(machine: Told) -> None:
    found = WATCHDOG.look(machine, {})
    assert (found.todo, len(found.notes)) == ([], 1)
    machine.put("/dev/watchdog0", "")
    do(WATCHDOG, machine)
    assert machine.ran == ["systemctl daemon-reexec"]


def test_no_swap_file_on_a_bookworm_card(machine: Told) -> None:
    machine.put("/lib/systemd/system/dphys-swapfile.service", "")
    machine.answers["systemctl is-enabled dphys-swapfile"] = (0, "enabled\n")
    do(CARD, machine)
    assert "systemctl --quiet disable dphys-swapfile.service" in machine.ran
    assert "systemctl stop dphys-swapfile.service" in machine.ran


def test_swap_in_memory_alone_on_trixie(machine: Told) -> None:
    machine.put(RPI_SWAP, "")
    do(CARD, machine)
    assert (machine.text("/etc/rpi/swap.conf.d/wren.conf") or "").endswith("[Main]\nMechanism=zram\n")


def test_swap_of_somebody_else_is_told_and_left(machine: Told) -> None:
    machine.put("/proc/swaps", "Filename Type\n/dev/mmcblk0p3 partition 1 0 -2\n/dev/zram0 partition 1 0 100\n")
    machine.put("/proc/mounts", "/dev/mmcblk0p2 / ext4 rw,strictatime 0 0\n")
    found = CARD.look(machine, {})
    assert found.todo == []
    assert "/dev/mmcblk0p3" in found.notes[0]
    assert "zram0" not in found.notes[0]
    assert "noatime" in found.notes[1]


def test_a_radio_that_is_blocked_is_freed_and_wifi_is_left(machine: Told) -> None:
    for number, kind in enumerate(("bluetooth", "wlan")):
        machine.put(f"/sys/class/rfkill/rfkill{number}/type", f"{kind}\n")
        machine.put(f"/sys/class/rfkill/rfkill{number}/soft", "1\n")
    machine.put("/lib/systemd/system/bluetooth.service", "")
    machine.put("/sys/class/bluetooth/hci0/address", "")
    machine.answers["systemctl is-enabled bluetooth"] = (1, "disabled\n")
    assert len(do(RADIO, machine)) == 2
    assert machine.text("/sys/class/rfkill/rfkill0/soft") == "0"
    assert machine.text("/sys/class/rfkill/rfkill1/soft") == "1\n"
    assert RADIO.look(machine, {}).notes == []


def test_time_services_are_switched_on_and_others_left(machine: Told) -> None:
    machine.put("/lib/systemd/system/systemd-timesyncd.service", "")
    machine.put("/lib/systemd/system/fake-hwclock.service", "")
    machine.answers["systemctl is-enabled"] = (1, "disabled\n")
    do(TIME, machine)
    assert "systemctl start fake-hwclock.service" in machine.ran
    machine.put("/usr/lib/systemd/system/chrony.service", "")
    assert TIME.look(machine, {}).notes == ["chrony.service keeps the time here, and is left as it is."]


@pytest.mark.parametrize(
    ("off_s", "is_set", "todo"), [(30, False, 0), (-30, False, 0), (9e7, False, 1), (9e7, True, 0)]
)
def test_a_clock_is_set_only_if_it_is_far_off_and_no_network_set_it(
    machine: Told, off_s: float, is_set: bool, todo: int
) -> None:
    found = CLOCK.look(machine, {"off_s": off_s, "clock_set": is_set}).todo
    assert len(found) == todo
    if found:
        assert "1042 days behind" in found[0]


def test_logins_are_closed_only_for_who_came_by_key_and_taken_back_if_sshd_refuses(machine: Told) -> None:
    machine.put("/etc/ssh/sshd_config", "")
    assert ACCESS.look(machine, {"by_key": False}).todo == []
    machine.answers["sshd -t"] = (255, "bad line")
    with pytest.raises(StepFailed, match="taken back"):
        ACCESS.deed(machine, {"by_key": True}, print)
    assert machine.text(LOGINS) is None
    machine.answers.clear()
    do(ACCESS, machine, by_key=True)
    assert "PasswordAuthentication no" in (machine.text(LOGINS) or "")
    machine.put(LOGINS, "PasswordAuthentication yes\n")
    assert ACCESS.look(machine, {"by_key": True}).todo == []  # somebody else's word stands


def test_a_daemon_is_restarted_for_a_new_configuration_and_not_for_the_same(machine: Told) -> None:
    machine.answers["systemctl is-active"] = (0, "active\n")
    machine.put("/etc/wren/home.toml", "[home]\n")
    do(START, machine, home=None)
    assert "systemctl restart wren.service" in machine.ran
    assert "systemctl start wren-uplink.service" not in machine.ran
    machine.ran.clear()
    machine.put("/var/lib/wren-uplink/enrolment.json", "{}")
    assert START.look(machine, {"home": None}).todo == []
    machine.answers["systemctl is-active wren-uplink"] = (3, "failed\n")
    machine.answers = dict(reversed(machine.answers.items()))
    machine.answers["journalctl"] = (0, "No key.\n")
    with pytest.raises(StepFailed, match=r"wren-uplink\.service does not become ready") as failed:
        START.deed(machine, {"home": None}, print)
    assert failed.value.detail == "No key."
    assert "systemctl start wren.service" in machine.ran


def test_a_version_without_doctor_is_told(machine: Told) -> None:
    machine.answers["/opt/wren/current/bin/wren doctor"] = (2, "Error: No such command 'doctor'.")
    with pytest.raises(GatewayError, match="has no `wren doctor`"):
        doctor(machine)
    machine.answers["/opt/wren/current/bin/wren doctor"] = (1, "fail  power\n")
    assert doctor(machine) == (1, "fail  power")


@pytest.mark.parametrize(("said", "under"), [("50005\n", True), ("50000\n", False), ("x", None)])
def test_facts_of_a_pi(machine: Told, said: str, under: bool | None) -> None:
    machine.put("/etc/os-release", 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nVERSION_CODENAME=trixie\n')
    machine.put("/proc/device-tree/model", "Raspberry Pi 4 Model B Rev 1.5\0")
    machine.put("/proc/meminfo", "MemTotal:        3884268 kB\n")
    machine.put("/sys/devices/platform/soc/soc:firmware/get_throttled", said)
    found = facts(machine)
    assert found["board"] == "Raspberry Pi 4 Model B Rev 1.5"
    assert (found["suite"], found["ram_bytes"], found["under_voltage"]) == ("trixie", 3884268 * 1024, under)
    assert (found["home"], found["version"], found["enrolled"]) == (None, None, False)


def test_a_card_that_takes_nothing_is_named(machine: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_fd: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StepFailed, match=r"/etc/x\.conf cannot be written: No space left on device") as failed:
        machine.write("/etc/x.conf", "text")
    assert "card" in failed.value.advice
    assert list(machine.path("/etc").iterdir()) == []
