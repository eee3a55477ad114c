"""A watcher's side: what the running daemon shows, line by line."""

import socket
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import msgspec

from gateway.errors import StoreError, StoreUnavailable
from gateway.live.forms import Line

_DECODER: Final = msgspec.json.Decoder(Line)

BEGIN_S: Final = 10.0
"""The daemon first enters into its trail that somebody looks; a slow card takes its time."""


class Listening:
    """An open line to the daemon; a context manager.

    Args:
        path: `Places.live`.

    Raises StoreUnavailable: no daemon answers; StoreError: this user may not look.
    """

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._rest = b""
        self._begun = False
        try:
            self._socket.settimeout(BEGIN_S)
            self._socket.connect(str(path))
            self._ready: list[Line] = self._read()
        except BaseException as error:
            self._socket.close()
            if isinstance(error, PermissionError):
                raise StoreError("This user may not look.", advice="Run it as root: `sudo wren ...`.") from error
            if isinstance(error, OSError):
                advice = "Is it running? `systemctl status wren`; after a start it takes a few seconds."
                raise StoreUnavailable("The daemon does not answer.", advice=advice) from error
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def fileno(self) -> int:
        """For `select`: there may be lines when it is readable."""
        return self._socket.fileno()

    def lines(self, within_s: float) -> list[Line]:
        """What was shown since the last call, after at most `within_s` of waiting; empty if nothing was.

        Raises StoreUnavailable when the daemon has ended, or is of a version that this one does not understand.
        """
        if self._ready:
            ready, self._ready = self._ready, []
            return ready
        self._socket.settimeout(max(within_s, 0.001))
        try:
            return self._read()
        except TimeoutError:
            return []
        except OSError as error:
            raise _ended() from error

    def _read(self) -> list[Line]:
        data = self._socket.recv(65536)
        if not data:
            raise _ended() if self._begun else _refused()
        self._begun = True
        *whole, self._rest = (self._rest + data).split(b"\n")
        try:
            return [_DECODER.decode(line) for line in whole]
        except msgspec.DecodeError as error:
            advice = "Was Wren updated just now? `systemctl restart wren`, then try again."
            raise StoreUnavailable("The daemon shows what this version does not know.", advice=advice) from error


def _refused() -> StoreUnavailable:
    advice = "Do eight watch already? It takes no more. `systemctl status wren` says whether it runs."
    return StoreUnavailable("The daemon has closed the line at once.", advice=advice)


def _ended() -> StoreUnavailable:
    return StoreUnavailable("The daemon has ended.", advice="`systemctl status wren` and `journalctl -u wren` say why.")
