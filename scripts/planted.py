"""What leaves, as numbers: a month in which every reading is planted, and pairs of days that conclude the same.

Usage: scripts/planted [--pairs N]

Exit status 1: something planted was found in what came out, or the bodies of a pair differ.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from gateway.uplink import wire
from tests.egress.month import DAYS, Month, felt, lived
from tests.egress.pairs import bodies, found, report
from tests.egress.scanner import Planted, hits, views

SEED = 11


def month() -> bool:
    """Live through it, look, and say what was found; whether nothing was."""
    started_s = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        lived_through = asyncio.run(lived(Path(folder), felt(SEED)))
    _tell("simulated days", DAYS)
    _tell("readings", lived_through.readings)
    planted = lived_through.planted
    _tell("planted: values, times and numbers, secrets", *map(len, planted.parts()))
    types = Counter(type(wire.decode(body)).__name__ for body in lived_through.bodies)
    _tell("messages", ", ".join(f"{count} {name}" for name, count in sorted(types.items())))
    clean = True
    for name, data, wanted in _places(lived_through):
        got = hits(data, wanted)
        unpacked = sum(len(view) for _, view in views(data))
        _tell(f"{name}: bytes, bytes once unpacked, hits", len(data), unpacked, len(got))
        clean = clean and not got
    _tell("seconds", round(time.monotonic() - started_s))
    return clean


def _places(lived_through: Month) -> tuple[tuple[str, bytes, Planted], ...]:
    outgoing = b"\n".join(lived_through.requests)
    return (
        ("requests", outgoing, lived_through.planted),
        ("wren status", lived_through.status, lived_through.planted),
        ("logs", lived_through.logs, lived_through.of_readings()),
        ("the line", lived_through.line, Planted(secrets=lived_through.planted.secrets)),
    )


def thousand(count: int) -> bool:
    """Find pairs, compare what leaves, and say what they were like; whether no body differs."""
    taken, misses = found(count)
    for name, number in report(taken, misses).items():
        _tell(name, number)
    unequal = sum(bodies(pair.one) != bodies(pair.other) for pair in taken)
    _tell("pairs whose bodies differ", unequal)
    return not unequal


def _tell(name: str, *values: object) -> None:
    print(f"{name:<50} {' / '.join(f'{one:,}' if isinstance(one, int) else str(one) for one in values)}", flush=True)


def main() -> int:
    """Both, and the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=1_000, help="how many pairs of days (default 1,000)")
    pairs = parser.parse_args().pairs
    clean = month()
    return 0 if thousand(pairs) and clean else 1


if __name__ == "__main__":
    raise SystemExit(main())
