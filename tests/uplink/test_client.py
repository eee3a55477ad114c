"""One delivery: only a typed and signed receipt for what was sent counts, whatever the server does."""

import time
from email.utils import formatdate
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway.errors import ConfigError, StoreError, UplinkRejected, UplinkUnavailable
from gateway.uplink import replies, wire
from gateway.uplink.client import Client
from tests.enrolled import DESK

from .messages import alert
from .provider import (
    GATEWAY,
    Counting,
    Line,
    Manner,
    Request,
    always,
    client_of,
    drip,
    flood,
    good,
    hang_up,
    receipt,
    refusing,
    serving,
    signed,
)
from .tls import Authority

MESSAGE = alert(1)
BODY = wire.encode(MESSAGE)
HTML = b"<html><body>Sign in to GuestWifi</body></html>"


OTHER = Ed25519PrivateKey.from_private_bytes(b"o" * 32)


def deliver(
    url: str, ca: Authority | None, deadline_s: float = 5.0, counting: Counting | None = None
) -> replies.Receipt:
    return client_of(url, ca, counting, deadline_s=deadline_s).deliver(MESSAGE.id, BODY)


def test_a_receipt_for_what_was_sent(ca: Authority, certificate: tuple[Path, Path]) -> None:
    with serving(certificate) as server:
        assert deliver(server.url, ca).id == MESSAGE.id
    (request,) = server.requests
    assert request.path == "/v1/messages"
    assert request.body == BODY
    assert request.headers["idempotency-key"] == MESSAGE.id
    assert request.headers["content-type"] == "application/json"
    assert "python" not in request.headers["user-agent"]
    assert request.check().sequence == 1


