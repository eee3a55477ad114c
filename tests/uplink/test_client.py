"""One delivery: only a typed receipt for what was sent counts, whatever the server does."""

import time
from email.utils import formatdate
from pathlib import Path

import pytest

from gateway.errors import ConfigError, UplinkRejected, UplinkUnavailable
from gateway.uplink import replies, wire
from gateway.uplink.client import Client

from .messages import alert
from .provider import Line, Manner, Request, always, drip, flood, good, hang_up, receipt, serving
from .tls import Authority

MESSAGE = alert(1)
BODY = wire.encode(MESSAGE)
HTML = b"<html><body>Sign in to GuestWifi</body></html>"


def deliver(url: str, ca: Authority, deadline_s: float = 5.0) -> replies.Receipt:
    return Client(url, ca.ca_file, deadline_s=deadline_s).deliver(MESSAGE.id, BODY)


def test_a_receipt_for_what_was_sent(ca: Authority, certificate: tuple[Path, Path]) -> None:
    with serving(certificate) as server:
        assert deliver(server.url, ca).id == MESSAGE.id
    (request,) = server.requests
    assert request.path == "/v1/messages"
    assert request.body == BODY
    assert request.headers["idempotency-key"] == MESSAGE.id
    assert request.headers["content-type"] == "application/json"
    assert "python" not in request.headers["user-agent"]


@pytest.mark.parametrize(
    "manner",
    [
        pytest.param(always(200, HTML, Content_Type="text/html"), id="sign-in page"),
        pytest.param(always(200), id="empty"),
        pytest.param(always(204), id="no content"),
        pytest.param(always(202, b"{}"), id="accepted for later"),
        pytest.param(lambda line, request: line.answer(202, receipt(request)), id="receipt with another status"),
        pytest.param(lambda line, request: line.answer(200, receipt(request, id="f" * 32)), id="other id"),
        pytest.param(lambda line, request: line.answer(200, receipt(request, sha256="0" * 64)), id="other digest"),
        pytest.param(lambda line, request: line.answer(200, receipt(request, type="ok")), id="other type"),
        pytest.param(lambda line, request: line.answer(200, receipt(request, more="x")), id="unknown field"),
        pytest.param(lambda line, request: line.answer(200, receipt(request)[:-1]), id="cut short"),
        pytest.param(lambda line, request: line.answer(200, b"\xff\xfe{}"), id="not UTF-8"),
        pytest.param(lambda line, request: line.answer(200, receipt(request) + b" " * 70_000), id="padded"),
        pytest.param(always(500), id="500"),
        pytest.param(always(503), id="503"),
        pytest.param(always(408), id="408"),
        pytest.param(always(401), id="401"),
        pytest.param(always(403, HTML), id="403"),
        pytest.param(always(404, HTML), id="404"),
        pytest.param(always(405), id="405"),
        pytest.param(hang_up, id="hangs up"),
        pytest.param(lambda line, _: line.connection.sendall(b"SSH-2.0-x\r\n"), id="not HTTP"),
        pytest.param(flood, id="endless"),
    ],
)
def test_what_is_no_receipt(ca: Authority, certificate: tuple[Path, Path], manner: Manner) -> None:
    with serving(certificate, manner) as server, pytest.raises(UplinkUnavailable) as caught:
        deliver(server.url, ca)
    assert caught.value.advice
    assert len(server.requests) == 1, "a failed delivery is the queue's to repeat, with its backoff"


def test_a_redirect_is_not_followed(ca: Authority, certificate: tuple[Path, Path]) -> None:
    with serving(certificate) as elsewhere, serving(certificate) as server:
        for status in (301, 302, 303, 307, 308):
            server.manner = always(status, Location=f"{elsewhere.url}/v1/messages")
            with pytest.raises(UplinkUnavailable, match="redirect"):
                deliver(server.url, ca)
    assert elsewhere.requests == []


@pytest.mark.parametrize(
    "manner",
    [
        pytest.param(drip(b"HTTP/1.1 200 x\r\nX-Slow: "), id="in the headers"),
        pytest.param(drip(b"HTTP/1.1 200 x\r\nContent-Length: 60000\r\n\r\n"), id="in the body"),
        pytest.param(drip(b"HTTP/1.1 200 x\r\n\r\n{"), id="in a body without length"),
        pytest.param(lambda line, _: line.stopped.wait(), id="without a word"),
        pytest.param(
            lambda line, _: [
                line.connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n") for _ in iter(line.stopped.is_set, True)
            ],
            id="100 Continue for ever",
        ),
    ],
)
def test_the_deadline_is_for_the_whole_delivery(ca: Authority, certificate: tuple[Path, Path], manner: Manner) -> None:
    with serving(certificate, manner) as server:
        started_s = time.monotonic()
        with pytest.raises(UplinkUnavailable, match=r"within 0\.4 s"):
            deliver(server.url, ca, deadline_s=0.4)
        assert time.monotonic() - started_s < 15.0  # far beyond 0.4 s, far below for ever


