"""Where in a TOML text a key stands, so that an error can name its line.

`tomllib` forgets positions; this scanner only looks for table headers and `key =` lines, which is all that
an error message needs. It is never used to read values.
"""

import re
from collections.abc import Sequence

_HEADER = re.compile(r"^\s*(\[\[?)\s*([A-Za-z0-9_.\- ]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"^\s*\"?([A-Za-z0-9_-]+)\"?\s*(?:\.|=)")

Path = tuple[str | int, ...]


def line_of(text: str, path: Sequence[str | int]) -> int | None:
    r"""Line (from 1) of the longest known part of `path`, such as ``("sensors", 2, "kind")``; None if none.

    >>> text = "[home]\nid = 'h'\n[[sensors]]\nid = 'a'\n[[sensors]]\nkind = 'x'"
    >>> line_of(text, ("sensors", 1, "kind"))
    6
    """
    lines = _lines(text)
    for length in range(len(path), 0, -1):
        line = lines.get(tuple(path[:length]))
        if line is not None:
            return line
    return None


def _lines(text: str) -> dict[Path, int]:
    found: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            names = tuple(part.strip() for part in header[2].split("."))
            table = _inside_arrays(names, counts)
            if header[1] == "[[":
                counts[names] = counts.get(names, -1) + 1
                table = (*table, counts[names])
            found.setdefault(table, number)
        elif key := _KEY.match(line):
            found.setdefault((*table, key[1]), number)
    return found


def _inside_arrays(names: tuple[str, ...], counts: dict[Path, int]) -> Path:
    path: Path = ()
    for depth, name in enumerate(names, start=1):
        path = (*path, name)
        if depth < len(names) and names[:depth] in counts:
            path = (*path, counts[names[:depth]])
    return path
