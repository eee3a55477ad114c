"""The support file: what a supporter needs and no personal datum, made from closed types and from nothing else.

It is built up from what is allowed, and not boiled down from what there is: the sentences of the findings, the log's
lines, the configuration's names never come near it. Every word in it is one of this program's own (support_forms).
"""

import gzip
import io
import os
import tarfile
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from gateway.config.places import Places, places_of
from gateway.config.tables import Config
from gateway.doctor import support_forms as forms
from gateway.doctor.catalogue import CHECKS
from gateway.doctor.facts import Board, Disk, Facts, Records, Unit, Way
from gateway.doctor.findings import Finding
from gateway.doctor.looks.support import logged, machine_of
from gateway.doctor.machine import Machine
from gateway.errors import InputError
from gateway.uplink.probe import Probed
from models.kinds import Audience

README: Final = """\
A support file of Wren, made by `wren doctor --bundle`. Nothing sends it: whoever made it gives it to whom they choose.

support.json holds: which checks passed, warned and failed, with their causes as fixed words; which Pi, system and
versions; rounded numbers of voltage, heat, memory, storage, Wi-Fi, clock and certificates; the states of our services;
how many residents, sensors of each kind, recipients and visits the configuration has, and which alert kinds are on;
how many messages wait; how often our services logged which event.

It holds no resident, no place, no reading and no time of one, no name or address of a device, network, host or person,
no key, no message, and no text that anybody wrote. Read it: it is plain JSON.
"""

_NAMES: Final = ("README.txt", "support.json")
_MOST: Final = 1_000_000
_ROOM_MB: Final = 100
"""To this much the room on the card is told."""


def support_of(machine: Machine, facts: Facts, findings: Sequence[Finding]) -> forms.Support:
    """The support file's content."""
    config = facts.home.config
    return forms.Support(
        version=facts.version,
        day=datetime.fromtimestamp(facts.at_s, UTC).strftime("%Y-%m-%d"),
        root=facts.is_root,
        checks=tuple(_check(one) for one in findings),
        machine=machine_of(machine),
        numbers=_numbers(facts),
        services=_services(facts),
        shape=None if config is None else _shape(config, len(facts.home.doubts)),
        counters=None if config is None else _counters(facts, places_of(config)),
        logged=logged(machine),
    )


def text_of(support: forms.Support) -> bytes:
    """As JSON that a person can read. Raises msgspec.ValidationError if anything is not of its closed type."""
    text = msgspec.json.format(msgspec.json.encode(support)) + b"\n"
    msgspec.json.decode(text, type=forms.Support)
    return text


def write(path: Path, text: bytes) -> None:
    """Put the support file at `path`, where nothing may be yet; mode 0600. Raises InputError."""
    packed = io.BytesIO()
    with (
        gzip.GzipFile(filename="", fileobj=packed, mode="wb", mtime=0) as inner,
        tarfile.open(fileobj=inner, mode="w", format=tarfile.USTAR_FORMAT) as tar,
    ):
        for name, body in zip(_NAMES, (README.encode(), text), strict=True):
            entry = tarfile.TarInfo(f"wren-support/{name}")  # nobody's, of no time
            entry.size, entry.mode = len(body), 0o600
            tar.addfile(entry, io.BytesIO(body))
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(packed.getvalue())
    except FileExistsError as error:
        raise InputError(f"{path} is there already.", advice="Name a file that is not there yet.") from error
    except OSError as error:
        advice = "Name a file in a folder that exists and that this user may write."
        raise InputError(f"{path} cannot be written: {error.strerror}.", advice=advice) from error


def _check(one: Finding) -> forms.Check:
    cause = one.cause if one.cause in CHECKS[one.check].causes else ""
    return forms.Check(check=one.check, state=one.state.value, cause=cause)


def _whole(value: float | None, step: int = 1) -> int | None:
    """`value` to the next multiple of `step`, within bounds."""
    return None if value is None else max(-_MOST, min(_MOST, round(value / step) * step))


