"""Every check there is, causes before what they cause, and which check needs which.

The order is the order in which faults are shown: of two things that are wrong the one that may have brought about the
other comes first. A check that needs another one which failed is not told as a fault of its own, for whoever mends the
first may have mended it too; it is told as skipped, and looked at anew by the next `wren doctor`.
"""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from gateway.doctor.findings import Finding, State


class Check(NamedTuple):
    """What a check may find, as closed words, and the checks without which it cannot be judged."""

    causes: tuple[str, ...]
    needs: tuple[str, ...] = ()


_STORAGE: Final = ("disk.writable", "disk.space")
_DESK: Final = ("desk.name", "desk.door", "desk.trust", "desk.answer")

CHECKS: Final[Mapping[str, Check]] = {
    "board.power": Check(("under_voltage_now", "under_voltage_seen")),
    "board.heat": Check(("throttled", "hot")),
    "board.memory": Check(("memory_short", "killed_for_memory", "swapping")),
    "disk.writable": Check(("read_only",)),
    "disk.errors": Check(("file_system_errors",)),
    "disk.space": Check(("full", "nearly_full")),
    "disk.type": Check(("forgets_at_restart", "no_owners")),
    "disk.life": Check(("worn_out", "worn")),
    "disk.written": Check(("writes_too_much",)),
    "home.file": Check(("missing", "unreadable")),
    "home.accepted": Check(("refused",), ("home.file",)),
    "home.doubts": Check(("doubtful",), ("home.accepted",)),
    "files.owners": Check(("owner", "mode", "missing_user")),
    "clock.network_time": Check(("off", "not_synchronised")),
    "clock.keeper": Check(("forgets_time",)),
    "release.current": Check(("broken_link", "half_made")),
    "release.trial": Check(("on_trial", "went_back", "unreadable")),
    "database.home": Check(("damaged",), ("files.owners", *_STORAGE)),
    "database.outbox": Check(("damaged", "unusable"), ("files.owners", *_STORAGE)),
    "service.bus": Check(("not_installed", "not_running")),
    "service.bluetooth": Check(("not_installed", "disabled", "not_running"), ("service.bus",)),
    "service.proxy": Check(
        ("not_installed", "disabled", "not_running", "failing", "no_door"), ("service.bus", "files.owners")
    ),
    "service.wren": Check(
        ("not_installed", "disabled", "not_running", "failing", "stalled", "restarting"),
        (
            "home.file", "home.accepted", "files.owners", "release.current", "database.home", "database.outbox",
            *_STORAGE,
        ),
    ),
    "service.watcher": Check(("not_installed", "disabled", "not_running")),
    "home.current": Check(("changed_since_start",), ("home.file", "home.accepted", "service.wren")),
    "release.running": Check(("old_version_runs",), ("service.wren", "release.current")),
    "database.stops": Check(("often_cut",), ("board.power", "service.wren")),
    "database.moved": Check(("moved_aside",), ("database.home", "database.outbox")),
    "database.trail": Check(("not_whole",), ("database.outbox",)),
    "daemon.heard": Check(("never", "silent", "clock_set_back"), ("service.wren", "database.outbox")),
    "pins.chip": Check(("no_pins", "no_right", "no_driver")),
    "pins.answer": Check(("no_answer",), ("service.wren", "pins.chip")),
    "pins.claims": Check(("taken", "unreadable"), ("service.wren", "pins.chip", "pins.answer")),
    "pins.levels": Check(("chatters", "stuck", "floats"), ("service.wren", "pins.answer")),
    "radio.blocked": Check(("soft_blocked", "hard_blocked")),
    "radio.adapter": Check(("none", "other_name"), ("service.bus", "service.bluetooth")),
    "radio.powered": Check(("off",), ("radio.adapter", "radio.blocked")),
    "radio.listening": Check(
        ("not_listening",), ("radio.adapter", "radio.powered", "radio.blocked", "service.wren", "service.proxy")
    ),
    "radio.devices": Check(("not_heard", "weak", "refused"), ("radio.adapter", "radio.powered", "radio.listening")),
    "sensors.heard": Check(("none_heard",), ("service.wren", "daemon.heard", "pins.chip", "radio.powered")),
    "sensors.told": Check(("told",), ("service.wren", "daemon.heard", "radio.powered", "radio.adapter")),
    "sensors.walk": Check(("not_passed",)),
    "key.enrolled": Check(("not_enrolled", "damaged", "other_home", "other_desk")),
    "key.opens": Check(("missing", "does_not_open", "unreadable", "loose"), ("key.enrolled",)),
    "service.uplink": Check(
        ("not_installed", "disabled", "not_running", "failing", "stalled", "restarting"),
        ("key.enrolled", "key.opens", "files.owners", "release.current", *_STORAGE),
    ),
    "network.way": Check(("no_way_out",)),
    "network.wifi": Check(("weak",)),
    "desk.authority": Check(("unreadable", "expires", "expired")),
    "desk.name": Check(("unknown_name",), ("network.way",)),
    "desk.door": Check(("closed", "silent"), ("network.way", "desk.name")),
    "desk.trust": Check(
        ("expired", "not_yet_valid", "other_name", "unknown_authority", "no_tls"),
        ("network.way", "desk.name", "desk.door", "clock.network_time", "desk.authority"),
    ),
    "desk.certificate": Check(("expires",), ("desk.trust",)),
    "desk.answer": Check(("portal", "unwell", "other_key"), ("desk.trust", "desk.door", "desk.name", "network.way")),
    "clock.desk": Check(("differs",), ("clock.network_time",)),
    "messages.waiting": Check(
        ("wait", "nowhere_to_go"),
        ("service.wren", "service.uplink", "key.enrolled", "key.opens", "network.way", *_DESK),
    ),
    "messages.refused": Check(("refused", "unreadable", "kept_back")),
    "upkeep.purpose": Check(("review_due",)),
    "upkeep.erasure": Check(("unfinished",)),
    "upkeep.journal": Check(("no_limit",)),
    "upkeep.passwords": Check(("logins_by_password",)),
}  # fmt: skip

_ORDER: Final = {name: place for place, name in enumerate(CHECKS)}


def settled(findings: Iterable[Finding]) -> list[Finding]:
    """`findings` in the order of causes, those whose cause is told by another check turned into skipped ones."""
    found = sorted(findings, key=lambda one: _ORDER[one.check])
    down = {one.check for one in found if one.state is State.FAIL}
    return [_after(one, down) for one in found]


def _after(one: Finding, down: set[str]) -> Finding:
    if one.state in (State.PASS, State.SKIP):
        return one
    for need in CHECKS[one.check].needs:
        if need in down:
            return Finding(one.check, State.SKIP, f"Needs {need}, which fails.")
    return one


def worst(findings: Iterable[Finding]) -> list[Finding]:
    """Failures, then warnings, each in the order of causes."""
    found = list(findings)
    return [one for state in (State.FAIL, State.WARN) for one in found if one.state is state]
