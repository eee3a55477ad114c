"""Power, heat, memory."""

from collections.abc import Iterator
from typing import Final

from gateway.doctor.facts import Board
from gateway.doctor.findings import Finding, failed, passed, skipped, warned

_NOW: Final = 0x1
_SEEN: Final = 0x1_0000
_SLOWED_NOW: Final = 0x2 | 0x4
_SLOWED: Final = 0xE_0000
"""Bits of `vcgencmd get_throttled`: under-voltage, frequency capped, throttled; the same since the boot from bit 16 on.
Source: Raspberry Pi documentation, "vcgencmd"."""

HOT_C: Final = 75.0
THROTTLED_C: Final = 80.0
"""From here on the firmware slows the processor."""

_LOW_MB: Final = 48
_SWAPPED_MB: Final = 100

_SUPPLY: Final = (
    "Use the board's own power supply (5.1 V; 3 A for a Pi 4, 5 A for a Pi 5) with its own cable, unplug what hangs on "
    "USB, restart, and run: vcgencmd get_throttled (it must say 0x0)"
)
_COOL: Final = "Move the box out of the sun and away from heaters, free its slots, then: vcgencmd measure_temp"


def check(board: Board) -> Iterator[Finding]:
    """What the board says of itself."""
    yield _power(board)
    yield _heat(board)
    yield from _memory(board)


def _power(board: Board) -> Finding:
    bits = board.throttled
    if bits is None and board.power_alarm is None:
        return skipped("board.power", "This machine does not tell of its supply voltage.")
    if board.power_alarm or (bits or 0) & _NOW:
        why = "The board gets too little voltage now: it may stop at any moment, and damage its card."
        return failed("board.power", "under_voltage_now", why, _SUPPLY)
    if (bits or 0) & _SEEN:
        why = "Since its last boot the board has had too little voltage at least once."
        return warned("board.power", "under_voltage_seen", why, _SUPPLY)
    return passed("board.power", "The supply voltage has been enough since the last boot.")


def _heat(board: Board) -> Finding:
    heat, bits = board.heat_c, board.throttled or 0
    if heat is None:
        return skipped("board.heat", "This machine does not tell how warm it is.")
    # the firmware slows down for the voltage, too; that is told above
    is_slowed = bool(bits & _SLOWED_NOW) and not bits & _NOW
    if heat >= THROTTLED_C or is_slowed:
        return failed("board.heat", "throttled", f"At {heat:.0f} °C the board slows itself down.", _COOL)
    if heat >= HOT_C or (bits & _SLOWED and not bits & (_NOW | _SEEN)):
        why = f"The board is at {heat:.0f} °C, and close to or lately above where it slows itself down."
        return warned("board.heat", "hot", why, _COOL)
    return passed("board.heat", f"The board is at {heat:.0f} °C.")


def _memory(board: Board) -> Iterator[Finding]:
    who = "ps -eo pid,rss,comm --sort=-rss | head"
    if board.killed_for_memory:
        times = "once" if board.killed_for_memory == 1 else f"{board.killed_for_memory} times"
        why = f"Since the boot the kernel has ended a process {times} because memory ran out."
        yield warned("board.memory", "killed_for_memory", why, f"journalctl -k -g 'Out of memory', then: {who}")
    elif board.available_mb is not None and board.available_mb < _LOW_MB:
        why = f"Only {board.available_mb} MB of memory are free: the daemon may be ended by the kernel."
        yield failed("board.memory", "memory_short", why, f"{who} (nothing but Wren belongs on this machine)")
    elif board.swapped_mb is not None and board.swapped_mb > _SWAPPED_MB:
        why = f"{board.swapped_mb} MB of memory are swapped out, which wears the card."
        yield warned("board.memory", "swapping", why, who)
    elif board.available_mb is not None:
        yield passed("board.memory", f"{board.available_mb} MB of memory are free.")
    else:
        yield skipped("board.memory", "This machine does not tell how much memory is free.")
