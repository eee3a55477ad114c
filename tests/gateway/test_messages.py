"""From what the home says to what leaves the house: the same id every time, and always within the schema."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import product

import msgspec
import pytest

from gateway.messages import alert_id, drafts_of
from gateway.store.outbox_rows import Rank
from gateway.uplink import wire
from gateway.uplink.ids import is_made_by
from models.home import Home
from models.kinds import AlertKind, Audience, SensorKind, Severity
from models.vocabulary import (
    Change,
    Evidence,
    Finding,
    Habit,
    HabitTable,
    HomeSpec,
    Period,
    Reading,
    Said,
    Sensor,
    Summary,
    Update,
    WeekOfHabit,
)
from tests.models.world import START_S, a_life, link, run, spec

EVIDENCE = Evidence("Seen.", "Usual.", "Because.", "Coverage.", "Cannot tell.", "To do.", "Details.")
FINDING = Finding("r1", AlertKind.INACTIVITY, Severity.URGENT, Audience.CARE, 1_741_000_000, 1_740_980_000, EVIDENCE)
UPDATE = Update("r1", AlertKind.INACTIVITY, 1_741_000_000, 1_741_000_600, Change.RESOLVED, "Movement seen again.")
SUMMARY = Summary(
    "r1",
    Period.WEEK,
    "2025-03-03",
    1_741_000_000,
    "Head.",
    "Coverage.",
    ("A line.",),
    (WeekOfHabit("tap", 7.1, 5.0, 9.0),),
)
LONG = "a" * 41


def test_an_alert_is_known_by_home_resident_kind_and_opening_and_by_nothing_else() -> None:
    (draft,) = drafts_of("h-1", [FINDING])
    other_words = replace(FINDING, severity=Severity.NOTE, since_s=1, evidence=replace(EVIDENCE, observed="Else."))
    assert (
        draft.id == drafts_of("h-1", [other_words])[0].id == alert_id("h-1", "r1", AlertKind.INACTIVITY, 1_741_000_000)
    )
    others = {
        drafts_of("h-2", [FINDING])[0].id,
        *(
            drafts_of("h-1", [replace(FINDING, **{field: value})])[0].id  # type: ignore[arg-type]
            for field, value in (("resident", "r2"), ("kind", AlertKind.LONG_STAY), ("opened_s", 1_741_000_001))
        ),
    }
    assert len(others | {draft.id}) == 5


def test_the_ids_of_version_one_are_for_ever() -> None:
    drafts = drafts_of("h-0001", [FINDING, UPDATE, SUMMARY])
    assert [draft.id for draft in drafts] == IDS


IDS = ["ce1f66fb4b925138e154a5903032d670", "136fecccba5a9ffd694b65312eaabd26", "2dd7fbcabb58aa67baaaa0ef4573d93d"]


def test_news_and_an_end_name_their_alert() -> None:
    alert, update = drafts_of("h-1", [FINDING, UPDATE])
    assert (update.resolves, update.opens) == (alert.id, None)
    body = wire.decode(update.encode(2))
    assert isinstance(body, wire.AlertUpdate)
    assert body.alert_id == alert.id
    (repeat,) = drafts_of("h-1", [replace(UPDATE, change=Change.REPEATED)])
    assert (repeat.resolves, repeat.reopens, update.reopens) == (None, alert.id, None)
    assert repeat.id != update.id
    assert alert.opens is not None
    assert (alert.opens.resident, alert.opens.kind, alert.opens.opened_s) == ("r1", "inactivity", 1_741_000_000)


def test_what_goes_first() -> None:
    said: list[Said] = [
        FINDING,
        replace(FINDING, severity=Severity.ATTENTION),
        replace(FINDING, severity=Severity.NOTE),
        UPDATE,
        SUMMARY,
    ]
    ranks = [Rank.URGENT, Rank.ALERT, Rank.ALERT, Rank.ALERT, Rank.SUMMARY]
    assert [draft.rank for draft in drafts_of("h-1", said)] == ranks


def test_what_nobody_has_answered_is_as_urgent_as_the_alert_and_names_the_second_recipient() -> None:
    passed_on = replace(UPDATE, change=Change.UNANSWERED, to="others")
    alert, update = drafts_of("h-1", [replace(FINDING, to="team"), passed_on])
    assert (update.rank, update.resolves, update.reopens) == (Rank.URGENT, None, None)
    bodies = [wire.decode(draft.encode(seq)) for seq, draft in enumerate((alert, update), 1)]
    assert [one.to for one in bodies if isinstance(one, wire.Alert | wire.AlertUpdate)] == ["team", "others"]


def test_a_table_of_habits_never_becomes_a_message() -> None:
    table = HabitTable("r1", "2025-03-03", 1, (Habit("tap-morning", 3.0, 1.0, 5.0, 2.0, "same"),))
    assert [draft.type for draft in drafts_of("h-1", [table, SUMMARY, table])] == ["summary"]


def test_every_field_of_what_is_said_is_in_the_message() -> None:
    alert, summary = (wire.decode(draft.encode(7)) for draft in drafts_of("h-1", [FINDING, SUMMARY]))
    assert alert == wire.Alert(
        id=alert_id("h-1", "r1", AlertKind.INACTIVITY, 1_741_000_000),
        home="h-1",
        seq=7,
        raised_at="2025-03-03T11:06:40Z",
        resident="r1",
        kind=AlertKind.INACTIVITY,
        severity=Severity.URGENT,
        audience=Audience.CARE,
        opened_at="2025-03-03T05:33:00Z",
        observed="Seen.",
        usual="Usual.",
        because="Because.",
        coverage="Coverage.",
        cannot_tell="Cannot tell.",
        to_do="To do.",
        details="Details.",
    )
    assert isinstance(summary, wire.Summary)
    assert (summary.period, summary.day, summary.lines) == (Period.WEEK, "2025-03-03", ("A line.",))
    assert summary.habits == (wire.HabitLine(habit="tap", observed=7.1, usual_low=5.0, usual_high=9.0),)


def large_home(places: int) -> HomeSpec:
    """Every kind of sensor in many places, each name as long as a slug may be."""
    kinds = [kind for kind in SensorKind if kind is not SensorKind.BATTERY]
    sensors = [
        Sensor(f"{LONG}-{number:03d}", kind, f"{'b' * 44}-{place:03d}", f"{'r' * 47}1")
        for number, (place, kind) in enumerate(product(range(places), kinds))
    ]
    named = [
        Sensor("bath", SensorKind.MOTION, "bathroom", f"{'r' * 47}1"),
        Sensor("door", SensorKind.DOOR, "outside-door"),
    ]
    return HomeSpec("h" * 48, "Europe/London", (f"{'r' * 47}1",), (*sensors[:198], *named))


def lived(home: Home, days: int) -> list[Said]:
    """Every sensor in turn, silences, long stays, presses, blind hours: everything that can be said."""
    said: list[Said] = []
    sensors = list(home.spec.sensors)
    for day in range(days):
        start_s = START_S + day * 86_400
        silent = 7200 if day % 3 else 14 * 3600  # some days end early
        for turn, second in enumerate(range(3 * 3600, 86_400 - silent, 240)):
            sensor = sensors[(turn + day * 7) % len(sensors)]
            at_ms = (start_s + second) * 1000
            said += run(home, [Reading(at_ms, sensor.id, 60.0 if sensor.kind == "heart_rate" else 1.0)])
            said += run(home, [Reading(at_ms + 90_000, sensor.id, 0.0)])
        said += run(home, [Reading(home.now_ms + 60_000, "bath", 1.0)] if day % 3 == 0 else [])
        if day % 4 == 2:
            said += run(home, [link(home.now_ms + 1, up=False), link(home.now_ms + 3 * 3_600_000, up=True)])
    return said


@pytest.mark.parametrize("places", [2, 14])
def test_everything_that_a_large_home_with_long_names_can_say_is_within_the_schema(places: int) -> None:
    home = Home(large_home(places))
    said = lived(home, 17)
    drafts = drafts_of(home.spec.id, said)
    types = [type(check(draft.encode(seq))).__name__ for seq, draft in enumerate(drafts, 1)]
    assert {"Alert", "AlertUpdate", "Summary"} <= set(types)
    kinds = {finding.kind for finding in said if isinstance(finding, Finding)}
    assert kinds >= {AlertKind.HELP_BUTTON, AlertKind.INACTIVITY, AlertKind.LONG_STAY}


def test_everything_that_an_ordinary_home_says_is_within_the_schema() -> None:
    home = Home(spec())
    for seq, draft in enumerate(drafts_of("h-1", run(home, a_life(30))), 1):
        check(draft.encode(seq))


def check(body: bytes) -> wire.Message:
    """The message in `body`, as strictly as the desk takes it."""
    assert len(body) <= wire.MAX_MESSAGE_BYTES
    return wire.decode(body)


def test_the_same_life_gives_the_same_ids_and_no_id_twice() -> None:
    def ids(said: Iterable[Said]) -> list[str]:
        return [draft.id for draft in drafts_of("h-1", said)]

    life = a_life(20)
    first = ids(run(Home(spec()), life))
    assert first == ids(run(Home(spec()), life))
    assert len(set(first)) == len(first)


def test_whoever_reads_a_message_can_tell_that_its_id_is_its_homes_own() -> None:
    said: list[Said] = [FINDING, UPDATE, SUMMARY, *run(Home(spec()), a_life(20))]
    for seq, draft in enumerate(drafts_of("h-1", said), 1):
        message = wire.decode(draft.encode(seq))
        assert is_made_by(message, alert_home="h-1"), message
        assert not is_made_by(msgspec.structs.replace(message, home="h-2"), alert_home="h-1"), message
