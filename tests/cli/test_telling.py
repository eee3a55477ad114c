"""`wren outcome`, `snooze`, `away`, `hospital` and `alone`: what is told, what is refused, and what becomes of it."""

import json
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from gateway import portrait, slips
from gateway.__main__ import wren
from gateway.config.places import make, places_of
from gateway.errors import GatewayError, InputError, StoreError
from models.kinds import AlertKind
from models.told import Outcome, Telling, Told
from models.usefulness import REMEMBERED

from .house import NOW_S, Beat, House, alert, resolved

LONDON = ZoneInfo("Europe/London")
TOMORROW = (datetime.now(LONDON) + timedelta(days=1)).replace(hour=18, minute=0, second=0, microsecond=0)
UNTIL = TOMORROW.strftime("%Y-%m-%d %H:%M")
THREE_WEEKS = (TOMORROW + timedelta(days=20)).strftime("%Y-%m-%d %H:%M")


@pytest.fixture
def tell(house: House, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """A command in a house whose daemon is not running; nobody waits for it."""
    monkeypatch.setattr(slips, "TAKEN_WITHIN_S", 0.0)

    def run(*words: str) -> str:
        done = CliRunner().invoke(wren, [words[0], "--config", str(house.path), *words[1:]])
        if isinstance(done.exception, GatewayError):
            raise done.exception
        assert done.exit_code == 0, done.output
        return done.output

    return run


def left(house: House) -> list[tuple[str, float]]:
    """The slips that lie there, in their order."""
    found = [slips.read(path) for path in sorted(places_of(house.config).slips.glob("*.slip"))]
    return [(slip.tell, slip.value) for slip in found]


def test_a_planned_absence_is_told_in_the_homes_own_time(house: House, tell: Callable[..., str]) -> None:
    house.says()
    said = tell("away", "r1", "--until", UNTIL)
    assert f"r1 is away until {TOMORROW:%A}" in said
    assert "Not taken yet: the gateway is not running, or busy." in said
    assert left(house) == [("@away/r1", TOMORROW.timestamp())]


def test_a_snooze_is_of_one_kind_of_one_resident_and_can_be_taken_back(house: House, tell: Callable[..., str]) -> None:
    house.says()
    said = tell("snooze", "r1/late-start", "--until", UNTIL)
    assert f"late_start of r1 is told in the week's summary only, until {TOMORROW:%A}" in said
    assert "late_start of r1 is told again." in tell("snooze", "r1/late_start", "--back")
    tell("snooze", "household/less_active", "--until", UNTIL)
    told = ["@snooze/r1/late_start", "@snooze/r1/late_start", "@snooze/household/less_active"]
    assert left(house) == list(zip(told, (TOMORROW.timestamp(), 0.0, TOMORROW.timestamp()), strict=True))


def test_what_is_told_as_json_says_whether_it_was_taken(house: House, tell: Callable[..., str]) -> None:
    house.says()
    assert json.loads(tell("hospital", "r1", "--json")) == {"told": "@hospital/r1", "value": 1.0, "taken": False}
    assert json.loads(tell("hospital", "r1", "--back", "--json"))["value"] == 0
    assert json.loads(tell("away", "r1", "--back", "--json"))["value"] == 0


def test_one_of_two_may_be_alone_at_home(house: House, tell: Callable[..., str]) -> None:
    house.says()
    with pytest.raises(InputError, match="lives alone"):
        tell("alone", "r1", "--until", UNTIL)
    house.write('[[residents]]\nid = "r2"\n')
    assert "r2 is alone at home until" in tell("alone", "r2", "--until", UNTIL)
    assert left(house) == [("@alone/r2", TOMORROW.timestamp())]


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("away", "r9", "--back"), "No resident has the id 'r9'"),
        (("hospital", "household"), "No resident has the id 'household'"),
        (("away", "r1"), "Say either --until or --back"),
        (("away", "r1", "--until", UNTIL, "--back"), "Say either --until or --back"),
        (("away", "r1", "--until", "tomorrow"), "'tomorrow' is no moment"),
        (("away", "r1", "--until", UNTIL.partition(" ")[0]), "is no moment"),
        (("away", "r1", "--until", "2020-01-01 10:00"), "is past"),
        (("away", "r1", "--until", "2099-01-01 10:00"), "more than a year ahead"),
        (("away", "r1", "--until", "9999-12-31 23:59"), "more than a year ahead"),
        (("away", "r1", "--until", "0001-01-01 00:00"), "is past|is no moment"),
        (("snooze", "r1/inactivity", "--until", UNTIL), "inactivity cannot be snoozed"),
        (("snooze", "r1/long-stay", "--back"), "long_stay cannot be snoozed"),
        (("snooze", "r1/sensor_silent", "--until", UNTIL), "sensor_silent cannot be snoozed"),
        (("snooze", "r1/late_stat", "--until", UNTIL), "'late_stat' is no kind of alert"),
        (("snooze", "r1", "--until", UNTIL), "'r1' does not say which kind of alert"),
        (("snooze", "r9/late_start", "--until", UNTIL), "No resident has the id 'r9'"),
        (("snooze", "r1/late_start"), "Say either --until or --back"),
        (("snooze", "r1/late_start", "--until", THREE_WEEKS), "more than 14 days ahead"),
        (("outcome", "r1/late_start", "useful"), "No late_start alert of 'r1' is kept"),
        (("outcome", "r1/nothing", "useful"), "'nothing' is no kind of alert"),
        (("outcome", "r2/inactivity", "useful"), "No inactivity alert of 'r2' is kept"),
        (("outcome", "abcd", "useful"), "No alert has an id that begins with 'abcd'"),
        (("outcome", "00", "useful"), "No alert has an id that begins with '00'"),
        (("outcome", "0000", "useful"), "2 alerts have ids that begin with '0000'"),
        (("outcome", "r1/inactivity", "new-normal"), "nothing makes it the new normal"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_advice(
    house: House, tell: Callable[..., str], words: tuple[str, ...], problem: str
) -> None:
    house.says(alert(1, NOW_S), alert(2, NOW_S + 60, kind=AlertKind.LONG_STAY))
    with pytest.raises(InputError, match=problem) as refused:
        tell(*words)
    assert refused.value.advice
    assert left(house) == []


def test_an_outcome_names_its_alert_by_when_it_was_raised(house: House, tell: Callable[..., str]) -> None:
    house.says(alert(1, NOW_S), resolved(2, 1, NOW_S + 60), alert(3, NOW_S + 3600))
    tell("outcome", f"{1:032x}", "known-reason")
    tell("outcome", "r1/inactivity", "not-useful")
    names = [Told(Telling.OUTCOME, "r1", AlertKind.INACTIVITY, NOW_S + later_s).name() for later_s in (0, 3600)]
    assert left(house) == [(names[0], Outcome.KNOWN_REASON), (names[1], Outcome.NOT_USEFUL)]


def test_an_alert_that_the_home_no_longer_remembers_cannot_be_answered(house: House, tell: Callable[..., str]) -> None:
    house.says(*(alert(number, NOW_S + number * 3600) for number in range(1, REMEMBERED + 2)))
    tell("outcome", f"{2:032x}", "useful")
    with pytest.raises(InputError, match="Only the last 12 inactivity alerts"):
        tell("outcome", f"{1:032x}", "useful")
    assert len(left(house)) == 1


def test_one_that_was_held_back_is_in_no_message_and_can_still_be_marked(
    house: House, tell: Callable[..., str]
) -> None:
    house.says()
    portrait.write(places_of(house.config).portrait, scores(held_back_until_s=NOW_S + 9))
    tell("outcome", "r1/late-start", "useful")
    tell("outcome", "r1/late_start", "new-normal")
    assert left(house) == [("@outcome/r1/late_start", 1.0), ("@new-normal/r1/late_start", 1.0)]


def test_where_no_daemon_ever_ran_nothing_is_told(tell: Callable[..., str]) -> None:
    with pytest.raises(StoreError) as refused:
        tell("hospital", "r1")
    assert "wren run" in refused.value.advice


def test_status_shows_what_was_answered_kind_by_kind(house: House, tell: Callable[..., str]) -> None:
    house.says(beats=[Beat(int(time.time()))])
    book = house.book(int(time.time()))
    book.close()
    portrait.write(places_of(house.config).portrait, scores(held_back_until_s=None))
    shown = CliRunner().invoke(wren, ["status", "--config", str(house.path)]).output
    row = (
        "late_start, r1: 6 alerts, 5 answered: 3 of 4 useful (between 42 and 94 in 100, as far as this tells), 1 for a"
    )
    assert row in shown
    document = json.loads(CliRunner().invoke(wren, ["status", "--config", str(house.path), "--json"]).output)
    assert document["answers"][0]["share"] == [0.7, 0.42, 0.94]
    places_of(house.config).portrait.unlink()
    document = json.loads(CliRunner().invoke(wren, ["status", "--config", str(house.path), "--json"]).output)
    assert document["answers"] is None


def scores(*, held_back_until_s: int | None) -> portrait.Portrait:
    """A portrait in which one kind was answered."""
    answers = portrait.Answers(
        resident="r1",
        kind=AlertKind.LATE_START,
        alerts=6,
        useful=3,
        known_reason=1,
        not_useful=1,
        sensor_fault=0,
        share=(0.7, 0.42, 0.94),
        held_back_until_s=held_back_until_s,
    )
    parts = (portrait.Part(name="morning", begins_h=7),)
    return portrait.Portrait(
        home="h-0001", timezone="Europe/London", at_s=NOW_S, parts=parts, streams=(), answers=(answers,)
    )


def test_the_folder_is_made_beside_home_db(house: House, tell: Callable[..., str], tmp_path: Path) -> None:
    make(places_of(house.config).private, 0o700)
    tell("hospital", "r1")
    assert places_of(house.config).slips == tmp_path / "data" / "private" / "slips"
    assert [one.parent for one in tmp_path.rglob("*.slip")] == [places_of(house.config).slips]
