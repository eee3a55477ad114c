"""Connections that say nothing, or say it a letter at a time, are let go of: they would keep out who has an alert."""

import asyncio
from typing import Final

from uvicorn.protocols.http.h11_impl import H11Protocol

REQUEST_S: Final = 20.0
"""How long the head of a request may take to come; its body has as long again (`desk.bodies`)."""

CLOSED_AFTER: Final = [("Connection", "close")]
"""In every answer, so that a connection is for one request, and waits for no second one."""


class Patient(H11Protocol):
    """One connection of a gateway, of which patience has an end."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """It is open, and the waiting begins."""
        super().connection_made(transport)
        self._waiting = self.loop.call_later(REQUEST_S, self._give_up)

    def connection_lost(self, exc: Exception | None) -> None:
        """It is closed."""
        self._waiting.cancel()
        super().connection_lost(exc)

    def _give_up(self) -> None:
        if not self.headers:  # no head of a request has come whole
            self.transport.abort()
