"""A log to look into, which loads no daemon."""

from typing import Any

from gateway.log import Value


class Notes:
    """A `gateway.log.Log` that keeps what it was told."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, dict[str, Any]]] = []

    def info(self, event: str, /, **fields: Value | BaseException) -> None:
        self.lines.append((event, fields))

    def warning(self, event: str, /, **fields: Value | BaseException) -> None:
        self.lines.append((event, fields))

    def error(self, event: str, /, **fields: Value | BaseException) -> None:
        self.lines.append((event, fields))

    def events(self) -> list[str]:
        return [event for event, _ in self.lines]
