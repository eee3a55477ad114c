"""The loop, against hostile and good servers: nothing falsely delivered, nothing lost, nothing twice."""

import asyncio
from pathlib import Path

import pytest

from gateway.errors import StoreUnavailable
from gateway.uplink.backoff import ALERT_CAP_S
from gateway.uplink.book import Book
from gateway.uplink.book_reader import BookReader
from gateway.uplink.service import ASKED_FOR_S, POLL_S

from .live import running
from .messages import LOG, Outbox, alert, status, summary, update
from .provider import Line, Manner, Request, always, client_of, drip, flood, good, hang_up, receipt, refusing, serving
from .tls import Authority

HTML = b"<html>Sign in</html>"


async def test_alerts_before_summaries_before_the_newest_status(
    ca: Authority, certificate: tuple[Path, Path], book: Book
) -> None:
    outbox = Outbox()
    outbox.put(status(1), summary(1), alert(2), status(2), summary(3), update(4), alert(5), status(3))
    with serving(certificate) as server:
        async with running(outbox, book, client_of(server.url, ca, book)) as uplink:
            await uplink.until(lambda: len(server.requests) == 6)
    expected = [alert(2), update(4), alert(5), summary(1), summary(3), status(3)]
    assert server.ids == [message.id for message in expected]


HOSTILE = [
    pytest.param(always(500), id="500"),
    pytest.param(always(429, Retry_After="30"), id="429"),
    pytest.param(drip(b"HTTP/1.1 200 x\r\nX: "), id="slow-loris"),
    pytest.param(flood, id="endless"),
    pytest.param(always(302, Location="https://127.0.0.1:1/"), id="redirect"),
    pytest.param(always(200, HTML), id="sign-in page"),
    pytest.param(lambda line, request: line.answer(200, receipt(request)), id="unsigned"),
    pytest.param(lambda line, request: line.reply(request, 200, receipt(request, sha256="0" * 64)), id="digest"),
    pytest.param(lambda line, request: line.reply(request, 200, receipt(request, id="0" * 32)), id="id"),
    pytest.param(always(200), id="empty"),
    pytest.param(always(204), id="204"),
    pytest.param(always(401), id="401"),
    pytest.param(hang_up, id="hangs up"),
]


@pytest.mark.parametrize("manner", HOSTILE)
async def test_a_hostile_server_then_a_good_one(
    ca: Authority, certificate: tuple[Path, Path], book: Book, tmp_path: Path, manner: Manner
) -> None:
    outbox = Outbox()
    outbox.put(summary(1), alert(2), status(1), alert(3))
    with serving(certificate, manner) as server:
        async with running(outbox, book, client_of(server.url, ca, book, deadline_s=0.3)) as uplink:
            await uplink.until(lambda: len(server.requests) >= 3)
            await uplink.idle()
            assert BookReader(tmp_path / "uplink.db").settled() == frozenset()
            server.manner = good
            assert await uplink.until(lambda: bool(server.accepted)) <= ALERT_CAP_S
            await uplink.until(lambda: len(BookReader(tmp_path / "uplink.db").settled()) == 4)
    assert server.accepted == [message.id for message in (alert(2), alert(3), summary(1), status(1))]
    receipts = {each.id: each.attempts for each in BookReader(tmp_path / "uplink.db").receipts()}
    assert receipts[alert(2).id] > 1


@pytest.mark.parametrize("bad", ["host", "expired", "nobody"])
async def test_what_cannot_be_trusted_or_reached_gets_nothing(
    ca: Authority, certificate: tuple[Path, Path], book: Book, tmp_path: Path, bad: str
) -> None:
    outbox = Outbox()
    outbox.put(alert(1))
    pair = {"host": ca.sign("h", host="desk.example"), "expired": ca.sign("e", expired=True), "nobody": certificate}[
        bad
    ]
    with serving(pair) as server:
        url = "https://127.0.0.1:1" if bad == "nobody" else server.url
        async with running(outbox, book, client_of(url, ca, book)) as uplink:
            with pytest.raises(AssertionError, match="not reached"):
                await uplink.until(lambda: bool(server.requests), within_s=300)
    assert BookReader(tmp_path / "uplink.db").settled() == frozenset()


