"""The gateway's configuration: closed, typed TOML.

An unknown key is an error with its line and a suggestion.
"""

import difflib
import re
import tomllib
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from gateway.config.forms import WEEKDAYS, in_words
from gateway.config.meaning import contradictions
from gateway.config.tables import AlertTable, Config, Table
from gateway.config.toml_place import line_of
from gateway.errors import ConfigError
from models.kinds import AlertKind, SensorKind


def load(path: Path) -> Config:
    """Read and check `path`. Raises ConfigError, which names the line and the next step."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{path}: cannot be read: {error.strerror if isinstance(error, OSError) else 'it is not UTF-8'}.",
            advice="Look at the path, or run it as root (sudo). Where there is none yet, `sudo wren setup` makes one.",
        ) from error
    return parse(text, where=str(path))


def parse(text: str, *, where: str = "home.toml") -> Config:
    """The configuration in `text`; `where` names it in errors. Raises ConfigError."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{where}: {error}.", advice="Correct the TOML at that line.") from error
    _refuse_unknown(raw, Config, (), text, where)
    try:
        config = msgspec.convert(raw, Config)
    except msgspec.ValidationError as error:
        problem, _, place = str(error).partition(" - at ")
        path = _path_of(place, raw)
        raise ConfigError(
            f"{_place(where, text, path)}: {_dotted(path)}{in_words(problem)}.", advice=_advice(raw, path)
        ) from error
    for path, problem, advice in contradictions(config):
        raise ConfigError(f"{_place(where, text, path)}: {problem}.", advice=advice)
    return config


def _refuse_unknown(raw: object, table: type[Table], path: tuple[str | int, ...], text: str, where: str) -> None:
    if not isinstance(raw, dict):
        return
    hints = get_type_hints(table, include_extras=False)
    known = {field.encode_name: hints[field.name] for field in msgspec.structs.fields(table)}
    for key, value in raw.items():
        _refuse_unknown_name(key, list(known), path, text, where)
        for inner in _tables_in(known[key]):
            for place, item in _items(key, value):
                if key == "alerts":
                    _refuse_unknown_name(str(place[-1]), [str(kind) for kind in AlertKind], ("alerts",), text, where)
                _refuse_unknown(item, inner, (*path, *place), text, where)


def _refuse_unknown_name(name: str, known: list[str], path: tuple[str | int, ...], text: str, where: str) -> None:
    if name in known:
        return
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    advice = f"Did you mean `{near[0]}`?" if near else f"Known here: {', '.join(sorted(known))}."
    raise ConfigError(f"{_place(where, text, (*path, name))}: {_dotted(path)}unknown key `{name}`.", advice=advice)


def _items(key: str, value: object) -> list[tuple[tuple[str | int, ...], object]]:
    if isinstance(value, list):
        return [((key, index), item) for index, item in enumerate(value)]
    if isinstance(value, dict) and key == "alerts":
        return [((key, str(kind)), item) for kind, item in value.items()]
    return [((key,), value)]


def _tables_in(hint: Any) -> list[type[Table]]:  # noqa: ANN401 - a type hint can be anything
    if isinstance(hint, type) and issubclass(hint, Table):
        return [hint]
    return [table for part in get_args(hint) for table in _tables_in(part)]


def _path_of(place: str, raw: dict[str, Any]) -> tuple[str | int, ...]:
    # msgspec words a place as `$.sensors[2].gpio.pin`, with [...] for a key of a mapping, which it does not name
    if "[...]" in place:
        place = place.replace("[...]", f".{next(kind for kind, table in raw['alerts'].items() if _is_wrong(table))}")
    parts = re.findall(r"\.([A-Za-z0-9_-]+)|\[(\d+)\]", place)
    return tuple(name or int(index) for name, index in parts)


def _is_wrong(alert: object) -> bool:
    try:
        msgspec.convert(alert, AlertTable)
    except msgspec.ValidationError:
        return True
    return False


def _dotted(path: tuple[str | int, ...]) -> str:
    text = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in path)
    return f"`{text.lstrip('.')}`: " if text else ""


def _place(where: str, text: str, path: tuple[str | int, ...]) -> str:
    line = line_of(text, path)
    return f"{where}:{line}" if line else where


def _advice(raw: object, path: tuple[str | int, ...]) -> str:
    value: Any = raw
    for part in path:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            break
    for part in reversed(path):
        if isinstance(part, str) and (names := _choices(part)):
            near = difflib.get_close_matches(str(value), names, n=1, cutoff=0.5) if isinstance(value, str) else []
            return f"Did you mean `{near[0]}`?" if near else f"One of: {', '.join(names)}."
    return "See docs/configuration.md for what belongs there."


def _choices(key: str) -> list[str]:
    """The words that may stand at `key`, whichever table it is in; none if it is not such a key."""
    words: dict[str, list[str]] = {"kind": [str(kind) for kind in SensorKind], "days": list(WEEKDAYS)}
    literals = [word for table in _all_tables(Config) for word in _literals(table, key)]
    return words.get(key) or literals


def _all_tables(table: type[Table]) -> list[type[Table]]:
    inner = [found for hint in get_type_hints(table).values() for found in _tables_in(hint)]
    return [table, *(one for found in inner for one in _all_tables(found))]


def _literals(table: type[Table], key: str) -> list[str]:
    hint = get_type_hints(table).get(key)
    one_of = [part for part in (hint, *get_args(hint)) if get_origin(part) is Literal]
    return [str(word) for part in one_of for word in get_args(part)]
