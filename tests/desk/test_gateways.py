"""The gateways' door: a receipt for what is on disk, a reason for what is not taken."""

import hashlib
import json
from pathlib import Path

import pytest

from desk.store import STATUSES_KEPT, Store
from gateway.clock import ManualClock
from gateway.uplink import replies, wire
from gateway.uplink.answers import Acknowledged, opened

from .desk import KEY, Desk, alert, open_desk, status


def test_the_receipt_echoes_id_and_digest(desk: Desk) -> None:
    answer = desk.post(alert(), idempotency_key=alert().id)
    assert answer.status == 200
    receipt = replies.decode(answer.content)
    assert receipt == replies.Receipt(id=alert().id, sha256=hashlib.sha256(wire.encode(alert())).hexdigest())


def test_a_repeat_has_the_same_receipt_and_one_effect(desk: Desk) -> None:
    first, second = desk.post(alert()), desk.post(alert())
    assert first.content == second.content
    assert len(desk.state()["open_care"]) == 1


def test_other_bytes_under_the_same_id_are_refused(desk: Desk) -> None:
    desk.send(alert())
    answer = desk.post(alert(observed="Something else was seen."))
    assert answer.status == 409
    assert answer.json()["reason"]
    assert "Something else" not in desk.text()


def test_a_restart_forgets_nothing(tmp_path: Path, clock: ManualClock) -> None:
    with Store(tmp_path / "desk.db") as store:
        desk = open_desk(store, clock)
        desk.send(alert(), status())
        desk.acknowledge(alert().id)
        before = desk.state()
    with Store(tmp_path / "desk.db") as store:
        desk = open_desk(store, clock)
        assert desk.state() == before
        (answer,) = desk.send(alert()).answers
        told = opened(KEY.public_key(), answer, home="h-0001")
        assert isinstance(told, Acknowledged)
        assert told.alert_id == alert().id


def changed(**fields: object) -> bytes:
    return json.dumps(json.loads(wire.encode(alert())) | fields).encode()


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"{}", id="no type"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"\xff\xfe", id="not UTF-8"),
        pytest.param(wire.encode(alert())[:-1], id="cut short"),
        pytest.param(wire.encode(alert()) + b"{}", id="more behind it"),
        pytest.param(changed(note="x"), id="unknown field"),
        pytest.param(changed(kind="fall"), id="unknown kind"),
        pytest.param(changed(type="reading"), id="unknown type"),
        pytest.param(changed(home="Mrs Smith"), id="home is no slug"),
        pytest.param(changed(home="h-0001\n"), id="newline behind the slug"),
        pytest.param(changed(home="<b>"), id="home is markup"),
        pytest.param(changed(raised_at="2026-02-30T10:00:00Z"), id="30 February"),
        pytest.param(changed(opened_at="2026-02-20T25:00:00Z"), id="25 o'clock"),
        pytest.param(changed(raised_at="2026-02-20T10:00:00+01:00"), id="not UTC"),
        pytest.param(changed(seq=0), id="seq 0"),
        pytest.param(changed(seq=2**70), id="seq too large for any database"),
        pytest.param(changed(observed=""), id="nothing observed"),
        pytest.param(changed(observed="x" * 601), id="a long sentence"),
        pytest.param(changed(observed="a\u0000b"), id="control character"),
        pytest.param(changed(observed="a\u202eb"), id="text turned around"),
        pytest.param(changed(observed="a\nb"), id="two lines"),
        pytest.param(changed(to_do=None), id="null"),
    ],
)
def test_a_bad_message_is_refused_with_a_reason(desk: Desk, body: bytes) -> None:
    answer = desk.post(body)
    assert answer.status == 422
    assert answer.json()["reason"]
    assert "signature" in answer.headers
    assert desk.state()["homes"] == []


def test_a_large_message_is_refused(desk: Desk) -> None:
    most = wire.MAX_MESSAGE_BYTES
    body = wire.encode(alert())
    assert desk.post(body + b" " * (most - len(body))).status == 200
    answer = desk.post(body + b" " * (most - len(body) + 1))
    assert answer.status == 413
    assert replies.decode(answer.content) == replies.Refusal(id=alert().id, reason=f"more than {most} bytes")
    endless = desk.post(body + b" " * 4 * most)
    assert (endless.status, "signature" in endless.headers) == (413, False)


def test_other_requests_are_refused(desk: Desk) -> None:
    assert desk.post(alert(), content_type="text/plain").status == 415
    assert desk.gateways.get("/v1/messages").status == 405
    assert desk.gateways.get("/").status == 404
    assert desk.state()["homes"] == []


def test_a_full_disk_gives_no_receipt(store: Store, clock: ManualClock) -> None:
    desk = open_desk(store, clock)
    desk.send(status())
    (pages,) = store.database.raw.execute("PRAGMA page_count").fetchone()
    store.database.raw.execute(f"PRAGMA max_page_count = {pages}")
    answers = [desk.post(alert(number)) for number in range(1, 40)]
    refused = [answer for answer in answers if answer.status != 200]
    assert refused
    assert {answer.status for answer in refused} == {503}
    assert len(desk.state()["open_care"]) == len(answers) - len(refused)


def test_statuses_do_not_pile_up(desk: Desk, store: Store) -> None:
    desk.send(status(1, home="h-0002"))
    for number in range(1, STATUSES_KEPT + 6):
        desk.send(status(number))
    count = "SELECT home, count(*) FROM messages GROUP BY home"
    assert dict(store.database.rows(count)) == {"h-0001": STATUSES_KEPT, "h-0002": 1}
    assert desk.state()["homes"][0]["status"]["seq"] == STATUSES_KEPT + 5


def test_the_database_keeps_what_it_has_confirmed(store: Store) -> None:
    assert store.database.raw.execute("PRAGMA journal_mode").fetchone() == ("truncate",)
    assert store.database.raw.execute("PRAGMA synchronous").fetchone() == (2,)