async def test_a_refused_message_is_set_aside_and_the_rest_go_on(
    ca: Authority, certificate: tuple[Path, Path], book: Book, tmp_path: Path
) -> None:
    def manner(line: Line, request: Request) -> None:
        if request.id == alert(1).id:
            refusing(422)(line, request)
        else:
            good(line, request)

    outbox = Outbox()
    outbox.put(alert(1), alert(2), summary(3))
    with serving(certificate, manner) as server:
        async with running(outbox, book, client_of(server.url, ca, book)) as uplink:
            assert await uplink.until(lambda: len(server.requests) == 3) <= 1
            outbox.put(alert(4))
            await uplink.until(lambda: len(server.requests) == 4)
    assert server.ids == [alert(1).id, alert(2).id, summary(3).id, alert(4).id]
    (letter,) = BookReader(tmp_path / "uplink.db").dead_letters()
    assert (letter.id, letter.http_status) == (alert(1).id, 422)
    assert "unknown field" in letter.reason


async def test_messages_that_trip_the_server_do_not_hold_up_the_rest(
    ca: Authority, certificate: tuple[Path, Path], book: Book, tmp_path: Path
) -> None:
    poison = {alert(1).id, alert(2).id}

    def manner(line: Line, request: Request) -> None:
        if request.id in poison:
            line.answer(500)
        else:
            good(line, request)

    outbox = Outbox()
    outbox.put(alert(1), alert(2), alert(3), summary(4))
    with serving(certificate, manner) as server:
        async with running(outbox, book, client_of(server.url, ca, book)) as uplink:
            settled = BookReader(tmp_path / "uplink.db").settled
            await uplink.until(lambda: len(settled()) == 2, within_s=3 * ALERT_CAP_S)
            poison.clear()
            await uplink.until(lambda: len(settled()) == 4, within_s=2 * ALERT_CAP_S)


async def test_a_lost_receipt_sends_the_same_id_again(
    ca: Authority, certificate: tuple[Path, Path], book: Book, tmp_path: Path
) -> None:
    effects: dict[str, bytes] = {}

    def manner(line: Line, request: Request) -> None:
        known = request.id in effects
        effects.setdefault(request.id, request.body)
        good(line, request) if known else hang_up(line, request)

    outbox = Outbox()
    outbox.put(alert(1), summary(2))
    with serving(certificate, manner) as server:
        async with running(outbox, book, client_of(server.url, ca, book)) as uplink:
            await uplink.until(lambda: len(BookReader(tmp_path / "uplink.db").settled()) == 2)
    assert set(effects) == {alert(1).id, summary(2).id}
    assert {server.requests[0].body, server.requests[-1].body} <= set(effects.values())
    assert all(request.headers["idempotency-key"] == request.id for request in server.requests)


async def test_a_restart_resends_nothing(ca: Authority, certificate: tuple[Path, Path], tmp_path: Path) -> None:
    outbox = Outbox()

    async def start(number: int, url: str) -> None:
        outbox.put(alert(10 + number), status(number))
        with Book(tmp_path / "uplink.db", utc_s=lambda: 0.0, log=LOG) as book:
            async with running(outbox, book, client_of(url, ca, book)) as uplink:
                await uplink.until(lambda: alert(10 + number).id in book and status(number).id in book)

    with serving(certificate) as server:
        for number in (1, 2, 3):
            await start(number, server.url)
    assert server.ids == [each.id for n in (1, 2, 3) for each in (alert(10 + n), status(n))]


async def test_an_alert_shortens_the_wait(ca: Authority, certificate: tuple[Path, Path], book: Book) -> None:
    outbox = Outbox()
    outbox.put(summary(1))
    with serving(certificate, always(503, Retry_After="900")) as server:
        async with running(outbox, book, client_of(server.url, ca, book)) as uplink:
            await uplink.until(lambda: len(server.requests) == 1)
            assert await uplink.until(lambda: len(server.requests) == 2) >= 899
            outbox.put(alert(2))
            assert await uplink.until(lambda: len(server.requests) == 3) <= ALERT_CAP_S + POLL_S
    assert server.ids[-1] == alert(2).id


