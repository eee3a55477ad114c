"""Faults of the home itself: its configuration, files, databases, pins, radio."""

import os
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from typing import Final

from dbus_fast import Variant

from gateway.leaving import mark
from gateway.rights import unfinished
from gateway.store.ledger import Ledger
from models.kinds import AlertKind, Audience
from tests.bluez.standin import ADAPTER
from tests.cli.house import alert

from .box import DAEMON
from .faults_box import Put, Row
from .home import TOML, House

PAGE: Final = 4096


def says(toml: str) -> Put:
    """home.toml says something else, and nobody has restarted the daemon."""

    def put(house: House) -> None:
        house.write(toml, enrol=False)

    return put


def runs_with(toml: str) -> Put:
    def put(house: House) -> None:
        house.stop()
        house.write(toml)
        house.walked()
        house.start()

    return put


def missing(house: House) -> None:
    house.keep(house.config_path)
    house.config_path.unlink()


def no_text(house: House) -> None:
    house.keep(house.config_path)
    house.config_path.write_bytes(b"\xff\xfe\x00")


def not_walked(house: House) -> None:
    house.stop()
    house.places.walk_certificate.unlink()
    house.start()


def owned_by_another(house: House) -> None:
    house.is_dirty = True
    os.chown(house.places.home_db, 40_001, 40_001)


def readable_by_all(house: House) -> None:
    house.keep(house.places.key)
    house.places.key.chmod(0o644)


def no_user(house: House) -> None:
    text = (house.box.root / "etc/passwd").read_text()
    house.box.set("etc/passwd", "".join(line for line in text.splitlines(True) if "wren-uplink" not in line))


def old_version(house: House) -> None:
    house.restart(before="import gateway\ngateway.VERSION = '0.0.9'")


def damaged(name: str) -> Put:
    def put(house: House) -> None:
        house.stop()
        places = house.places
        path = places.home_db if name == "home" else places.outbox_db
        size = path.stat().st_size
        with path.open("r+b") as file:
            for at in range(PAGE, size, PAGE):
                file.seek(at)
                file.write(b"\x5a" * 512)
        told = {"ActiveState": "activating", "SubState": "auto-restart", "Result": "exit-code", "ExecMainStatus": "4"}
        house.box.down(DAEMON, **told)

    return put


def healed(house: House) -> None:
    damaged("outbox")(house)
    house.start()


def often_cut(house: House) -> None:
    for _ in range(3):
        house.kill()
        house.start()
        time.sleep(1.0)  # each stop is told by the second at which the next start found it


def trail_changed(house: House) -> None:
    house.stop()
    with closing(sqlite3.connect(house.places.outbox_db)) as raw:
        raw.execute("UPDATE trail SET at_s = at_s - 3600 WHERE n = 2")
        raw.commit()
    house.start()


def ledger(house: House, work: Callable[[Ledger], object]) -> None:
    house.stop()
    found = Ledger.open(house.places.private, house.places.outbox)
    work(found)
    found.stop()
    house.start()


def waits(house: House) -> None:
    ledger(house, lambda found: found.commit([], [alert(1, int(time.time()) - 7200)]))


def tells(house: House) -> None:
    told = alert(1, int(time.time()) - 60, kind=AlertKind.SENSOR_SILENT, audience=Audience.TECHNICIAN)
    ledger(house, lambda found: found.commit([], [told]))


def ahead(seconds: int) -> Put:
    def put(house: House) -> None:
        house.utc_ahead_s = seconds

    return put


def erasing(house: House) -> None:
    house.keep(house.places.private / unfinished.NAME)
    unfinished.begin(house.places, "r1", int(time.time()))


def leaving(house: House) -> None:
    house.keep(mark.path_of(house.config_path))
    begun = mark.Leaving(how="retire", home="h-0001", version="0.1.0", began_s=1, configuration="")
    mark.keep(house.config_path, begun)


def hangs(house: House) -> None:
    house.is_dirty = True
    os.kill(house.daemon.process.pid, signal.SIGSTOP)


def no_chip(house: House) -> None:
    house.box.take("dev/gpiochip0")


def no_right(house: House) -> None:
    text = (house.box.root / "etc/group").read_text()
    house.box.set("etc/group", text.replace(f"gpio:x:{os.getgid()}:", "gpio:x:40002:"))


def pin_taken(house: House) -> None:
    """Another process has the line before the daemon starts; the kernel's list says who."""
    house.stop()
    house.steal(17)
    house.start()
    house.box.set(
        "sys/kernel/debug/gpio", "gpiochip0: 54 GPIOs, pinctrl-bcm2711:\n gpio-529 (GPIO17 |spi0 CS1) out hi\n"
    )


def pin_stolen(house: House) -> None:
    """Another process has the line; nobody knows which."""
    house.stop()
    house.steal(22)
    house.start()


def chatters(house: House) -> None:
    for _ in range(400):
        house.chip.drive(17, 0)
        house.chip.drive(17, 1)
    house.is_dirty = True


def pressed(house: House) -> None:
    house.is_dirty = True
    house.chip.drive(5, 0)


def adapter_gone(house: House) -> None:
    house.is_dirty = True
    house.air.call(lambda bluez: bluez.pull_out())
    house.air.hush()


def other_adapter(house: House) -> None:
    house.is_dirty = True
    house.air.go()
    house.air.come("hci1")


def blocked(which: str) -> Put:
    def put(house: House) -> None:
        house.is_dirty = True
        house.box.set(f"sys/class/rfkill/rfkill0/{which}", "1\n")

        def block(bluez: object) -> None:
            bluez.blocked = True  # type: ignore[attr-defined]
            bluez.power(on=False)  # type: ignore[attr-defined]

        house.air.call(block)

    return put


