"""Every byte that left, and every byte that waits."""

import json

import pytest
from click.testing import CliRunner

from gateway.cli.outbox import outbox
from gateway.config.places import places_of
from gateway.store.outbox_reader import OutboxReader
from gateway.uplink import wire

from .house import NOW_S, Beat, House, alert, summary, wren


@pytest.fixture
def busy(house: House) -> House:
    house.says(
        alert(1, NOW_S - 600), summary(2, NOW_S - 500), summary(3, NOW_S - 400), beats=[Beat(NOW_S - 300), Beat(NOW_S)]
    )
    with house.book(NOW_S - 550) as book:
        book.delivered(f"{1:032x}", "alert", sha256="0" * 64, attempts=1)
        book.refused(f"{2:032x}", "summary", http_status=422, reason="HTTP status 422, unknown field `x`")
    return house


def test_the_bytes_are_those_that_are_kept(busy: House) -> None:
    sent = wren("outbox", "--as-sent", "--config", busy.path).stdout
    with OutboxReader(places_of(busy.config).outbox_db) as reader:
        kept = [message.body for message in (*reader.messages(), *reader.statuses())]
    assert sent == b"".join(body + b"\n" for body in kept)
    assert "16 °C".encode() in sent
    assert [str(wire.decode(line).__struct_config__.tag) for line in sent.splitlines()] == [
        "alert",
        "summary",
        "summary",
        "status",
        "status",
    ]


def test_the_table_says_what_became_of_each(busy: House) -> None:
    text = wren("outbox", "--config", busy.path, PYTHONUTF8="1").stdout.decode()
    lines = [line.split() for line in text.splitlines()]
    assert lines[0] == ["seq", "type", "raised", "bytes", "state"]
    assert [(line[0], line[1]) for line in lines[1:]] == [
        ("1", "alert"),
        ("2", "summary"),
        ("3", "summary"),
        ("1", "status"),
        ("2", "status"),
    ]
    states = [next(w for w in line if w.strip(":") in STATES) for line in lines[1:]]
    assert states == ["delivered", "refused", "waiting", "superseded", "waiting"]
    assert "HTTP status 422, unknown field `x`" in text
    body = wren("outbox", "--as-sent", "--config", busy.path).stdout.splitlines()[0]
    assert str(len(body)) in lines[1]


STATES = {"delivered", "refused", "waiting", "superseded"}


def test_a_heartbeat_that_arrived_is_told_as_confirmed_before_the_next_one_says_so(house: House) -> None:
    beat = Beat(NOW_S - 300)
    house.says(beats=[beat])
    with house.book(NOW_S - 290) as book:
        book.delivered(beat.id, "status", sha256="0" * 64, attempts=1)
    said = wren("outbox", "--plain", "--config", house.path).stdout.decode()
    assert "The desk confirmed it." in said
    assert "may never have left" not in said


def test_a_day_on_which_nothing_left_does_not_deny_those_before(busy: House) -> None:
    for form in ((), ("--plain",)):
        said = wren("outbox", *form, "--since", "2027-01-01", "--config", busy.path).stdout.decode()
        assert said.startswith("Nothing left this home from that day on"), form


def test_waiting_is_what_the_uplink_would_send(busy: House) -> None:
    document = json.loads(wren("outbox", "--waiting", "--json", "--config", busy.path).stdout)
    assert [(m["seq"], m["type"], m["state"]) for m in document["messages"]] == [
        (3, "summary", "waiting"),
        (2, "status", "waiting"),
    ]
    sent = wren("outbox", "--waiting", "--as-sent", "--config", busy.path).stdout
    assert [m["body"].encode() for m in document["messages"]] == sent.splitlines()


def test_json_says_when_and_why(busy: House) -> None:
    messages = json.loads(wren("outbox", "--json", "--config", busy.path).stdout)["messages"]
    assert messages[0]["settled_at"] == "2026-11-20T13:52:50Z"
    assert messages[1]["reason"] == "HTTP status 422, unknown field `x`"
    assert messages[2]["settled_at"] is None


def test_bytes_and_json_exclude_each_other(busy: House) -> None:
    result = CliRunner().invoke(outbox, ["--as-sent", "--json", "--config", str(busy.path)])
    assert result.exit_code == 2
    assert "are three forms" in result.output


def test_an_empty_outbox_says_so(house: House) -> None:
    house.says()
    assert wren("outbox", "--config", house.path).stdout == b"Nothing has left this home, and nothing waits.\n"
    assert wren("outbox", "--waiting", "--config", house.path).stdout == b"Nothing waits.\n"
    assert wren("outbox", "--as-sent", "--config", house.path).stdout == b""
