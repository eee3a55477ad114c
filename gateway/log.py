"""The log: one JSON line for each event, and no personal datum in any of them.

A log is read by technicians, copied into tickets and kept by journald; nobody asked the resident about it.
So what may be said is a closed set: an event's name, a few named numbers and short tokens, and an error that
says of itself what is wrong. Everything else is dropped here, whatever the caller passed, and counted.

Modules are handed a `Log` and never import structlog (7 MB with the rich that it imports): only the
composition root calls `open_log`.
"""

import logging
import re
import traceback
from collections.abc import Callable, Mapping, MutableMapping
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any, Final, Protocol, TextIO

from gateway.errors import GatewayError

FIELDS: Final = frozenset({
    "attempt", "bytes", "component", "count", "delay_s", "dropped", "duration_s", "exit_code", "fault", "http_status",
    "kind", "lag_s", "pid", "reason", "schema", "seq", "signal", "source", "state", "step_s", "synchronised",
    "version", "waiting",
})  # fmt: skip
"""What a caller may say beside the event. No sensor, no place, no resident, no reading's value, no address, no path:
`wren status` shows a technician which sensor; a log would show anybody which room, and when."""

EVENT: Final = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+){0,7}")
"""An event's name: a few lower-case words, written as a literal (a test holds every call to it)."""

_TOKEN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]{0,47}")
_BLE_ADDRESS: Final = re.compile(r"(?<![0-9A-Fa-f])[0-9A-Fa-f]{2}(?:[:_-]?[0-9A-Fa-f]{2}){5}(?![0-9A-Fa-f])")
_MASKED: Final = "[masked]"
_OWN: Final = frozenset({"event", "level", "time"})
_MAX_SENTENCE: Final = 300
_MAX_FRAMES: Final = 4

Value = str | int | float | bool | None
_Entry = MutableMapping[str, Any]


class Log(Protocol):
    """What a module may ask of the log. `fields` are those of `FIELDS`; `fault` takes an exception."""

    def info(self, event: str, /, **fields: Value | BaseException) -> None:
        """Say that something ordinary happened, rarely enough to be read."""

    def warning(self, event: str, /, **fields: Value | BaseException) -> None:
        """Say that something is wrong that the gateway deals with by itself."""

    def error(self, event: str, /, **fields: Value | BaseException) -> None:
        """Say that something is wrong that a person must see to."""


def open_log(stream: TextIO, *, utc_s: Callable[[], float], **context: Value) -> Log:
    """The log of this process, written to `stream` and flushed line by line.

    Args:
        stream: where to; a terminal gets lines for people, anything else JSON with sorted keys.
        utc_s: the wall clock, seconds since 1970.
        context: fields of every line, such as `component="daemon"`.
    """
    import structlog

    render: Any = structlog.processors.JSONRenderer(sort_keys=True, separators=(",", ":"))
    if stream.isatty():
        render = structlog.dev.ConsoleRenderer(timestamp_key="time", sort_keys=True)

    def stamp(_logger: object, method: str, entry: _Entry) -> _Entry:
        moment = datetime.fromtimestamp(utc_s(), UTC).isoformat(timespec="milliseconds")
        return {**entry, "time": moment.replace("+00:00", "Z"), "level": method}

    log: Log = structlog.wrap_logger(
        structlog.PrintLogger(stream),
        processors=[enforce_privacy, stamp, render],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    ).bind(**context)
    return log


def enforce_privacy(_logger: object, _method: str, entry: _Entry) -> _Entry:
    """Keep of a log entry what `FIELDS` allows (a structlog processor).

    Unknown keys are dropped and counted as `dropped_keys`; values that are neither numbers nor short tokens, and
    addresses of devices, are masked and counted as `masked_values`.
    """
    event = entry.pop("event", None)
    known = isinstance(event, str) and EVENT.fullmatch(event)
    kept: dict[str, Any] = {"event": event if known else "unnamed_event"}
    masked = 0
    for key, value in entry.items():
        if key == "fault":
            kept.update(describe(value))
        elif key in FIELDS:
            kept[key] = _plain(value)
            masked += kept[key] == _MASKED
    dropped = len(entry.keys() - FIELDS - _OWN)
    if dropped:
        kept["dropped_keys"] = dropped
    if masked:
        kept["masked_values"] = masked
    return kept


def describe(fault: object) -> Mapping[str, str]:
    """What may be said of an error: its type and where it arose; of our own also problem and advice.

    The text of any other exception is left out: it quotes values (`KeyError: 'bathroom'`).
    """
    if isinstance(fault, BaseExceptionGroup):
        return describe(fault.exceptions[0])
    if not isinstance(fault, BaseException):
        return {"error": _MASKED}
    said = {"error": type(fault).__name__}
    if isinstance(fault, GatewayError):
        return said | {"problem": _sentence(fault.problem), "advice": _sentence(fault.advice)}
    frames = traceback.extract_tb(fault.__traceback__)[-_MAX_FRAMES:]
    where = " > ".join(f"{PurePath(frame.filename).name}:{frame.lineno}" for frame in frames)
    return said | ({"where": where} if where else {})


class LibraryLogs(logging.Handler):
    """Takes what libraries log (bleak, asyncio, urllib3) and lets through that they did, not what they said.

    Their texts quote device addresses and payloads. Install with `logging.getLogger().addHandler(...)`.
    """

    def __init__(self, log: Log) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line for `record`: the library's name, and the type of the error if there is one."""
        say = self._log.error if record.levelno >= logging.ERROR else self._log.warning
        fault = record.exc_info[1] if record.exc_info else None
        if fault is None:
            say("library_warning", component=record.name)
        else:
            say("library_warning", component=record.name, fault=fault)


def _plain(value: object) -> Value:
    if value is None or isinstance(value, bool | int | float):
        return value
    text = str(value) if isinstance(value, str) else ""
    if _TOKEN.fullmatch(text) and not _BLE_ADDRESS.search(text):
        return text
    return _MASKED


def _sentence(text: str) -> str:
    return _BLE_ADDRESS.sub(_MASKED, " ".join(text.split()))[:_MAX_SENTENCE]
