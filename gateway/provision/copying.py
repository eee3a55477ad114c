"""The bundle goes over the line, from the first byte that the Pi does not have yet."""

import hashlib
import time
from collections.abc import Callable
from typing import Any, Final

from gateway.provision.bundle_here import Here
from gateway.provision.line import Line

PIECE: Final = 512 * 1024
"""Bytes; less than the four MiB that the agent takes at once."""
_ON_THE_WAY: Final = 4
"""Pieces that are sent before the first answer is waited for: Wi-Fi answers late."""

Told = Callable[[int, float], None]
"""Called with the bytes that are there, and how many a second come."""


def copy(line: Line, here: Here, want: dict[str, Any], told: Told) -> str:
    """Copy it, and have the Pi compare its hash; says how it went. Raises what the agent raises, LineLost."""
    found = line.ask("begin", want=want)
    at = int(found["have"])
    if at and _first(here, at) != found["sha256"]:
        line.ask("restart", want=want)
        at = 0
    began, first, waiting = time.monotonic(), at, 0
    with here.path.open("rb") as file:
        file.seek(at)
        while piece := file.read(PIECE):
            line.post("piece", piece, at=at)
            at += len(piece)
            waiting += 1
            if waiting == _ON_THE_WAY:
                line.answer()
                waiting -= 1
            told(at, (at - first) / max(time.monotonic() - began, 0.001))
    for _ in range(waiting):
        line.answer()
    line.ask("end", want=want)
    resumed = f", on from {first >> 20} MB that were there" if first else ""
    return f"{here.size >> 20} MB are on the Pi{resumed}, and compared."


def _first(here: Here, size: int) -> str:
    """The SHA-256 of the first bytes of the bundle."""
    digest = hashlib.sha256()
    with here.path.open("rb") as file:
        while size > 0 and (piece := file.read(min(size, PIECE))):
            digest.update(piece)
            size -= len(piece)
    return digest.hexdigest()
