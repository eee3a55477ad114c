"""One exchange with the desk over HTTPS, within one total deadline, and what came back as bytes.

The timeouts of `requests` are between bytes, so a server that sends one byte now and then would hold the
line for ever: in the TLS handshake, in the headers or in the body. Here a watchdog lets go of the
connection at the deadline, whatever it is doing, through a second handle on its socket.
"""

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import msgspec

from gateway import VERSION
from gateway.errors import ConfigError, UplinkUnavailable
from gateway.uplink.replies import MAX_REPLY_BYTES, Reply, decode

DEADLINE_S: Final = 30.0
"""From the first packet to the last byte of the answer (RELIABILITY, fault 20)."""

CONNECT_S: Final = 10.0
"""For each address of the provider; leaves two thirds of the deadline for the answer."""


class Answer(NamedTuple):
    """An HTTP answer. `body` holds at most `MAX_REPLY_BYTES + 1` bytes; names in `headers` are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def reply(self) -> Reply | None:
        """What the desk says by it, if it has the form of that. Whether the desk said it its signature shows."""
        if len(self.body) > MAX_REPLY_BYTES:
            return None
        try:
            return decode(self.body)
        except msgspec.DecodeError:
            return None


class Line:
    """Asks the desk.

    A new connection for every exchange: there is no idle connection to go stale, and a home sends a few
    messages an hour.

    Args:
        ca_pem: the provider's own certificate authority; None trusts the public ones. Raises ConfigError if
            it cannot be used.
        deadline_s: how long one exchange may take in all.
    """

    def __init__(self, ca_pem: str | None, *, deadline_s: float = DEADLINE_S) -> None:
        if ca_pem is not None:
            _check(ca_pem)
        self._ca_pem = ca_pem
        self._deadline_s = deadline_s
        self._lock = threading.Lock()
        self._grip: _Grip | None = None
        self._aborted = False

    def ask(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None) -> Answer:
        """Send one request and return what comes back, whatever it is. Blocks for at most the deadline.

        Raises UplinkUnavailable.
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
            return self._exchange(grip, method, url, headers, body)
        finally:
            watchdog.cancel()
            grip.close()

    def abort(self) -> None:
        """End an exchange that is under way, from any thread, and refuse further ones."""
        with self._lock:
            self._aborted = True
            if self._grip is not None:
                self._grip.let_go()

    def _exchange(self, grip: "_Grip", method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        import requests
        import urllib3.exceptions

        own = {
            "Accept": "application/json",
            "Accept-Encoding": "identity",  # an answer that unpacks to a gigabyte cannot be asked for
            "Connection": "close",
            "User-Agent": f"wren/{VERSION}",
        }
        try:
            with requests.Session() as session:
                session.trust_env = False  # no proxies, no netrc, no other CA bundle from the environment
                session.mount("https://", _adapter(grip, self._ca_pem))
                with session.request(
                    method,
                    url,
                    data=body,
                    headers={**own, **headers},
                    timeout=(min(CONNECT_S, self._deadline_s), self._deadline_s),
                    allow_redirects=False,
                    stream=True,
                ) as response:
                    # not response.content: that unpacks, and has no limit
                    taken = _read(response.raw)
                    names = {name.lower(): value for name, value in response.headers.items()}
                    answer = Answer(response.status_code, names, taken)
        except (
            requests.RequestException,
            urllib3.exceptions.HTTPError,
            http.client.HTTPException,
            OSError,
            ValueError,  # such as a header that is no text in any encoding
        ) as error:
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
            advice = "Check the date of this machine, and `url` and `ca_file` in [uplink]; then `wren enrol` again."
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


def _adapter(grip: _Grip, ca_pem: str | None) -> Any:  # noqa: ANN401 - requests is imported late
    from requests.adapters import HTTPAdapter

    class OwnAuthority(HTTPAdapter):
        """Leaves it to the context whom to trust: `requests` would add the public authorities to it."""

        def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:  # noqa: ANN401, ARG002 - requests'
            conn.cert_reqs = "CERT_REQUIRED"
            conn.ca_certs = conn.ca_cert_dir = None

    context = _GrippedContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.hostname_checks_common_name = False
    context.grip = grip
    if ca_pem is not None:
        context.load_verify_locations(cadata=ca_pem)
    adapter = HTTPAdapter(max_retries=0) if ca_pem is None else OwnAuthority(max_retries=0)
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


def _check(ca_pem: str) -> None:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=ca_pem)
    except (OSError, ValueError, TypeError) as error:  # ssl.SSLError; nothing in it; not ASCII
        raise ConfigError(
            "The provider's certificate authority cannot be used: it is no certificate in PEM form.",
            advice="Set `ca_file` in [uplink] to the provider's certificate in PEM form, and `wren enrol` again.",
        ) from error
