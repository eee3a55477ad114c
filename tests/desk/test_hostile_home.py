"""A gateway that was taken over, with a good key: it hurts its own home alone, and takes no page from anybody."""

import pytest

from gateway.uplink import wire
from models.vocabulary import Change, Period

from .desk import HOME, Desk, alert, key_of, signed, status, update

FIRST, LAST = "0001-01-01T00:00:00Z", "9999-12-31T23:59:00Z"
MOST = 2**53 - 1
ALERT = f"/alerts/{1:032x}"
WEEK = wire.Summary(
    id="5" * 32, home=HOME, seq=5, raised_at=FIRST, resident="r1", period=Period.WEEK, day="0001-01-01",
    headline="A week.", coverage="All sensors worked.",
)  # fmt: skip


@pytest.mark.parametrize(
    "messages",
    [
        (alert(raised_at=FIRST, opened_at=FIRST),),
        (alert(raised_at=LAST, opened_at=LAST),),
        (alert(), update(2, Change.RESOLVED, raised_at=FIRST)),
        (alert(seq=MOST),),
        (WEEK,),
        (status(MOST, answers_taken=MOST, trail=wire.TrailHead(entries=MOST, sha256="0" * 64)),),
    ],
    ids=["the first year", "the last year", "news of the first year", "the last number", "a week", "a status"],
)
def test_no_message_of_one_home_takes_the_page_from_the_others(desk: Desk, messages: tuple[wire.Message, ...]) -> None:
    desk.send(*messages)
    for path in ("/", "/api/state", f"/homes/{HOME}"):
        assert desk.people.get(path).status == 200, path
    if isinstance(messages[0], wire.Alert) and messages[0].seq == 1:
        assert desk.people.get(ALERT).status == 200


def test_a_home_that_says_it_took_every_answer_there_can_be_breaks_nothing(desk: Desk) -> None:
    desk.send(alert(), status(answers_taken=MOST))
    desk.acknowledge(f"{1:032x}")
    assert desk.people.get("/").status == 200
    desk.send(status(2, answers_taken=MOST))
    assert desk.people.get(f"/homes/{HOME}").status == 200


@pytest.mark.parametrize("path", ["/v1/messages", "/v1/rotate"])
def test_what_is_nested_without_end_is_refused(desk: Desk, path: str) -> None:
    body = b'{"a":' + b"[" * 1500 + b"]" * 1500 + b',"type":"rotate"}'
    answer = desk.ask(signed(desk.gateways.base, path, body, key_of(HOME), desk.next(HOME)), body)
    assert answer.status == 422
