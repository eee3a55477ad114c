"""A desk whose file was put back from a copy: it has forgotten what it had told the homes since."""

import pytest

from gateway.uplink import replies
from gateway.uplink.answers import opened

from .desk import HOME, KEY, Desk, alert, status

ALERT = f"{1:032x}"
MOST = 2**53 - 1


def numbers(receipt: replies.Receipt) -> list[int]:
    return [opened(KEY.public_key(), sealed, home=HOME).seq for sealed in receipt.answers]


def told(desk: Desk) -> list[tuple[int, bool, bool]]:
    """Number, taken, refused."""
    rows = desk.store.database.rows("SELECT seq, taken_s IS NOT NULL, refused_s IS NOT NULL FROM answers ORDER BY seq")
    return [(seq, bool(taken), bool(refused)) for seq, taken, refused in rows]


def test_answers_are_numbered_above_what_the_home_has_taken(desk: Desk) -> None:
    desk.send(alert(), status(answers_taken=10))
    desk.acknowledge(ALERT)
    assert numbers(desk.send(status(2, answers_taken=10))) == [11]
    assert told(desk) == [(11, False, False)]
    assert numbers(desk.send(status(3, answers_taken=11))) == []
    assert told(desk) == [(11, True, False)]


def test_an_answer_under_a_number_that_the_home_had_taken_before_is_not_shown_as_heard(desk: Desk) -> None:
    """It was given between the restoring and the next heartbeat: nobody in the house has heard of it."""
    desk.send(alert())
    desk.acknowledge(ALERT)
    assert numbers(desk.send(status(answers_taken=10))) == []
    assert told(desk) == [(1, False, True)]
    assert "did not accept an answer" in desk.text(f"/homes/{HOME}")


@pytest.mark.parametrize("taken", [MOST, 2**48 + 1])
def test_a_home_cannot_use_up_its_numbers(desk: Desk, taken: int) -> None:
    desk.send(alert(), status(answers_taken=taken))
    desk.acknowledge(ALERT)
    assert numbers(desk.send(status(2, answers_taken=0))) == [1]
