"""A TOML text cut into its tables, each with its own bytes, so that what is not changed cannot be touched."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

Unit = tuple[str, str | None]
"""A table that is changed as a whole: its section, and which of several ("sensors", "front-door")."""

ARRAYS: Final = {"residents": "id", "sensors": "id", "recipients": "id", "panels": "resident", "visits": ""}
"""Sections that are lists, and the key by which one of them is known; a visit only by its place."""


class Irregular(Exception):
    """The text is not written table by table."""


@dataclass
class Segment:
    """One unit's text: from its header to where the comments of what follows begin (`tail`)."""

    unit: Unit | None
    body: str
    tail: str = ""


def segments(text: str) -> list[Segment]:
    r"""The units of `text` in its order; put together again they are `text`, byte for byte.

    Raises Irregular: a list without headers, a unit in two places, keys before the first header.

    >>> [one.unit for one in segments('[home]\nid = "h"\n# who\n[[residents]]\nid = "r1"\n')]
    [None, ('home', None), ('residents', 'r1')]
    """
    found = [Segment(None, "")]
    counts: dict[str, int] = {}
    for path, is_array, block in _blocks(text):
        if not path:
            if tomllib.loads(block):
                raise Irregular
            found[0].tail = block
        elif path[0] in ARRAYS and len(path) == 1:
            if not is_array:
                raise Irregular
            counts[path[0]] = counts.get(path[0], -1) + 1
            found.append(Segment((path[0], str(counts[path[0]])), block))
        elif path[0] == "alerts" and len(path) == 2:
            found.append(Segment((path[0], path[1]), block))
        elif path[0] not in ARRAYS and path[0] != "alerts" and len(path) == 1:
            found.append(Segment((path[0], None), block))
        elif len(path) > 1 and found[-1].unit is not None and found[-1].unit[0] == path[0] != "alerts":
            found[-1].body += found[-1].tail + block
            found[-1].tail = ""
        else:
            raise Irregular
        _part(found[-1])
    for one in found:
        if one.unit is not None and (key := ARRAYS.get(one.unit[0])):
            one.unit = (one.unit[0], str(tomllib.loads(one.body)[one.unit[0]][0].get(key)))
    units = [one.unit for one in found]
    if len(set(units)) != len(units):
        raise Irregular
    return found


def _part(segment: Segment) -> None:
    """The blank lines and comments at its end belong to what follows."""
    lines = (segment.body + segment.tail).splitlines(keepends=True)
    at = len(lines)
    while at and (not lines[at - 1].strip() or lines[at - 1].lstrip().startswith("#")):
        at -= 1
    segment.body, segment.tail = "".join(lines[:at]), "".join(lines[at:])


def _blocks(text: str) -> Iterator[tuple[tuple[str, ...], bool, str]]:
    """Each header with its lines. A line is a header if what stands before it in its block is whole without it."""
    path: tuple[str, ...] = ()
    is_array = False
    lines: list[str] = []
    for line in text.splitlines(keepends=True):
        if line.lstrip().startswith("[") and _is_whole("".join(lines)) and (header := _header(line)) is not None:
            yield path, is_array, "".join(lines)
            (path, is_array), lines = header, []
        lines.append(line)
    yield path, is_array, "".join(lines)


def _is_whole(block: str) -> bool:
    try:
        tomllib.loads(block)
    except tomllib.TOMLDecodeError:
        return False
    return True


def _header(line: str) -> tuple[tuple[str, ...], bool] | None:
    try:
        raw: Any = tomllib.loads(line)
    except tomllib.TOMLDecodeError:
        return None
    path: list[str] = []
    while isinstance(raw, dict) and raw:
        (name, raw), *_ = raw.items()
        path.append(name)
    return tuple(path), isinstance(raw, list)
