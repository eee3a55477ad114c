"""Our services, and the two of the system that the radio hangs on."""

from collections.abc import Iterator, Mapping
from typing import Final

from gateway.config.radio import devices_of
from gateway.doctor.facts import Facts, Radio, Unit, Unseen
from gateway.doctor.findings import Finding, failed, passed, skipped, warned
from gateway.doctor.looks.services import BLUETOOTH, BUS, DAEMON, PROXY, UPLINK, WATCHER

_MEANT: Final[Mapping[int, str]] = {
    2: "its configuration or its enrolment is refused",
    3: "its pins or its radio cannot be used at all",
    4: "a database cannot be used",
    70: "it stumbled over a fault of its own",
    127: "a part of its program is missing",
    203: "its program is not there, or may not be run",
    217: "its user is not there",
    226: "a folder that it needs is not there",
}
"""What it means that a service ended with this status: ours (docs/commands.md), and systemd's (systemd.exec(5))."""

_OFTEN: Final = 3
"""Restarts since the boot: an update and a change of the configuration are two."""

_INSTALL: Final = "Install this gateway's services: scripts/provision USER@HOST, from the technician's laptop"


def check(facts: Facts) -> Iterator[Finding]:
    """Each of the services that this home needs."""
    config = facts.home.config
    by_radio = config is not None and bool(devices_of(config))
    units = facts.services
    if isinstance(units, Unseen):
        yield _alone(facts)
        yield skipped("service.uplink", units.why, units.step)
        yield from _unsystematic(facts, by_radio=by_radio)
        return
    if by_radio:
        yield _plain("service.bus", BUS, units.get(BUS), "D-Bus")
        yield _plain("service.bluetooth", BLUETOOTH, units.get(BLUETOOTH), "bluetoothd")
        yield _proxy(facts, units.get(PROXY))
    yield _ours("service.wren", DAEMON, units.get(DAEMON), "The daemon", "this home is not watched")
    if config is None or config.uplink is not None:
        yield _plain("service.watcher", WATCHER, units.get(WATCHER), "What waits for an enrolment")
        enrolled = not isinstance(facts.key, Unseen) and facts.key.enrolment is not None
        so = "the provider hears of nothing"
        yield _ours("service.uplink", UPLINK, units.get(UPLINK), "The messenger", so, enrolled=enrolled)


def _alone(facts: Facts) -> Finding:
    """The daemon where no systemd starts it: it has home.db, or it is not there."""
    if facts.is_held is True:
        return passed("service.wren", "The daemon runs.")
    if facts.is_held is False and facts.home.config is not None:
        why = "The daemon is not running: nobody has home.db. This home is not watched."
        step = f"sudo systemctl start wren (where it is no service: wren run --config {facts.home.path})"
        return failed("service.wren", "not_running", why, step)
    return skipped("service.wren", "systemd does not run here, so it is not known.", "systemctl status")


def _unsystematic(facts: Facts, *, by_radio: bool) -> Iterator[Finding]:
    """Where no systemd is, the bus itself says whether it and bluetoothd are there."""
    radio = facts.radio
    if not by_radio or not isinstance(radio, Radio):
        return
    if not radio.has_bus:
        yield failed("service.bus", "not_running", "The system's D-Bus does not answer.", "sudo systemctl restart dbus")
    elif not radio.has_bluez:
        yield _no_bluetoothd()
    else:
        yield passed("service.bluetooth", "bluetoothd answers.")


def _no_bluetoothd() -> Finding:
    why = "bluetoothd does not answer on the bus: nothing by radio can be heard."
    step = "sudo systemctl restart bluetooth; systemctl status bluetooth"
    return failed("service.bluetooth", "not_running", why, step)


