"""Takes a sentence apart into what the source code says and what was put in, so that nothing else can be in it.

There is no second list of templates to keep: the fixed parts are read from the source of the modules that word things,
every literal piece of every string and f-string there. What may stand between them is a closed list too: a whole
number, a mean with one decimal, a time of the clock to the minute, a length of time, a weekday, a date, a month, and
the names that the configuration has given (residents, places, sensors). A sentence that cannot be laid out as a row of
these holds something that comes from neither, such as a sensor's own text, a name or a reading with its digits.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final

from models.kinds import AlertKind, SensorKind
from models.vocabulary import HomeSpec

ROOT: Final = Path(__file__).parents[2]

SOURCES: Final = (
    *sorted((ROOT / "models").glob("wording*.py")),
    ROOT / "models" / "summaries.py", ROOT / "models" / "coverage.py", ROOT / "models" / "days.py",
    ROOT / "models" / "stays.py", ROOT / "models" / "stream.py", ROOT / "models" / "whereabouts.py",
    ROOT / "models" / "localtime.py", ROOT / "models" / "bathroom.py", ROOT / "models" / "habits.py",
    ROOT / "models" / "sight.py", ROOT / "gateway" / "messages.py",
)  # fmt: skip

_NUMBER: Final = r"\d{1,5}(?:\.\d)?"
_CLOCK: Final = r"[0-2]\d:[0-5]\d"
_DAYS: Final = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_MONTHS: Final = r"January|February|March|April|May|June|July|August|September|October|November|December"
_HOLES: Final = re.compile(rf"(?:{_CLOCK}|{_NUMBER}|{_DAYS}|{_MONTHS})(?![0-9]|[.:]\d)")
_FIELD: Final = re.compile(r"\{\w*\}")
_SHORT: Final = 3
"""A shorter piece of source counts only where a word begins and ends: letters alone could spell anything."""


@cache
def fragments() -> dict[str, tuple[str, ...]]:
    """Every literal piece that the wording has, longest first, by its first letter."""
    found: set[str] = set()
    for path in SOURCES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
                literal = node.value  # "/night" is a part of a day, "active-minutes" the name of a habit
                for text in (literal, literal.removeprefix("/"), literal.replace("-", " ")):
                    found |= {form for piece in _FIELD.split(text) for form in _forms(piece)}
    by_first: dict[str, list[str]] = {}
    for text in sorted(found, key=len, reverse=True):
        by_first.setdefault(text[0], []).append(text)
    return {first: tuple(texts) for first, texts in by_first.items()}


def _forms(text: str) -> Iterator[str]:
    """As it stands, and as it begins or continues a sentence."""
    if text:
        yield text
        yield text[0].upper() + text[1:]
        yield text[0].lower() + text[1:]


def names(spec: HomeSpec) -> tuple[str, ...]:
    """What the configuration and the closed lists have named, as it may be written."""
    slugs = {*spec.residents, *(sensor.id for sensor in spec.sensors), *(sensor.place for sensor in spec.sensors)}
    slugs |= {*(str(kind) for kind in AlertKind), *(str(kind) for kind in SensorKind)}
    found = {
        form for slug in slugs for text in (slug, slug.replace("-", " ").replace("_", " ")) for form in _forms(text)
    }
    return tuple(sorted(found, key=len, reverse=True))


def laid_out(text: str, known: Iterable[str]) -> str | None:
    """None if `text` is a row of pieces of source, numbers, moments and names; else what is left where it ends."""
    known = tuple(known)
    reached = {0}
    for start in range(len(text)):
        if start in reached:
            reached |= {start + len(piece) for piece in _pieces(text, start, known)}
    return None if len(text) in reached else text[max(reached) :]


def _pieces(text: str, start: int, known: tuple[str, ...]) -> Iterator[str]:
    for piece in fragments().get(text[start], ()):
        if text.startswith(piece, start) and (len(piece) > _SHORT or _is_whole(text, start, start + len(piece))):
            yield piece
    if start and text[start - 1].isdigit():
        return  # digits that follow digits are no second number
    if (hole := _HOLES.match(text, start)) is not None:
        yield hole.group()
    for name in known:
        if text.startswith(name, start) and _is_whole(text, start, start + len(name)):
            yield name


def _is_whole(text: str, start: int, end: int) -> bool:
    """Whether no letter or digit is cut from its word at either end; an s may follow, for several."""
    piece = text[start:end]
    if not any(one.isalnum() for one in piece):
        return True
    if piece == "s":
        return True
    before = not piece[0].isalnum() or start == 0 or not text[start - 1].isalnum()
    after = not piece[-1].isalnum() or end == len(text) or not text[end].isalnum() or text[end] == "s"
    return before and after
