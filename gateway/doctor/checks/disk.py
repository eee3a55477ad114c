"""The storage under the data."""

from collections.abc import Iterator
from typing import Final

from gateway.doctor.facts import Disk
from gateway.doctor.findings import Finding, failed, passed, skipped, warned

FULL_MB: Final = 64
"""A copy before a migration of home.db takes 31 MB, and so does what an export makes."""

NEARLY_FULL_MB: Final = 500

_FORGETS: Final = frozenset({"tmpfs", "ramfs", "overlay"})
"""An overlay is what raspi-config's read-only mode makes: what is written lies in memory."""

_NO_OWNERS: Final = frozenset({"vfat", "exfat", "ntfs", "ntfs3", "fuseblk", "msdos"})

BUDGET_MB_DAY: Final = 60.0
TOLD_AT: Final = 2.0
"""RELIABILITY, row 30: told at twice the budget."""

_COUNTED_H: Final = 6.0
"""A start rebuilds and writes a checkpoint; after six hours the day is known well enough."""

_WORN_TENTHS: Final = 9
_WORN_OUT_TENTHS: Final = 11
_END_WARNING: Final = 2
_END_URGENT: Final = 3
"""JEDEC eMMC 5.1, EXT_CSD 267-269: life used in tenths, 0x0B is "exceeded"; pre-EOL 2 is 80 % of the reserve used."""

_REPLACE: Final = "Replace the card: install Wren on a new one, then sudo wren setup and sudo wren enrol"


def check(disk: Disk) -> Iterator[Finding]:
    """Whether it takes what is written, for how long, and whether it keeps it."""
    yield _writable(disk)
    yield _errors(disk)
    yield _space(disk)
    yield _type(disk)
    yield _life(disk)
    yield _written(disk)


def _writable(disk: Disk) -> Finding:
    if disk.is_read_only:
        why = "The storage under the data is read-only: nothing more is kept, and alerts go from memory only."
        step = "dmesg | grep -iE 'mmc|ext4|i/o error' (a failing card turns read-only: replace it; else: sudo reboot)"
        return failed("disk.writable", "read_only", why, step)
    return passed("disk.writable", "The storage takes what is written.")


def _errors(disk: Disk) -> Finding:
    if disk.errors is None:
        return skipped("disk.errors", "This file system does not count its errors.")
    if disk.errors:
        why = f"The file system has counted {disk.errors} error{'' if disk.errors == 1 else 's'}: the card is failing."
        return failed("disk.errors", "file_system_errors", why, f"dmesg | grep -iE 'ext4|mmc' | tail. {_REPLACE}")
    return passed("disk.errors", "The file system has counted no errors.")


def _space(disk: Disk) -> Finding:
    step = "sudo du -xhd2 / | sort -h | tail -20; sudo apt-get clean; sudo journalctl --vacuum-size=50M"
    if disk.free_mb < FULL_MB:
        return failed("disk.space", "full", f"The storage is full: {disk.free_mb} MB are free.", step)
    if disk.free_mb < NEARLY_FULL_MB:
        return warned("disk.space", "nearly_full", f"The storage is nearly full: {disk.free_mb} MB are free.", step)
    return passed("disk.space", f"{disk.free_mb} of {disk.total_mb} MB are free.")


def _type(disk: Disk) -> Finding:
    if disk.filesystem is None:
        return skipped("disk.type", "The kernel does not tell what file system the data is on.")
    if disk.filesystem in _FORGETS:
        why = f"The data is on {disk.filesystem}, in memory: the next power cut takes all that was learnt."
        step = "sudo raspi-config nonint disable_overlayfs; sudo reboot (or set [gateway] data_dir to the card)"
        return failed("disk.type", "forgets_at_restart", why, step)
    if disk.filesystem in _NO_OWNERS:
        why = f"The data is on {disk.filesystem}, which knows no owners: anybody on this machine may read it."
        return failed("disk.type", "no_owners", why, "Set [gateway] data_dir to a folder on an ext4 file system")
    return passed("disk.type", f"The data is on {disk.filesystem}.")


def _life(disk: Disk) -> Finding:
    if disk.life is None and disk.end is None:
        return skipped("disk.life", "This card does not tell how worn it is.")
    used, end = disk.life or 0, disk.end or 0
    if used >= _WORN_OUT_TENTHS or end >= _END_URGENT:
        return failed("disk.life", "worn_out", "By its own account the card is worn out.", _REPLACE)
    if used >= _WORN_TENTHS or end >= _END_WARNING:
        why = f"By its own account {min(used, 10) * 10} % of the card's life is used."
        return warned("disk.life", "worn", why, f"Plan a visit. {_REPLACE}")
    return passed("disk.life", f"At most {used * 10} % of the card's life is used.")


def _written(disk: Disk) -> Finding:
    if disk.written_mb_day is None or disk.counted_h < _COUNTED_H:
        return skipped("disk.written", "What the daemon writes in a day is known after six hours, by root.")
    if disk.written_mb_day > TOLD_AT * BUDGET_MB_DAY:
        why = f"The daemon writes {disk.written_mb_day:.0f} MB a day, of {BUDGET_MB_DAY:.0f} that a card is worth."
        step = "A sensor that chatters is the usual reason: wren pins, wren coverage"
        return warned("disk.written", "writes_too_much", why, step)
    return passed("disk.written", f"The daemon writes {disk.written_mb_day:.0f} MB a day.")
