"""What is erased at home is erased here: nothing of that resident is left in the file, and all else is."""

from pathlib import Path

import pytest

from desk.erasing import wipe
from desk.store import Store
from gateway.clock import ManualClock
from gateway.errors import StoreError
from gateway.uplink import replies, wire
from gateway.uplink.answers import opened
from models.localtime import utc_text
from models.vocabulary import Change, Period

from .desk import HOME, KEY, NOW_S, Desk, alert, open_desk, status, update
from .test_page import summary

GONE, KEPT = "PLANTED-gone", "PLANTED-kept"


def erasure(seq: int = 900, resident: str = "r1", home: str = HOME) -> wire.Erasure:
    return wire.Erasure(id=f"{seq:032x}", home=home, seq=seq, raised_at=utc_text(NOW_S), resident=resident)


def a_life(desk: Desk, many: int = 60) -> None:
    """Months of two residents, mixed, so that the pages of the file are split, moved and freed."""
    for number in range(1, many, 6):
        for offset, (resident, planted) in enumerate((("r1", GONE), ("r2", KEPT))):
            first = number + 3 * offset
            said = f"{planted} {number} " + "x" * (number * 7 % 400)
            desk.send(
                alert(first, resident=resident, observed=said, details=said),
                update(first + 1, Change.REPEATED, of=f"{first:032x}", resident=resident, observed=said),
            )
            week = summary(first + 2, Period.DAY)
            desk.send(wire.Summary(**{field: getattr(week, field) for field in week.__struct_fields__}
                                   | {"resident": resident, "headline": said}))  # fmt: skip
            desk.say(f"/alerts/{first:032x}", f"{planted}-person", say="useful")
        desk.send(status(number), status(number, home="h-0002"))


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


def test_no_byte_of_it_is_left_in_the_file(tmp_path: Path, clock: ManualClock) -> None:
    with Store(tmp_path / "desk.db") as store:
        desk = open_desk(store, clock)
        a_life(desk)
        assert bytes_of(tmp_path).count(GONE.encode()) > 20
        kept = bytes_of(tmp_path).count(KEPT.encode())
        answers = [one for one in store.answers.given() if one.resident == "r2"]
        desk.send(erasure())
        held = bytes_of(tmp_path)
        assert GONE.encode() not in held
        for number in range(1, 60, 6):  # nor the ids of the alerts
            assert f"{number:032x}".encode() not in held
        assert held.count(KEPT.encode()) >= kept > 20
        assert [one for one in store.answers.given() if one.resident == "r2"] == answers
        assert all(each["resident"] == "r2" for each in [*desk.state()["closed"], *desk.state()["open_care"]])
        assert "r1" not in desk.text(f"/homes/{HOME}")
        assert "Erased on 14:02, 60 pieces" in desk.text(f"/homes/{HOME}")


def test_a_repeat_gets_the_same_receipt_and_counts_nothing(desk: Desk) -> None:
    desk.send(alert())
    first = desk.send(erasure())
    desk.clock.move_s(3600)
    assert desk.send(erasure()) == first
    assert [(one.home, one.at_s, one.pieces) for one in desk.store.erasures()] == [(HOME, NOW_S, 1)]


def test_what_came_after_an_erasure_whose_answer_was_lost_is_erased_too(desk: Desk) -> None:
    desk.send(alert(1), erasure(), alert(2, observed="Came late."))
    desk.send(erasure())
    assert desk.state()["open_care"] == []
    assert desk.store.erasures()[0].pieces == 2


def test_another_home_or_resident_is_not_touched(desk: Desk) -> None:
    desk.send(alert(1), alert(2, home="h-0002"), alert(3, resident="r2"), alert(4, resident="household"))
    desk.send(erasure(resident="r1"))
    assert sorted((each["home"], each["resident"]) for each in desk.state()["open_care"]) == [
        (HOME, "household"),
        (HOME, "r2"),
        ("h-0002", "r1"),
    ]


def test_another_homes_gateway_erases_nothing_here(desk: Desk) -> None:
    desk.send(alert(), status(home="h-0002"))
    assert desk.post(wire.encode(erasure()), home="h-0002").status == 401
    assert len(desk.state()["open_care"]) == 1


def test_an_alert_that_is_known_by_news_alone_goes_with_what_people_did(desk: Desk) -> None:
    desk.send(update(2, Change.REPEATED, of="e" * 32))
    desk.acknowledge("e" * 32)
    desk.send(erasure())
    assert desk.store.acknowledgements() == []
    assert desk.store.answers.given() == []


def test_what_was_erased_is_not_missing(desk: Desk) -> None:
    desk.send(alert(1), alert(2, resident="r2"), alert(3), erasure(4), alert(7))
    desk.clock.move_s(3000)
    text = desk.text()
    assert "Messages 5-6 of this home have not arrived." in text
    assert "Message 1" not in text
    assert "Message 3" not in text


def test_numbers_go_on_after_an_erasure(desk: Desk) -> None:
    """A number that was used for an answer, or a message, is not used for another one."""
    desk.send(alert(1))
    desk.acknowledge(alert(1).id)
    desk.send(erasure(50))
    desk.send(alert(51))
    desk.acknowledge(alert(51).id)
    (sealed,) = desk.send(status()).answers
    assert opened(KEY.public_key(), sealed, home=HOME).seq == 2
    assert desk.store.database.rows("SELECT seq FROM numbers WHERE home = ?", (HOME,)) == [(51,)]


def test_nothing_is_confirmed_before_it_is_gone(tmp_path: Path, clock: ManualClock) -> None:
    """A disk that is full at the last moment: the home asks again, and only then has a receipt."""
    with Store(tmp_path / "desk.db") as store:
        desk = open_desk(store, clock)
        desk.send(alert(observed=GONE))

        def full() -> None:
            raise StoreError("full", advice="x")

        real, store.database.wipe = store.database.wipe, full  # type: ignore[method-assign]
        assert desk.post(erasure()).status == 503
        store.database.wipe = real  # type: ignore[method-assign]
        assert isinstance(replies.decode(desk.post(erasure()).content), replies.Receipt)
        assert store.database.rows("SELECT count(*) FROM erasures WHERE wiped_s IS NULL") == [(0,)]


def test_a_start_wipes_what_a_power_cut_left(tmp_path: Path, clock: ManualClock) -> None:
    with Store(tmp_path / "desk.db") as store:
        open_desk(store, clock).send(alert(observed=GONE), erasure())
        store.database.raw.execute("UPDATE erasures SET wiped_s = NULL")
        wipe(store.database, now_s=NOW_S + 5)
        assert store.database.rows("SELECT wiped_s FROM erasures") == [(NOW_S + 5,)]
    assert GONE.encode() not in bytes_of(tmp_path)


@pytest.mark.parametrize("setting", ["secure_delete", "synchronous"])
def test_what_is_deleted_is_overwritten(store: Store, setting: str) -> None:
    expected = {"secure_delete": 1, "synchronous": 2}[setting]
    assert store.database.rows(f"PRAGMA {setting}") == [(expected,)]