def _count(value: float) -> int:
    return _whole(value) or 0


def _numbers(facts: Facts) -> forms.Numbers:
    board = facts.board if isinstance(facts.board, Board) else Board()
    disk = facts.disk if isinstance(facts.disk, Disk) else None
    way = facts.way if isinstance(facts.way, Way) else Way(None, None, None)
    probed = way.probed or Probed()
    return forms.Numbers(
        throttled_bits=None if board.throttled is None else board.throttled & 0xF000F,
        heat_c=_whole(board.heat_c, 5),
        memory_mb=_whole(board.memory_mb, 64),
        available_mb=_whole(board.available_mb, 16),
        disk_free_mb=_whole(None if disk is None else disk.free_mb, _ROOM_MB),
        disk_total_mb=_whole(None if disk is None else disk.total_mb, 1000),
        disk_life_tenths=_whole(None if disk is None else disk.life),
        disk_errors=_whole(None if disk is None else disk.errors),
        written_mb_day=_whole(None if disk is None else disk.written_mb_day, 10),
        wifi_dbm=_whole(way.wifi_dbm, 5),
        certificate_days=_whole(probed.certificate_days),
        authority_days=_whole(probed.authority_days),
        clock_ahead_s=_whole(probed.ahead_s, 10),
    )


def _services(facts: Facts) -> tuple[forms.Service, ...]:
    if not isinstance(facts.services, dict):
        return ()
    return tuple(_service(name, unit) for name, unit in sorted(facts.services.items()))


def _service(name: str, unit: Unit) -> forms.Service:
    def word(one: str) -> Any:  # noqa: ANN401 - a word of the closed list
        return one if one in forms.WORDS else "other"

    return forms.Service(
        unit=msgspec.convert(name, forms.Unit),
        load=word(unit.load),
        active=word(unit.active),
        sub=word(unit.sub),
        result=word(unit.result),
        enabled=word(unit.enabled),
        restarts=_count(unit.restarts),
        exit_status=_count(unit.exit_status),
        up_h=_whole(None if unit.up_s is None else unit.up_s / 3600),
    )


def _shape(config: Config, doubts: int) -> forms.Shape:
    return forms.Shape(
        residents=len(config.residents),
        sensors=dict(Counter(sensor.kind for sensor in config.sensors)),
        by_pin=sum(sensor.gpio is not None for sensor in config.sensors),
        by_radio=sum(sensor.ble is not None for sensor in config.sensors),
        encrypted=sum(sensor.ble is not None and sensor.ble.key is not None for sensor in config.sensors),
        panels=len(config.panels),
        recipients=len(config.recipients),
        visits=len(config.visits),
        alerts_on=tuple(sorted(config.alerts or ())),
        has_uplink=config.uplink is not None,
        has_own_authority=config.uplink is not None and config.uplink.ca_file is not None,
        has_purpose=config.purpose is not None,
        pin_factory=config.gateway.pin_factory,
        doubts=doubts,
    )


def _counters(facts: Facts, places: Places) -> forms.Counters:
    records = facts.records if isinstance(facts.records, Records) else Records(None)
    found = records.transcript
    stories = [] if found is None else found.stories()
    return forms.Counters(
        outbox_mb=_mb(places.outbox_db),
        uplink_mb=_mb(places.uplink_db),
        waiting=0 if found is None else _count(len(found.waiting())),
        refused=0 if found is None else _count(len(found.dead_letters)),
        unreadable=0 if found is None else _count(len(found.unreadable())),
        technician_alerts=sum(one.is_open and one.alert.audience is Audience.TECHNICIAN for one in stories),
        trail_entries=_count(records.entries // 100 * 100),
        unclean_stops=_count(records.stops),
        devices_known=len(getattr(facts.radio, "heard", ())),
    )


def _mb(path: Path) -> int:
    try:
        return _count(path.stat().st_size / 1_048_576)
    except OSError:
        return 0
