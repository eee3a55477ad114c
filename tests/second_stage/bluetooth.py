"""No radio, then one, then a restart of the bus underneath it: the daemon stays up, and the wires go on."""

import json
import time
from typing import Any

from tests.stages.claims import check, note, run, title, took

from . import machine
from .life import acknowledge
from .machine import DAEMON, PROXY

RADIO = "second-stage-radio.service"
BACK_S = 30.0
"""RELIABILITY, row 10: a radio senses again within 30 s of its return."""

SETTLED_S = 15.0
"""For a source to be called up (5 s), a scan to hear the strap and a connection."""

TOLD_S = 60.0
"""RELIABILITY, row 10: `radio_down` within 60 s."""

HEARD_S = 5.0
"""The stand-in's strap notifies each second."""


def _state() -> str:
    return machine.show(DAEMON, "StatusText")


def is_missed() -> None:
    """There is no bluetoothd in this container."""
    title("no bluetoothd")
    took("the journal tells it", lambda: machine.logged("source_unavailable"), 30)
    note(str(machine.logged("source_unavailable")[0]))
    process = machine.pid_of(DAEMON)
    acknowledge("the other sources go on")
    check("it is the same process as before", machine.pid_of(DAEMON), want=process)


def is_told() -> None:
    """The technician hears of it; whoever has died meanwhile, the minute begins with the last start."""
    title("radio_down")
    took("the technician is told", _radio_down, TOLD_S)
    for alert in _open_alerts():
        note(json.dumps({key: alert[key] for key in ("kind", "audience", "severity", "observed", "to_do")}))


def _open_alerts() -> list[dict[str, Any]]:
    alerts: list[dict[str, Any]] = json.loads(run(machine.WREN, "alerts", "--json"))["alerts"]
    return [alert for alert in alerts if alert["kind"] == "radio_down"]


def _radio_down() -> bool:
    return bool(_open_alerts())


def appears() -> None:
    """bluetoothd comes: a stand-in, on the system's own bus, behind the proxy."""
    title("bluetoothd appears (a stand-in on the system bus)")
    process = machine.pid_of(DAEMON)
    run("systemctl", "start", RADIO)
    took("the radio is up", lambda: _state() == "ble is up", BACK_S + SETTLED_S)
    check("it is the same process as before", machine.pid_of(DAEMON), want=process)


def bus_restarts() -> None:
    """dbus-daemon ends and comes back, and with it proxy and radio."""
    title("dbus is restarted")
    process, counted, bus = machine.pid_of(DAEMON), machine.restarts(DAEMON), machine.pid_of("dbus.service")
    run("systemctl", "restart", "dbus.service")
    check("it is another dbus-daemon", machine.pid_of("dbus.service") not in (0, bus))
    took("the daemon notices", lambda: _state().startswith("ble is down"), BACK_S)
    took("the radio is up again", lambda: _state() == "ble is up", BACK_S + SETTLED_S)
    took(f"{PROXY} is up", lambda: machine.is_ready(PROXY), 10)
    check("the daemon is the same process as before", machine.pid_of(DAEMON), want=process)
    check("and was not restarted", machine.restarts(DAEMON), want=counted)
    time.sleep(HEARD_S)  # a strap's reading is counted at the end