async def test_what_people_answer_is_asked_for_as_often_as_an_alert_is_tried(
    ca: Authority, certificate: tuple[Path, Path], book: Book
) -> None:
    """It comes with the receipt of a heartbeat, for an hour after the alert; then there is time."""
    outbox = Outbox()
    outbox.put(alert(1))
    with serving(certificate) as server:
        async with running(outbox, book, client_of(server.url, ca, book)) as uplink:
            await uplink.until(lambda: alert(1).id in book)
            server.manner = always(503, Retry_After="900")
            outbox.put(status(1))
            await uplink.until(lambda: len(server.requests) == 2)
            for tries in range(3, 6):
                assert await uplink.until(lambda tries=tries: len(server.requests) == tries) <= ALERT_CAP_S + POLL_S  # type: ignore[misc]
            uplink.clock.move_s(ASKED_FOR_S)
            await uplink.until(lambda: len(server.requests) == 6)
            assert await uplink.until(lambda: len(server.requests) == 7) >= 899


async def test_the_outbox_may_be_away_or_changed_at_any_moment(
    ca: Authority, certificate: tuple[Path, Path], book: Book
) -> None:
    outbox = Outbox(trouble=StoreUnavailable("outbox.db does not exist yet.", advice="Start `wren run`."))
    with serving(certificate) as server:
        async with running(outbox, book, client_of(server.url, ca, book)) as uplink:
            uplink.clock.move_s(5)
            await uplink.idle()
            outbox.put(alert(1), summary(2))
            del outbox.bodies[summary(2).id]
            outbox.trouble = None
            await uplink.until(lambda: alert(1).id in book)
            outbox.put(alert(3))
            await uplink.until(lambda: alert(3).id in book)
    assert server.ids == [alert(1).id, alert(3).id]


async def test_older_statuses_are_never_sent(ca: Authority, certificate: tuple[Path, Path], book: Book) -> None:
    outbox = Outbox()
    outbox.put(status(1), status(2), status(3))
    with serving(certificate) as server:
        for number in (4, 5):
            async with running(outbox, book, client_of(server.url, ca, book)) as uplink:
                await uplink.until(lambda number=number: status(number - 1).id in book)  # type: ignore[misc]
                outbox.put(status(number))
                await uplink.until(lambda number=number: status(number).id in book)  # type: ignore[misc]
    assert server.ids == [status(number).id for number in (3, 4, 5)]


async def test_a_stop_does_not_wait_for_a_silent_server(
    ca: Authority, certificate: tuple[Path, Path], book: Book
) -> None:
    outbox = Outbox()
    outbox.put(alert(1))
    with serving(certificate, lambda line, _: line.stopped.wait()) as server:  # type: ignore[arg-type]
        async with running(outbox, book, client_of(server.url, ca, book)) as uplink:
            await uplink.until(lambda: bool(server.requests))
            uplink.service.stop()
            await asyncio.wait_for(uplink.ended, 2)
    assert alert(1).id not in book


async def test_a_month_offline_is_drained_in_minutes_alerts_first(
    ca: Authority, certificate: tuple[Path, Path], book: Book, tmp_path: Path
) -> None:
    outbox = Outbox()
    outbox.put(*(summary(n) if n % 7 else alert(n) for n in range(1, 200)), *(status(n) for n in range(1, 2881)))
    effects: dict[str, bytes] = {}

    def loses_receipts(line: Line, request: Request) -> None:
        effects.setdefault(request.id, request.body)
        hang_up(line, request) if len(server.requests) % 3 == 0 else good(line, request)

    with serving(certificate, loses_receipts) as server:
        async with running(outbox, book, client_of(server.url, ca, book)) as uplink:
            took_s = await uplink.until(lambda: len(BookReader(tmp_path / "uplink.db").settled()) == 200)
    assert took_s < 300
    first = list(effects)
    alerts = [f"{n:032x}" for n in range(7, 200, 7)]
    assert len(first) == 200, "every message, and of the statuses the newest"
    assert max(first.index(each) for each in alerts) <= len(alerts), "at most one other to see whether the server works"