def _plain(check: str, name: str, unit: Unit | None, what: str) -> Finding:
    short = name.removesuffix(".service")
    if unit is None or unit.load != "loaded":
        package = {BUS: "dbus", BLUETOOTH: "bluez"}.get(name)
        step = f"sudo apt-get install {package}" if package else _INSTALL
        return failed(check, "not_installed", f"{name} is not installed.", step)
    if unit.active not in ("active", "activating", "reloading"):
        why = f"{what} is not running ({unit.active})."
        return failed(check, "not_running", why, f"sudo systemctl restart {short}; systemctl status {short}")
    if unit.enabled == "disabled":
        why = f"{what} runs, and would not after the next power cut: {name} is not enabled."
        return warned(check, "disabled", why, f"sudo systemctl enable {short}")
    return passed(check, f"{what} runs.")


def _proxy(facts: Facts, unit: Unit | None) -> Finding:
    found = _plain("service.proxy", PROXY, unit, "The daemon's door to the bus")
    if found.cause or facts.proxy_answers is not False:
        return found
    why = "The daemon's door to the bus is not there, though its service runs: nothing by radio is heard."
    return failed("service.proxy", "no_door", why, "sudo systemctl restart wren-dbus-proxy wren")


def _ours(check: str, name: str, unit: Unit | None, what: str, so: str, *, enrolled: bool = False) -> Finding:
    short = name.removesuffix(".service")
    if unit is None or unit.load != "loaded":
        return failed(check, "not_installed", f"{name} is not installed: {so}.", _INSTALL)
    if unit.active == "active" and unit.sub in ("running", ""):
        return _running(check, name, unit, what)
    if not unit.condition_met and unit.active == "inactive":
        if enrolled:  # systemd looked before there was an enrolment, and nothing made it look again
            why = f"{what} was not started after the enrolment: {so}."
            return failed(check, "not_running", why, f"sudo systemctl restart {WATCHER} {short}")
        return skipped(check, f"{name} waits for an enrolment.", "sudo wren enrol")
    if unit.result == "watchdog":
        return _stalled(check, short, what, so)
    if unit.active == "failed" or unit.sub == "auto-restart" or (unit.exit_status and unit.active != "deactivating"):
        return _failing(check, short, unit, what, so)
    if unit.active == "activating":
        return warned(check, "restarting", f"{what} is just starting.", "Wait a minute, then: sudo wren doctor")
    why = f"{what} was stopped: {so}."
    return failed(check, "not_running", why, f"sudo systemctl enable --now {short}")


def _running(check: str, name: str, unit: Unit, what: str) -> Finding:
    short = name.removesuffix(".service")
    if unit.restarts >= _OFTEN:
        last = f" It last said: {_said(unit)}" if unit.last else ""
        why = f"{what} runs, and had to be restarted {unit.restarts} times since the boot.{last}"
        return warned(check, "restarting", why, _advice(unit) or f"journalctl -u {short} -p warning -n 50")
    if unit.enabled == "disabled":
        why = f"{what} runs, and would not after the next power cut: {name} is not enabled."
        return warned(check, "disabled", why, f"sudo systemctl enable {short}")
    return passed(check, f"{what} runs.")


def _stalled(check: str, short: str, what: str, so: str) -> Finding:
    why = f"{what} made no progress and was ended by the watchdog: {so}."
    step = f"journalctl -u {short} -n 50; iostat -x 5 3 (a dying card keeps it waiting); sudo systemctl restart {short}"
    return failed(check, "stalled", why, step)


def _failing(check: str, short: str, unit: Unit, what: str, so: str) -> Finding:
    meant = _MEANT.get(unit.exit_status)
    reason = (
        f" (status {unit.exit_status}: {meant})" if meant else f" (status {unit.exit_status})" * bool(unit.exit_status)
    )
    said = f" It said: {_said(unit)}" if unit.last and unit.last.problem else ""
    why = f"{what} ends again and again{reason}: {so}.{said}"
    restart = f"sudo systemctl restart {short}"
    advice = _advice(unit)
    return failed(check, "failing", why, f"{advice} Then: {restart}" if advice else f"journalctl -u {short} -n 50")


def _said(unit: Unit) -> str:
    return "" if unit.last is None else unit.last.problem or unit.last.event


def _advice(unit: Unit) -> str:
    return "" if unit.last is None else unit.last.advice
