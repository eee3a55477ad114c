"""One message over HTTPS: one POST, one receipt, within one total deadline.

The timeouts of `requests` are between bytes, so a server that sends one byte now and then would hold the
line for ever: in the TLS handshake, in the headers or in the body. Here a watchdog lets go of the
connection at the deadline, whatever it is doing, through a second handle on its socket.
"""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from gateway import VERSION
from gateway.errors import ConfigError, UplinkUnavailable
from gateway.uplink.replies import MAX_REPLY_BYTES, Receipt
from gateway.uplink.verdict import Answer, receipt_in

DEADLINE_S: Final = 30.0
"""From the first packet to the last byte of the answer (RELIABILITY, fault 20)."""

CONNECT_S: Final = 10.0
"""For each address of the provider; leaves two thirds of the deadline for the answer."""

PATH: Final = "/v1/messages"


class Client:
    """Delivers messages to the provider's desk.

    A new connection for every message: there is no idle connection to go stale, and a home sends a few
    messages an hour.

    Args:
        url: where the desk is, such as ``https://desk.example:8443``; messages go to its `PATH`.
        ca_file: the provider's own certificate authority; None trusts the public ones. Raises ConfigError
            if it cannot be used.
        deadline_s: how long one delivery may take in all.
        utc_s: the wall clock, for a Retry-After that is a date.
    """

    def __init__(
        self,
        url: str,
        ca_file: Path | None = None,
        *,
        deadline_s: float = DEADLINE_S,
        utc_s: Callable[[], float] = time.time,
    ) -> None:
        if ca_file is not None:
            _check_ca_file(ca_file)
        self._url = url.rstrip("/") + PATH
        self._verify: str | bool = True if ca_file is None else str(ca_file)
        self._deadline_s = deadline_s
        self._utc_s = utc_s
        self._lock = threading.Lock()
        self._grip: _Grip | None = None
        self._aborted = False

    def deliver(self, message_id: str, body: bytes) -> Receipt:
        """Send `body` and return its receipt. Blocks for at most the deadline.

        Raises UplinkUnavailable if there is no receipt for now, UplinkRejected if the provider refuses
        this one message.
        """
        grip = _Grip()
        with self._lock:
            if self._aborted:
                raise UplinkUnavailable("The uplink is stopping.", advice="Nothing to do.")
            self._grip = grip
        watchdog = threading.Timer(self._deadline_s, grip.let_go)
        watchdog.daemon = True
        watchdog.start()
        try:
            answer = self._post(grip, message_id, body)
        finally:
            watchdog.cancel()
            grip.close()
        return receipt_in(answer, message_id=message_id, body=body, now_s=self._utc_s())

    def abort(self) -> None:
        """End a delivery that is under way, from any thread, and refuse further ones."""
        with self._lock:
            self._aborted = True
            if self._grip is not None:
                self._grip.let_go()

    def _post(self, grip: "_Grip", message_id: str, body: bytes) -> Answer:
        import requests
        import urllib3.exceptions

        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": message_id,
            "Accept": "application/json",
            "Accept-Encoding": "identity",  # an answer that unpacks to a gigabyte cannot be asked for
            "Connection": "close",
            "User-Agent": f"wren/{VERSION}",
        }
        try:
            with requests.Session() as session:
                session.trust_env = False  # no proxies, no netrc, no other CA bundle from the environment
                session.mount("https://", _adapter(grip))
                with session.post(
                    self._url,
                    data=body,
                    headers=headers,
                    timeout=(min(CONNECT_S, self._deadline_s), self._deadline_s),
                    allow_redirects=False,
                    stream=True,
                    verify=self._verify,
                ) as response:
                    # not response.content: that unpacks, and has no limit
                    taken = _read(response.raw)
                    names = {name.lower(): value for name, value in response.headers.items()}
                    answer = Answer(response.status_code, names, taken)
        except (requests.RequestException, urllib3.exceptions.HTTPError, http.client.HTTPException, OSError) as error:
            raise self._not_reached(grip, error) from error
        if grip.let_gone:  # the shutdown of the socket can look like the end of the answer
            raise self._not_reached(grip, TimeoutError())
        return answer

    def _not_reached(self, grip: "_Grip", error: Exception) -> UplinkUnavailable:
        import requests

        if grip.let_gone:
            problem = f"The provider did not answer within {self._deadline_s:g} s"
            advice = "Nothing to do: it is tried again by itself."
        elif isinstance(error, requests.exceptions.SSLError | ssl.SSLError):
            problem = f"The provider cannot be trusted: {_why(error)}"
            advice = "Check the date of this machine, and `url` and `ca_file` in [uplink]."
        else:
            problem = "The provider cannot be reached"
            advice = "Check the internet connection of this home and `url` in [uplink]."
        return UplinkUnavailable(f"{problem}; the queue is kept.", advice=advice, maybe_message=grip.taken)


class _Grip:
    """A second handle on the socket of a connection, by which another thread can end it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._handle: socket.socket | None = None
        self.taken = False
        self.let_gone = False

    def take(self, connection: socket.socket) -> None:
        """Hold on to `connection`. Raises TimeoutError if it is too late for it."""
        with self._lock:
            if self.let_gone:
                raise TimeoutError("the deadline has passed")
            if self._handle is not None:
                self._handle.close()
            self._handle = connection.dup()
            self.taken = True

    def let_go(self) -> None:
        """End the connection, and any that would follow it."""
        with self._lock:
            self.let_gone = True
            if self._handle is not None:
                try:
                    self._handle.shutdown(socket.SHUT_RDWR)
                except OSError:
                    return  # the other side was quicker

    def close(self) -> None:
        """Give the handle back."""
        with self._lock:
            if self._handle is not None:
                self._handle.close()
                self._handle = None


class _GrippedContext(ssl.SSLContext):
    """A TLS context that hands every connection to a grip before the first byte of its handshake."""

    grip: _Grip

    def wrap_socket(self, sock: socket.socket, *args: Any, **kwargs: Any) -> ssl.SSLSocket:  # noqa: ANN401
        """As SSLContext.wrap_socket. Raises TimeoutError after the deadline."""
        self.grip.take(sock)
        return super().wrap_socket(sock, *args, **kwargs)


def _adapter(grip: _Grip) -> Any:  # noqa: ANN401 - requests is imported late
    from requests.adapters import HTTPAdapter

    context = _GrippedContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.hostname_checks_common_name = False
    context.grip = grip
    adapter = HTTPAdapter(max_retries=0)
    adapter.init_poolmanager(1, 1, ssl_context=context)
    return adapter


def _read(raw: Any) -> bytes:  # noqa: ANN401 - urllib3's response
    taken = bytearray()
    while len(taken) <= MAX_REPLY_BYTES:
        chunk: bytes = raw.read(MAX_REPLY_BYTES + 1 - len(taken), decode_content=False)
        if not chunk:
            break
        taken += chunk
    return bytes(taken)


def _why(error: Exception) -> str:
    """The reason within the layers of exceptions, such as "certificate has expired"."""
    text = str(error)
    _, found, reason = text.partition("certificate verify failed: ")
    return reason.partition(" (_ssl.c")[0].rstrip(".") if found else "the TLS handshake failed"


def _check_ca_file(ca_file: Path) -> None:
    try:
        ssl.create_default_context(cafile=str(ca_file))
    except OSError as error:  # ssl.SSLError is one
        raise ConfigError(
            f"{ca_file}: not usable as a certificate authority: {error}.",
            advice="Set `ca_file` in [uplink] to the provider's certificate in PEM form, readable by this user.",
        ) from error
