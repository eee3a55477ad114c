"""A home in which nobody has tried anything, and a call that may be a test: said beside it, hiding nothing."""

import pytest

from gateway.clock import ManualClock
from models.kinds import AlertKind
from models.localtime import utc_text
from models.vocabulary import Change

from .desk import NOW_S, Desk, alert, status, update

NEVER = "Not live yet: no walk-test has passed here."
TEST = "only somebody there can tell you that it was the test"


def test_a_home_without_a_walk_test_is_not_called_live_beside_each_alert(desk: Desk) -> None:
    desk.send(status(walk_test="never"), alert())
    assert desk.text().count(NEVER) == 2
    assert NEVER in desk.text(f"/alerts/{alert().id}")
    assert NEVER in desk.text("/homes/h-0001")
    assert len(desk.state()["open_care"]) == 1, "the alert is there all the same"


@pytest.mark.parametrize(
    ("stands", "says"),
    [
        ("other_config", "Not live: its sensors are others than at the walk-test"),
        ("drifted", "Not all is as it was at the walk-test"),
        ("in_part", "Live, but not all of it was tried"),
    ],
)
def test_what_is_otherwise_since_is_said(desk: Desk, stands: str, says: str) -> None:
    desk.send(status(walk_test=stands))
    assert says in desk.text()


@pytest.mark.parametrize("stands", ["passed", None])
def test_a_live_home_and_one_that_does_not_know_of_walk_tests_say_nothing(desk: Desk, stands: str | None) -> None:
    desk.send(status(walk_test=stands), alert())
    assert "ot live" not in desk.text()
    assert "walk-test" not in desk.text()


def test_an_announced_test_stands_beside_the_call_and_leaves_it_as_loud_as_any(desk: Desk) -> None:
    call = alert(kind=AlertKind.HELP_BUTTON)
    desk.send(status(walk_test="never", test_call=True), call)
    assert "a technician there is about to try the help button" in desk.text()
    assert TEST in desk.text(f"/alerts/{call.id}")
    (story,) = desk.state()["open_care"]
    assert (story["severity"], story["is_open"], story["answered"]) == ("urgent", True, False)
    assert desk.text().index("about to try") < desk.text().index("Help button pressed")


def test_another_alert_is_no_test_call(desk: Desk) -> None:
    desk.send(status(test_call=True), alert())
    assert TEST not in desk.text(f"/alerts/{alert().id}")


def test_an_announcement_ends_by_the_desks_own_clock(desk: Desk, clock: ManualClock) -> None:
    call = alert(kind=AlertKind.HELP_BUTTON)
    desk.send(status(test_call=True), call)
    clock.move_s(20 * 60)
    assert "about to try" not in desk.text()
    assert TEST not in desk.text(f"/alerts/{call.id}")


def test_a_call_from_before_the_announcement_is_not_said_to_be_the_test(desk: Desk) -> None:
    real = alert(kind=AlertKind.HELP_BUTTON, raised_at=utc_text(NOW_S - 120))
    said = [
        status(seq, walk_test="never", test_call=True, raised_at=utc_text(NOW_S + 10 * seq - 60)) for seq in (1, 2, 3)
    ]
    desk.send(status(9, raised_at=utc_text(NOW_S - 900)), real, *said)
    assert "a technician there is about to try the help button" in desk.text()
    assert TEST not in desk.text(f"/alerts/{real.id}"), "it was pressed before anybody said that a test comes"
    assert desk.state()["open_care"][0]["test_call"] is False
    desk.send(update(7, Change.REPEATED, of=real.id, kind=AlertKind.HELP_BUTTON))
    assert TEST not in desk.text(f"/alerts/{real.id}"), "nor when it is pressed again: a test must not hide it"
