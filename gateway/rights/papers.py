"""The small files, the configuration without its keys, and copies of databases that were set aside."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import msgspec

from gateway import small_files
from gateway.config.places import Places
from gateway.config.tables import Config
from gateway.rights.scope import Scope
from gateway.rights.sink import Export

DATABASES: Final = ("home.db", "outbox.db", "uplink.db")
_LIVE: Final = frozenset(name + suffix for name in DATABASES for suffix in ("", "-wal", "-journal", "-shm"))
_OWN_KEY: Final = "key.pem"
"""The key by which this gateway proves who it is, and the one that is to follow it (`key.pem.new`): whoever has it
speaks in this home's name."""

_MOST_BYTES: Final = 16 << 20
_BLOCK: Final = 1 << 20


def put(export: Export, config: Config, places: Places, scope: Scope) -> None:
    """Write all of them; of one of several only the part of the portrait that is theirs. Raises OSError."""
    with export.file("configuration.json") as file:
        file.write(msgspec.json.format(msgspec.json.encode(_without_keys(config, scope)), indent=1))
    if not scope.is_all:
        _put_portrait(export, places.portrait, scope)
        return
    for path, name in _small(places):
        with suppress(FileNotFoundError):  # taken meanwhile, such as a slip
            text = small_files.read(path, _MOST_BYTES)
            with export.file(f"small-files/{name}") as file:
                file.write(text)
    for path in copies(places):
        with small_files.opened(path) as copy, export.file(f"copies/{path.name}") as file:
            while block := copy.read(_BLOCK):
                file.write(block)


def copies(places: Places) -> list[Path]:
    """Databases from before a new version, and damaged ones: they hold what was recorded then."""
    folders = dict.fromkeys((places.private, places.outbox, places.uplink))
    return sorted(
        path
        for folder in folders
        for path in _files(folder)
        if path.name.startswith(DATABASES) and path.name not in _LIVE
    )


def _small(places: Places) -> Iterator[tuple[Path, str]]:
    for folder in dict.fromkeys((places.private, places.outbox, places.uplink)):
        for path in _files(folder, deep=True):
            is_database = path.parent == folder and path.name.startswith(DATABASES)
            if not is_database and not path.name.startswith(_OWN_KEY) and not path.name.startswith((".", "export.")):
                yield path, path.relative_to(folder).as_posix()


def _files(folder: Path, *, deep: bool = False) -> list[Path]:
    try:
        found = sorted(folder.rglob("*") if deep else folder.iterdir())
    except FileNotFoundError:
        return []
    return [path for path in found if path.is_file() and not path.is_symlink()]


def _put_portrait(export: Export, path: Path, scope: Scope) -> None:
    try:
        portrait = msgspec.json.decode(small_files.read(path, _MOST_BYTES))
    except (OSError, msgspec.DecodeError):
        return
    for name in ("streams", "answers"):
        portrait[name] = [one for one in portrait.get(name, []) if one.get("resident") == scope.resident]
    portrait["sensors"] = [one for one in portrait.get("sensors", []) if scope.has_input(one.get("sensor", ""))]
    with export.file("small-files/portrait.json") as file:
        file.write(msgspec.json.encode(portrait))


def _without_keys(config: Config, scope: Scope) -> dict[str, Any]:
    shown: dict[str, Any] = msgspec.to_builtins(config)
    for sensor in shown["sensors"]:
        if sensor["ble"] is not None and sensor["ble"]["key"] is not None:
            sensor["ble"]["key"] = "set"
    if not scope.is_all:
        mine = {scope.resident, None}
        for name in ("sensors", "visits", "panels"):
            shown[name] = [one for one in shown[name] if one.get("resident") in mine]
        shown["residents"] = [one for one in shown["residents"] if one["id"] == scope.resident]
    return shown