def switched_off(house: House) -> None:
    house.is_dirty = True

    def off(bluez: object) -> None:
        bluez.refusals["Set"] = [("org.bluez.Error.Failed", "")] * 1000  # type: ignore[attr-defined]
        bluez.power(on=False)  # type: ignore[attr-defined]

    house.air.call(off)


def not_listening(house: House) -> None:
    house.is_dirty = True
    house.air.call(lambda bluez: bluez._change(bluez._adapter, ADAPTER, Discovering=Variant("b", False)))


def unheard(house: House) -> None:
    """The device is not on the air; the daemon listens."""
    house.is_dirty = True
    house.air.hush()
    house.air.call(lambda bluez: bluez._vanish("/org/bluez/hci0/dev_C0_FF_EE_00_00_02"))


def weak(house: House) -> None:
    house.is_dirty = True
    house.air.rssi = -94
    house.air.heard(-94)


def bluetoothd_hangs(house: House) -> None:
    house.is_dirty = True
    house.box.says("systemctl", None)

    def hang(bluez: object) -> None:
        bluez.hangs = True  # type: ignore[attr-defined]

    house.air.call(hang)


TWICE: Final = TOML.replace("gpio = { pin = 22,", "gpio = { pin = 27,")
TYPO: Final = TOML.replace('timezone = "Europe/London"', 'timezoen = "Europe/London"')

ROWS: Final[list[Row]] = [
    ("no home.toml", "home.file", "missing", "wren setup", missing),
    ("home.toml is no text", "home.file", "unreadable", "UTF-8", no_text),
    ("a typing error in home.toml", "home.accepted", "refused", "Did you mean `timezone`?", says(TYPO)),
    ("a pin used twice", "home.accepted", "refused", "Give each its own pin", says(TWICE)),
    ("home.toml changed since the start", "home.current", "changed_since_start", "systemctl restart wren",
     says(f"{TOML}\n# later\n"), "warn"),
    ("home.toml doubtful", "home.doubts", "doubtful", "wren check",
     runs_with(TOML.replace('second = "second"\n', "")), "warn"),
    ("review overdue", "upkeep.purpose", "review_due", "ask again", runs_with(TOML.replace("2099-05-01",
     "2026-01-01")), "warn"),
    ("no walk-test", "sensors.walk", "not_passed", "wren walk-test", not_walked, "warn"),
    ("home.db of another user", "files.owners", "owner", "chown", owned_by_another),
    ("key readable by all", "files.owners", "mode", "chmod 0600", readable_by_all),
    ("a system user missing", "files.owners", "missing_user", "systemd-sysusers", no_user),
    ("old version runs on", "release.running", "old_version_runs", "restart wren wren-uplink", old_version, "warn"),
    ("home.db damaged", "database.home", "damaged", "restart wren", damaged("home")),
    ("outbox.db damaged", "database.outbox", "damaged", "restart wren", damaged("outbox")),
    ("a database was moved aside", "database.moved", "moved_aside", "dmesg", healed, "warn"),
    ("the power is cut often", "database.stops", "often_cut", "last -x", often_cut, "warn"),
    ("the record of what left was changed", "database.trail", "not_whole", "wren audit verify", trail_changed),
    ("daemon silent for an hour", "daemon.heard", "silent", "systemctl status wren", ahead(3600)),
    ("clock set back an hour", "daemon.heard", "clock_set_back", "timedatectl", ahead(-3600)),
    ("daemon hangs", "pins.answer", "no_answer", "systemctl restart wren", hangs),
    ("no pin header", "pins.chip", "no_pins", "/dev/gpiochip", no_chip),
    ("daemon may not use the pins", "pins.chip", "no_right", "udevadm", no_right),
    ("a pin belongs to SPI", "pins.claims", "taken", "switch SPI off", pin_taken),
    ("a pin is held by somebody", "pins.claims", "unreadable", "gpioinfo", pin_stolen),
    ("a wire chatters", "pins.levels", "chatters", "Tighten its screws", chatters, "warn"),
    ("a button is held down", "pins.levels", "stuck", "Release the button", pressed, "warn"),
    ("no Bluetooth adapter", "radio.adapter", "none", "dmesg", adapter_gone),
    ("another adapter's name", "radio.adapter", "other_name", 'adapter = "hci1"', other_adapter),
    ("Bluetooth blocked in software", "radio.blocked", "soft_blocked", "rfkill unblock", blocked("soft")),
    ("Bluetooth blocked by a switch", "radio.blocked", "hard_blocked", "set the switch", blocked("hard")),
    ("adapter switched off", "radio.powered", "off", "bluetoothctl power on", switched_off),
    ("nobody listens to the radio", "radio.listening", "not_listening", "restart wren", not_listening),
    ("a device is not heard", "radio.devices", "not_heard", "look at its battery", unheard, "warn"),
    ("a device is heard faintly", "radio.devices", "weak", "Move the box", weak, "warn"),
    ("bluetoothd hangs", "service.bluetooth", "not_running", "restart bluetooth", bluetoothd_hangs),
    ("a message waits for hours", "messages.waiting", "wait", "wren-uplink", waits),
    ("the home tells the technician", "sensors.told", "told", "Ring her", tells, "warn"),
    ("an erasure cut off", "upkeep.erasure", "unfinished", "wren erase r1", erasing),
    ("a retirement cut off", "upkeep.erasure", "unfinished", "sudo wren retire", leaving),
]  # fmt: skip
