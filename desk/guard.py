"""What the people's page is protected by: who may ask, who may post, and what a browser may do with it.

The page is on loopback and has no log-in, so the dangers are other pages in the same browser: one that posts
here (CSRF), one whose name is made to point here (DNS rebinding), one that shows this page in a frame.
"""

import hashlib
import hmac
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_OURS: Final = frozenset({"localhost", "127.0.0.1", "::1"})

_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    # not no-referrer: browsers would then send `Origin: null` with our own form
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Guard:
    """Lets in only who asked for this machine by its own name, and adds the headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        if is_ours(Headers(scope=scope).get("host", "")):
            await self._app(scope, receive, send_guarded)
        else:
            refusal = PlainTextResponse("This desk answers to localhost only.", HTTPStatus.MISDIRECTED_REQUEST)
            await refusal(scope, receive, send_guarded)


class Forms:
    """Tokens for forms. A page of another origin can neither read nor guess them.

    Args:
        secret: random bytes, new at every start.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def token(self, about: str) -> str:
        """The token for the form at this address, or about this alert."""
        return hmac.new(self._secret, about.encode(), hashlib.sha256).hexdigest()

    def check(self, request: Request, about: str, token: str) -> None:
        """Raise HTTPException (403) unless this request came from our own form."""
        site = request.headers.get("sec-fetch-site", "same-origin")
        origin = request.headers.get("origin")
        ours = f"{request.url.scheme}://{request.headers['host']}"
        if site != "same-origin" or (origin is not None and origin != ours):
            raise HTTPException(HTTPStatus.FORBIDDEN, "This came from another page, so nothing was changed.")
        if not hmac.compare_digest(token.encode(), self.token(about).encode()):
            raise HTTPException(
                HTTPStatus.FORBIDDEN, "The desk was started anew since this page was opened, so nothing was changed."
            )


def is_ours(host: str) -> bool:
    """Whether a Host header names this machine: the only names that the desk's certificate vouches for."""
    try:
        return urlsplit(f"//{host}").hostname in _OURS
    except ValueError:
        return False
