"""portrait.json: private, whole or not there, closed; written by the daemon and never its undoing."""

import json
import stat
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gateway.clock import ManualClock
from gateway.config.places import places_of
from gateway.errors import InputError
from gateway.pipeline import CHECKPOINT_S
from gateway.portrait import Portrait, portrait_of, read, write
from tests.gateway.ground import START_S, Gateway
from tests.pictures.life import begun, lived


def test_what_was_written_is_read_and_only_its_owner_can(tmp_path: Path) -> None:
    path = tmp_path / "portrait.json"
    for portrait in (begun(), lived()):
        write(path, portrait)
        assert read(path) == portrait
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_write_that_fails_leaves_the_old_one_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "portrait.json"
    write(path, begun())

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        write(path, lived())
    assert read(path) == begun()
    assert list(tmp_path.iterdir()) == [path]


def _spoilt(**changes: Any) -> bytes:
    plain = msgspec.to_builtins(lived())
    return json.dumps(plain | changes).encode()


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"null",
        _spoilt(version=2),
        _spoilt(name="Mrs. Smith"),
        _spoilt(home="<b>"),
        _spoilt(parts=[]),
        _spoilt(streams=[{}]),
    ],
)
def test_what_is_no_portrait_is_refused_with_what_to_do(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "portrait.json"
    path.write_bytes(text)
    with pytest.raises(InputError) as refused:
        read(path)
    assert str(path) in refused.value.problem
    assert "replaces it" in refused.value.advice


def test_where_there_is_none_it_says_where_they_come_from(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        read(tmp_path / "portrait.json")
    assert "wren run" in refused.value.advice


async def test_the_daemon_writes_it_every_hour_and_when_it_stops(tmp_path: Path) -> None:
    clock = ManualClock(START_S)
    path = None
    async with Gateway(tmp_path, clock) as gateway:
        path = places_of(gateway.config).portrait
        await gateway.feel("hall", after_s=60)
        assert not path.exists()
        await gateway.wait(CHECKPOINT_S)
        assert read(path).at_s == gateway.pipeline.home.now_ms // 1000
        await gateway.feel("hall", after_s=60)
        last = gateway.pipeline.home
    assert read(path) == portrait_of(last.portrait())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.parent == places_of(gateway.config).home_db.parent


async def test_a_daemon_that_cannot_draw_goes_on_watching(tmp_path: Path) -> None:
    async with Gateway(tmp_path, ManualClock(START_S)) as gateway:
        places_of(gateway.config).portrait.mkdir()
        await gateway.feel("hall", after_s=60)
        await gateway.wait(CHECKPOINT_S)
        await gateway.feel("hall", after_s=60)
        assert gateway.pipeline.accepted == 2
    assert "portrait_not_written" in gateway.log.events()
    assert not any(path.name.startswith(".portrait") for path in places_of(gateway.config).private.iterdir())


def test_its_schema_is_closed_throughout() -> None:
    def closed(plain: Any, at: list[Any]) -> int:
        seen = 0
        for key, value in plain.items() if isinstance(plain, dict) else enumerate(plain):
            if isinstance(value, dict | list):
                seen += closed(value, [*at, key])
        if isinstance(plain, dict):
            plain["more"] = 1
            with pytest.raises(msgspec.ValidationError, match="more"):
                msgspec.convert(whole, Portrait)
            del plain["more"]
            seen += 1
        return seen

    whole = json.loads(msgspec.json.encode(begun()))
    assert closed(whole, []) > 10
