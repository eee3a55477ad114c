"""Asks an ASGI application directly, as a server would: no socket, the same code."""

import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.types import ASGIApp, Message


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()

    def json(self) -> Any:
        return json.loads(self.content)


@dataclass(frozen=True)
class Door:
    """One of the desk's applications, as seen by a client that calls it `base`."""

    app: ASGIApp
    base: str

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, b"", headers)

    def form(self, path: str, data: dict[str, str], **headers: str) -> Answer:
        content_type = {"content-type": "application/x-www-form-urlencoded"}
        return self.ask("POST", path, urlencode(data).encode(), content_type | headers)

    def ask(
        self,
        method: str,
        path: str,
        body: bytes,
        headers: dict[str, str],
        *,
        also: Iterable[tuple[str, str]] = (),
    ) -> Answer:
        scheme, _, host = self.base.partition("://")
        names = {"host": host} | {name.lower().replace("_", "-"): value for name, value in headers.items()}
        path, _, query = path.partition("?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": scheme,
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in [*names.items(), *also]],
            "client": ("127.0.0.1", 50_000),
            "server": ("127.0.0.1", 80),
        }
        return asyncio.run(self._call(scope, body))

    async def _call(self, scope: dict[str, Any], body: bytes) -> Answer:
        chunks = [body[start : start + 4096] for start in range(0, len(body), 4096)] or [b""]
        coming = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
        coming[-1]["more_body"] = False
        sent: list[Message] = []

        async def receive() -> Message:
            return coming.pop(0) if coming else {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        headers = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
        return Answer(sent[0]["status"], headers, b"".join(message.get("body", b"") for message in sent[1:]))
