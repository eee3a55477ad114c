"""The storage under the data: room, whether it still takes anything, and how worn it is."""

import os
import re
from pathlib import Path
from typing import Final

from gateway.doctor.facts import Disk, Unit, Unseen
from gateway.doctor.machine import Machine

_MB: Final = 1024 * 1024
_CARD: Final = re.compile(r"(mmcblk\d+)p?\d*$")


def look(machine: Machine, folder: Path, daemon: Unit | None) -> Disk | Unseen:
    """The file system of `folder`, or of the nearest folder above it that is there."""
    place = folder
    while not place.exists() and place != place.parent:
        place = place.parent
    try:
        found = os.statvfs(place)
    except OSError as error:
        return Unseen(f"The storage under {folder} does not answer: {error.strerror}.", "dmesg | tail -30")
    filesystem, device = _mount(machine, place)
    card = _CARD.search(device)
    life, end = _life(machine, card[1]) if card else (None, None)
    written, hours = _written(machine, daemon)
    return Disk(
        free_mb=found.f_bavail * found.f_frsize // _MB,
        total_mb=found.f_blocks * found.f_frsize // _MB,
        is_read_only=bool(found.f_flag & os.ST_RDONLY),
        filesystem=filesystem,
        errors=machine.number(f"/sys/fs/ext4/{device.rpartition('/')[2]}/errors_count") if device else None,
        life=life,
        end=end,
        written_mb_day=written,
        counted_h=hours,
    )


def _mount(machine: Machine, place: Path) -> tuple[str | None, str]:
    """Type and device of the mount that `place` is on: the longest mount point that leads there (proc(5))."""
    best, filesystem, device = "", None, ""
    for line in (machine.text("/proc/self/mountinfo") or "").splitlines():
        before, _, after = line.partition(" - ")
        fields, rest = before.split(), after.split()
        if len(fields) < 5 or len(rest) < 2:
            continue
        point = fields[4].replace("\\040", " ")
        if len(point) >= len(best) and (place == Path(point) or Path(point) in place.parents):
            best, filesystem, device = point, rest[0], rest[1]
    return filesystem, device


def _life(machine: Machine, card: str) -> tuple[int | None, int | None]:
    """Used life in tenths and the pre-EOL word of a card that tells them (JEDEC eMMC 5.0; SD cards seldom do)."""
    text = machine.text(f"/sys/block/{card}/device/life_time") or ""
    tenths = [int(one, 16) for one in re.findall(r"0x[0-9a-fA-F]+", text)]
    return max(tenths, default=None), machine.number(f"/sys/block/{card}/device/pre_eol_info")


def _written(machine: Machine, daemon: Unit | None) -> tuple[float | None, float]:
    """MB a day that the daemon gave to the storage since it began, and over how many hours that was counted."""
    if daemon is None or not daemon.pid or not daemon.up_s:
        return None, 0.0
    found = re.search(r"^write_bytes: (\d+)$", machine.text(f"/proc/{daemon.pid}/io") or "", re.MULTILINE)
    days = daemon.up_s / 86_400
    return (int(found[1]) / _MB / days if found else None), days * 24
