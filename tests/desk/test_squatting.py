"""Ids can be foretold: a gateway that takes another home's beforehand must not keep that home's alert from people."""

from collections.abc import Callable

import msgspec
import pytest

from gateway.messages import alert_id
from gateway.uplink import wire
from gateway.uplink.ids import identity
from models.kinds import AlertKind
from models.localtime import utc_text
from models.vocabulary import Change, Period

from .desk import HOME, NOW_S, Desk, alert, status, update

OTHER = "h-0666"
THEIRS = alert_id(HOME, "r1", AlertKind.INACTIVITY, NOW_S)
ALERT = alert(id=THEIRS, raised_at=utc_text(NOW_S))
NEWS = update(
    2, Change.UNANSWERED, of=THEIRS, at_s=NOW_S + 600,
    id=identity("alert_update", THEIRS, Change.UNANSWERED, NOW_S + 600),
)  # fmt: skip
BEAT = status(1, id=identity("status", HOME, NOW_S, 0))
DAY = wire.Summary(
    id=identity("summary", HOME, "r1", Period.DAY, "2026-11-20"), home=HOME, seq=3, raised_at=utc_text(NOW_S),
    resident="r1", period=Period.DAY, day="2026-11-20", headline="A day.", coverage="All sensors worked.",
)  # fmt: skip
ERASURE = wire.Erasure(
    id=identity("erasure", HOME, "r1", NOW_S), home=HOME, seq=4, raised_at=utc_text(NOW_S), resident="r1"
)


def an_alert(taken: str) -> wire.Message:
    return alert(9, id=taken, home=OTHER, observed="Nothing of interest.")


def a_status(taken: str) -> wire.Message:
    return status(9, home=OTHER, id=taken)


@pytest.mark.parametrize("squat", [an_alert, a_status])
@pytest.mark.parametrize("message", [ALERT, BEAT, DAY, ERASURE], ids=["alert", "status", "summary", "erasure"])
def test_an_id_that_another_home_took_is_given_back(
    desk: Desk, squat: Callable[[str], wire.Message], message: wire.Message
) -> None:
    desk.send(squat(message.id))
    desk.send(message)
    assert desk.post(squat(message.id)).status == (200 if message is ERASURE else 409)
    if message is ALERT:
        (story,) = desk.state()["open_care"]
        assert (story["home"], story["alert"]["observed"]) == (HOME, ALERT.observed)


def test_news_under_a_taken_id_comes_through(desk: Desk) -> None:
    desk.send(ALERT, a_status(NEWS.id), NEWS)
    (story,) = desk.state()["open_care"]
    assert story["unanswered_s"] == NOW_S + 600


@pytest.mark.parametrize("squat", [an_alert(THEIRS), update(9, Change.REPEATED, of=THEIRS, home=OTHER)])
def test_an_acknowledgement_of_what_another_home_said_is_none_of_this_alert(desk: Desk, squat: wire.Message) -> None:
    desk.send(squat)
    desk.acknowledge(THEIRS)
    desk.send(ALERT)
    (story,) = desk.state()["open_care"]
    assert (story["home"], story["answered"], story["steps"]) == (HOME, False, [])


def test_an_acknowledgement_of_the_news_that_came_first_stays(desk: Desk) -> None:
    desk.send(update(9, Change.RESOLVED, of=THEIRS))
    desk.acknowledge(THEIRS)
    desk.send(ALERT)
    assert desk.state()["open_care"] == []


def test_who_only_says_that_an_id_is_his_gets_nothing(desk: Desk) -> None:
    desk.send(ALERT)
    for message in (an_alert(THEIRS), msgspec.structs.replace(ALERT, home=OTHER)):
        assert desk.post(message).status == 409
    assert [story["home"] for story in desk.state()["open_care"]] == [HOME]