def test_a_slow_handshake_is_cut_off(ca: Authority) -> None:
    with serving(None) as server:
        started_s = time.monotonic()
        with pytest.raises(UplinkUnavailable, match=r"within 1\.5 s"):
            deliver(server.url, ca, deadline_s=1.5)
        assert time.monotonic() - started_s < 15.0  # far beyond 1.5 s, far below for ever


def test_an_untrusted_server_gets_nothing(ca: Authority, certificate: tuple[Path, Path]) -> None:
    for name, bad, why in (
        ("host", ca.sign("host", host="desk.example"), "cannot be trusted"),
        ("expired", ca.sign("expired", expired=True), "certificate has expired"),
    ):
        with serving(bad) as server, pytest.raises(UplinkUnavailable, match=why):
            deliver(server.url, ca)
        assert server.requests == [], name
    with serving(certificate) as server, pytest.raises(UplinkUnavailable, match="cannot be trusted"):
        Client(server.url).deliver(MESSAGE.id, BODY)
    assert server.requests == []


def test_nobody_there(ca: Authority) -> None:
    for url in ("https://127.0.0.1:1", "https://desk.invalid"):
        with pytest.raises(UplinkUnavailable, match="cannot be reached") as caught:
            deliver(url, ca)
        assert not caught.value.maybe_message


@pytest.mark.parametrize("status", [400, 409, 413, 422])
def test_a_refusal_is_about_this_message(ca: Authority, certificate: tuple[Path, Path], status: int) -> None:
    told = b'{"reason": "unknown field\\u001b[31m `x`."}'
    with serving(certificate, always(status, told)) as server, pytest.raises(UplinkRejected) as caught:
        deliver(server.url, ca)
    assert caught.value.status == status
    assert "unknown field [31m `x`" in caught.value.problem
    with serving(certificate, always(status, HTML)) as server, pytest.raises(UplinkRejected, match=str(status)):
        deliver(server.url, ca)


def test_retry_after(ca: Authority, certificate: tuple[Path, Path]) -> None:
    now_s = 1_795_183_320
    client = Client("https://127.0.0.1", ca.ca_file)
    for value, expected in (
        ("120", 120.0),
        (formatdate(now_s + 90, usegmt=True), 90.0),
        (formatdate(now_s - 90, usegmt=True), 0.0),
        ("soon", None),
        ("-5", None),
        ("9" * 400, 999_999_999.0),
    ):
        with serving(certificate, always(429, Retry_After=value)) as server:
            client = Client(server.url, ca.ca_file, utc_s=lambda: now_s)
            with pytest.raises(UplinkUnavailable) as caught:
                client.deliver(MESSAGE.id, BODY)
        assert caught.value.retry_after_s == expected, value


def test_the_environment_changes_nothing(
    ca: Authority, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "none.pem"))
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login a password b\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with serving(certificate) as server:
        deliver(server.url, ca)
    assert "authorization" not in server.requests[0].headers


def test_an_abort_ends_what_is_under_way(ca: Authority, certificate: tuple[Path, Path]) -> None:
    def aborts(line: Line, _: Request) -> None:
        client.abort()
        line.stopped.wait()

    with serving(certificate, aborts) as server:
        client = Client(server.url, ca.ca_file)
        started_s = time.monotonic()
        with pytest.raises(UplinkUnavailable):
            client.deliver(MESSAGE.id, BODY)
        assert time.monotonic() - started_s < 15.0  # far beyond 0.4 s, far below for ever
        with pytest.raises(UplinkUnavailable, match="stopping"):
            client.deliver(MESSAGE.id, BODY)
    assert len(server.requests) == 1


def test_a_useless_ca_file_is_said_at_once(tmp_path: Path) -> None:
    for path in (tmp_path / "none.pem", tmp_path / "bad.pem"):
        (tmp_path / "bad.pem").write_text("not PEM")
        with pytest.raises(ConfigError, match=path.name) as caught:
            Client("https://127.0.0.1", path)
        assert "ca_file" in caught.value.advice


def test_the_good_manner_is_good(ca: Authority, certificate: tuple[Path, Path]) -> None:
    with serving(certificate, good) as server:
        for _ in range(3):
            deliver(server.url, ca)
    assert server.ids == [MESSAGE.id] * 3