@pytest.mark.parametrize(
    "manner",
    [
        pytest.param(always(200, HTML, Content_Type="text/html"), id="sign-in page"),
        pytest.param(always(200), id="empty"),
        pytest.param(always(204), id="no content"),
        pytest.param(always(202, b"{}"), id="accepted for later"),
        pytest.param(lambda line, request: line.answer(200, receipt(request)), id="not signed"),
        pytest.param(lambda line, request: line.reply(request, 202, receipt(request)), id="another status"),
        pytest.param(lambda line, request: line.reply(request, 200, receipt(request, id="f" * 32)), id="other id"),
        pytest.param(lambda line, request: line.reply(request, 200, receipt(request, sha256="0" * 64)), id="digest"),
        pytest.param(lambda line, request: line.reply(request, 200, receipt(request, type="ok")), id="other type"),
        pytest.param(lambda line, request: line.reply(request, 200, receipt(request, more="x")), id="unknown field"),
        pytest.param(lambda line, request: line.reply(request, 200, receipt(request)[:-1]), id="cut short"),
        pytest.param(lambda line, request: line.reply(request, 200, b"\xff\xfe{}"), id="not UTF-8"),
        pytest.param(lambda line, request: line.reply(request, 200, receipt(request) + b" " * 70_000), id="padded"),
        pytest.param(lambda line, request: line.reply(request, 200, receipt(request), key=OTHER), id="another key"),
        pytest.param(lambda line, request: line.reply(request, 200, receipt(request), key=GATEWAY), id="its own key"),
        pytest.param(always(400, b'{"reason":"no"}'), id="unsigned 400"),
        pytest.param(always(422, HTML), id="unsigned 422"),
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
        deliver(server.url, None)
    assert server.requests == []


def test_nobody_there(ca: Authority) -> None:
    for url in ("https://127.0.0.1:1", "https://desk.invalid"):
        with pytest.raises(UplinkUnavailable, match="cannot be reached") as caught:
            deliver(url, ca)
        assert not caught.value.maybe_message


@pytest.mark.parametrize("status", [400, 409, 413, 422])
def test_a_refusal_is_about_this_message(ca: Authority, certificate: tuple[Path, Path], status: int) -> None:
    with serving(certificate, refusing(status, "unknown field \u00ad`x`.")) as server:
        with pytest.raises(UplinkRejected) as caught:
            deliver(server.url, ca)
        assert caught.value.status == status
        assert "unknown field  `x`." in caught.value.problem
        server.manner = lambda line, request: line.reply(
            request, status, b'{"type":"refusal","id":"%b","reason":"x"}' % (b"f" * 32)
        )
        with pytest.raises(UplinkUnavailable):
            deliver(server.url, ca)


def test_an_answer_to_another_request_is_no_answer(ca: Authority, certificate: tuple[Path, Path]) -> None:
    kept: list[tuple[bytes, dict[str, str]]] = []

    def replays(line: Line, request: Request) -> None:
        body = receipt(request)
        kept.append((body, signed(request, 200, body)))
        line.answer(200, kept[0][0], **kept[0][1])

    with serving(certificate, replays) as server:
        deliver(server.url, ca)
        with pytest.raises(UplinkUnavailable, match="not by the desk"):
            deliver(server.url, ca)


def test_a_revoked_key_is_told_and_the_message_kept(ca: Authority, certificate: tuple[Path, Path]) -> None:
    for manner in (always(401), refusing(401, "revoked")):
        with serving(certificate, manner) as server, pytest.raises(UplinkUnavailable, match="revoked") as caught:
            deliver(server.url, ca)
        assert "wren enrol" in caught.value.advice


def test_it_counts_on_from_what_the_desk_has_seen(ca: Authority, certificate: tuple[Path, Path]) -> None:
    seen = 700

    def manner(line: Line, request: Request) -> None:
        if request.check().sequence <= seen:
            refusing(403, "seen before", Wren_Sequence=str(seen))(line, request)
        else:
            good(line, request)

    counting = Counting()
    with serving(certificate, manner) as server:
        deliver(server.url, ca, counting=counting)
        deliver(server.url, ca, counting=counting)
        assert [request.check().sequence for request in server.requests] == [1, 701, 702]
        seen = 900
        deliver(server.url, ca, counting=counting)
    assert [request.check().sequence for request in server.requests] == [1, 701, 702, 703, 901]


@pytest.mark.parametrize(
    ("named", "sequences"),
    [
        pytest.param("{}", [1, 2], id="the same number again and again"),
        pytest.param("0", [1], id="0"),
        pytest.param(str(2**53), [1], id="2**53"),
        pytest.param(str(2**48 + 1), [1], id="far off"),
        pytest.param("9" * 5000, [1], id="very long"),
        pytest.param("-1", [1], id="negative"),
        pytest.param("²", [1], id="no digit"),
        pytest.param("1, 2", [1], id="two"),
        pytest.param(None, [1], id="none"),
    ],
)
def test_the_count_cannot_be_led_astray(
    ca: Authority, certificate: tuple[Path, Path], named: str | None, sequences: list[int]
) -> None:
    def manner(line: Line, request: Request) -> None:
        own = {} if named is None else {"Wren_Sequence": named.format(request.headers["wren-sequence"])}
        refusing(403, "seen before", **own)(line, request)

    counting = Counting()
    with serving(certificate, manner) as server:
        with pytest.raises(UplinkUnavailable):
            deliver(server.url, ca, counting=counting)
        assert [request.check().sequence for request in server.requests] == sequences
        assert counting.given < 10


def test_a_number_that_the_desk_did_not_sign_moves_nothing(ca: Authority, certificate: tuple[Path, Path]) -> None:
    def adds(line: Line, request: Request) -> None:
        body = b'{"type":"refusal","id":"%b","reason":"x"}' % request.id.encode()
        line.answer(403, body, **signed(request, 403, body), Wren_Sequence="5000")

    counting = Counting()
    for manner in (adds, always(403, Wren_Sequence="5000")):
        with serving(certificate, manner) as server, pytest.raises(UplinkUnavailable):
            deliver(server.url, ca, counting=counting)
    assert counting.given == 2


def test_without_a_number_nothing_is_sent(ca: Authority, certificate: tuple[Path, Path]) -> None:
    class Broken(Counting):
        def next_sequence(self) -> int:
            raise StoreError("uplink.db cannot be used.", advice="Check the disk.")

    with serving(certificate) as server, pytest.raises(StoreError):
        deliver(server.url, ca, counting=Broken())
    assert server.requests == []


def test_retry_after(ca: Authority, certificate: tuple[Path, Path]) -> None:
    now_s = 1_795_183_320
    for value, expected in (
        ("120", 120.0),
        (formatdate(now_s + 90, usegmt=True), 90.0),
        (formatdate(now_s - 90, usegmt=True), 0.0),
        ("soon", None),
        ("-5", None),
        ("9" * 400, 999_999_999.0),
    ):
        with serving(certificate, always(429, Retry_After=value)) as server:
            client = client_of(server.url, ca, utc_s=lambda: now_s)
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
        client = client_of(server.url, ca)
        started_s = time.monotonic()
        with pytest.raises(UplinkUnavailable):
            client.deliver(MESSAGE.id, BODY)
        assert time.monotonic() - started_s < 15.0  # far beyond 0.4 s, far below for ever
        with pytest.raises(UplinkUnavailable, match="stopping"):
            client.deliver(MESSAGE.id, BODY)
    assert len(server.requests) == 1


@pytest.mark.parametrize("pem", ["", "not PEM", "é", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_a_useless_authority_is_said_at_once(pem: str) -> None:
    with pytest.raises(ConfigError, match="no certificate") as caught:
        Client("https://127.0.0.1", GATEWAY, DESK.public_key(), Counting(), ca_pem=pem)
    assert "ca_file" in caught.value.advice


def test_the_good_manner_is_good(ca: Authority, certificate: tuple[Path, Path]) -> None:
    with serving(certificate, good) as server:
        for _ in range(3):
            deliver(server.url, ca)
    assert server.ids == [MESSAGE.id] * 3


def test_what_is_larger_than_any_message_never_leaves(ca: Authority, certificate: tuple[Path, Path]) -> None:
    """Whoever got into the daemon gives the messenger a day of readings at once."""
    with serving(certificate) as server:
        client = client_of(server.url, ca, None, deadline_s=5.0)
        with pytest.raises(UplinkRejected, match="larger than any message") as caught:
            client.deliver(MESSAGE.id, BODY + b" " * wire.MAX_MESSAGE_BYTES)
        assert client.deliver(MESSAGE.id, BODY + b" " * (wire.MAX_MESSAGE_BYTES - len(BODY))).id == MESSAGE.id
    assert caught.value.status == 413
    assert [len(request.body) for request in server.requests] == [wire.MAX_MESSAGE_BYTES]
