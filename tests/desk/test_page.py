"""What a person sees: reasons, the unheard, what waits for an answer, what is missing."""

import msgspec

from desk.store import Store
from gateway.clock import ManualClock
from gateway.uplink import wire
from models.kinds import AlertKind, Audience, Severity
from models.localtime import utc_text
from models.vocabulary import Change, Period

from .desk import NOW_S, Desk, alert, open_desk, status, update

HOUR_S = 3600


def summary(seq: int, period: Period = Period.WEEK) -> wire.Summary:
    return wire.Summary(
        id=f"{seq:032x}",
        home="h-0001",
        seq=seq,
        raised_at=utc_text(NOW_S),
        resident="r1",
        period=period,
        day="2026-11-19",
        headline="The sensors worked. This does not mean that she is well.",
        coverage="162 of 168 hours could be seen.",
        lines=("Held back: nothing.",),
        habits=(
            wire.HabitLine(habit="kitchen-tap-uses", observed=4.2, usual_low=7, usual_high=11),
            wire.HabitLine(habit="hours-out", observed=1, usual_low=0, usual_high=2),
            wire.HabitLine(habit="nights", observed=12, usual_low=5, usual_high=9),
            wire.HabitLine(habit="nothing", observed=0, usual_low=0, usual_high=0),
            wire.HabitLine(habit="chair", observed=312),
        ),
    )


def test_an_empty_desk_says_what_to_do(desk: Desk) -> None:
    text = desk.text()
    assert "No home has been heard yet." in text
    assert "[uplink]" in text


def test_no_alert_never_means_all_well(desk: Desk) -> None:
    desk.send(status())
    assert "No alert is waiting. Every home was heard within the last hour. This does not mean" in desk.text()


def test_an_alert_with_its_reasons(desk: Desk) -> None:
    desk.send(alert())
    page = desk.people.get("/").text
    text = desk.text()
    for field in ("observed", "usual", "because", "coverage", "cannot_tell", "to_do"):
        assert getattr(alert(), field) in text
    face, fold, rest = page.partition("<details")
    assert alert().details not in face
    assert alert().details in fold + rest
    assert alert().details in desk.text(f"/alerts/{alert().id}")


def test_urgent_first_then_the_longest_waiting(desk: Desk) -> None:
    def one(seq: int, severity: Severity, minutes: int) -> wire.Alert:
        return alert(seq, severity=severity, raised_at=utc_text(NOW_S - 60 * minutes))

    desk.send(
        one(1, Severity.NOTE, 50),
        one(2, Severity.ATTENTION, 40),
        one(3, Severity.URGENT, 10),
        one(4, Severity.URGENT, 30),
    )
    assert [story["alert"]["seq"] for story in desk.state()["open_care"]] == [4, 3, 2, 1]


def test_a_technicians_alert_is_never_among_care(desk: Desk) -> None:
    desk.send(alert(1), alert(2, audience=Audience.TECHNICIAN, observed="The hall sensor has said nothing for 26 h."))
    care, _, technician = desk.text().rpartition("For the technician")
    assert "hall sensor" in technician
    assert "hall sensor" not in care
    assert len(desk.state()["open_care"]) == 1


def test_nor_is_one_that_is_over_or_of_which_only_news_has_arrived(desk: Desk) -> None:
    trouble = {"kind": AlertKind.SENSOR_SILENT, "severity": Severity.ATTENTION}
    desk.send(
        alert(1),
        alert(2, audience=Audience.TECHNICIAN, observed="The sensor hall is silent.", **trouble),
        update(3, Change.RESOLVED, of=alert(2).id, kind=AlertKind.SENSOR_SILENT, observed="The hall is heard again."),
        update(4, Change.REPEATED, of="f" * 32, kind=AlertKind.BATTERY_LOW, observed="Also: the cell."),
    )
    care, _, technician = desk.text().rpartition("For the technician")
    for text in ("The hall is heard again.", "Also: the cell.", "Sensor silent", "Battery low"):
        assert text in technician
        assert text not in care
    state = desk.state()
    assert [story["kind"] for story in state["closed_technician"]] == ["sensor_silent"]
    assert [(story["kind"], story["severity"]) for story in state["open_technician"]] == [("battery_low", "attention")]
    assert (len(state["open_care"]), state["closed"]) == (1, [])


def test_unheard_for_an_hour(desk: Desk) -> None:
    desk.send(status(), status(home="h-0002"))
    desk.clock.move_s(HOUR_S - 1)
    desk.send(status(2, home="h-0002"))
    assert desk.state()["unheard"] == []
    desk.clock.move_s(1)
    text = desk.text()
    assert "Nothing received from this home since 14:02. We cannot see." in text
    assert "Every home was heard" not in text
    assert [line["home"] for line in desk.state()["unheard"]] == ["h-0001"]
    assert text.index("Nothing received") < text.index("Waiting for somebody")
    desk.clock.move_s(86_400)
    assert "since 14:02 yesterday. We cannot see." in desk.text()
    desk.send(status(2))
    assert [line["home"] for line in desk.state()["unheard"]] == ["h-0002"]


def test_a_repeat_is_a_sign_of_life(desk: Desk) -> None:
    desk.send(alert())
    desk.clock.move_s(2 * HOUR_S)
    assert desk.state()["unheard"]
    desk.send(alert())
    assert not desk.state()["unheard"]


def test_the_desk_says_when_it_was_away_itself(store: Store, clock: ManualClock, desk: Desk) -> None:
    desk.send(status())
    clock.move_s(3 * HOUR_S)
    assert "This desk itself was started at 17:02" in open_desk(store, clock).text()
    assert "This desk itself was started" not in desk.text()


def test_missing_messages_are_named_once_they_are_late(desk: Desk) -> None:
    desk.send(alert(13), alert(17), alert(19))
    assert "not arrived" not in desk.text(), "an alert overtakes summaries"
    desk.clock.move_s(20 * 60)
    text = desk.text()
    assert "Messages 14-16 of this home have not arrived." in text
    assert "Message 18 of this home has not arrived." in text
    desk.send(alert(14), alert(15), alert(16))
    assert "Messages 14-16" not in desk.text()


def test_two_gateways_with_one_id_are_noticed(desk: Desk) -> None:
    desk.send(alert(13), alert(13, id="f" * 32))
    assert "Two different messages carry the number 13" in desk.text()


def test_a_repaired_storage_is_not_a_million_missing_messages(desk: Desk) -> None:
    desk.send(alert(13), alert(1_795_183_320_000))
    desk.clock.move_s(HOUR_S - 60)
    text = desk.text()
    assert "messages after number 13 may have been lost" in text
    assert "not arrived" not in text


def test_what_the_heartbeat_says(desk: Desk) -> None:
    desk.send(status(sensors_heard_today=6, learning=True, clock_synchronised=False, waiting=2, paused=True))
    text = desk.text()
    assert "6 of 7" in text
    assert "Still learning" in text
    assert "Its clock is not set" in text
    assert "2 messages wait there to be sent." in text
    assert "Paused by the resident: nothing is learnt" in text


def test_old_news_is_marked(desk: Desk) -> None:
    desk.clock.move_s(3 * HOUR_S)
    desk.send(alert())
    assert "It reached this desk at 17:02, 3 h after it was raised." in desk.text()


def test_an_urgent_alert_stays_until_a_person_answers(desk: Desk) -> None:
    desk.send(alert(1), update(2, Change.RESOLVED))
    text = desk.text()
    assert "Movement was seen again at 14:20 (hall)." in text
    assert "stays here until a person has acknowledged it" in text
    assert desk.acknowledge(alert().id).status == 303
    (closed,) = desk.state()["closed"]
    assert closed["answered"]
    assert desk.state()["open_care"] == []
    assert "MO acknowledged" in desk.text()


def test_what_is_not_urgent_may_end_by_itself(desk: Desk) -> None:
    desk.send(alert(1, severity=Severity.ATTENTION), update(2, Change.RESOLVED))
    assert desk.state()["open_care"] == []
    assert "ended by itself, nobody acknowledged" in desk.text()
    desk.send(update(3, Change.REPEATED, at_s=NOW_S + 60))
    assert len(desk.state()["open_care"]) == 1


def test_a_repeated_call_for_help_is_open_again(desk: Desk) -> None:
    help_button = alert(1, kind=AlertKind.HELP_BUTTON)
    desk.send(help_button)
    desk.clock.move_s(60)
    desk.acknowledge(help_button.id)
    desk.clock.move_s(600)
    desk.send(update(2, Change.REPEATED, kind=AlertKind.HELP_BUTTON, observed="It was pressed again at 14:13."))
    (story,) = desk.state()["open_care"]
    assert [step["said"] for step in story["steps"]] == ["It was pressed again at 14:13.", "acknowledged"]
    desk.clock.move_s(60)
    desk.acknowledge(help_button.id, "JK")
    assert desk.state()["open_care"] == []


def test_what_was_acknowledged_and_over_is_open_again_when_it_comes_back(desk: Desk) -> None:
    door = alert(1, kind=AlertKind.OUT_OF_BED, severity=Severity.ATTENTION)
    desk.send(door)
    desk.acknowledge(door.id)
    desk.clock.move_s(60)
    desk.send(update(2, Change.RESOLVED, kind=AlertKind.OUT_OF_BED))
    assert desk.state()["open_care"] == []
    desk.clock.move_s(600)
    desk.send(update(3, Change.REPEATED, at_s=NOW_S + 660, kind=AlertKind.OUT_OF_BED))
    assert [story["id"] for story in desk.state()["open_care"]] == [door.id]


def test_news_about_an_alert_that_has_not_arrived(desk: Desk) -> None:
    desk.send(update(2, Change.RESOLVED, of="e" * 32))
    (story,) = desk.state()["open_care"]
    assert (story["id"], story["severity"]) == ("e" * 32, "urgent")
    assert "an alert that itself has not arrived" in desk.text()
    assert desk.acknowledge("e" * 32).status == 303


def test_answered_alerts_leave_after_a_week(desk: Desk) -> None:
    desk.send(alert())
    desk.acknowledge(alert().id)
    desk.clock.move_s(7 * 86_400)
    assert desk.state()["closed"] == []


def test_summaries_with_their_habits(desk: Desk) -> None:
    desk.send(summary(1), summary(2, Period.DAY), status())
    text = desk.text()
    assert "Week to Thu 19 Nov" in text
    assert "kitchen tap uses 4.2 7 to 11 below usual" in text
    assert "nights 12 5 to 9 above usual" in text
    assert "chair 312 not known yet still learning" in text
    (resident,) = desk.state()["summaries"]
    assert [line["summary"]["period"] for line in [resident["week"], *resident["days"]]] == ["week", "day"]


def test_sentences_are_escaped(desk: Desk) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&"
    fields = ("observed", "usual", "because", "coverage", "cannot_tell", "to_do", "details")
    desk.send(msgspec.structs.replace(alert(), **dict.fromkeys(fields, evil)))
    desk.send(update(2, Change.REPEATED, observed=evil))
    desk.send(msgspec.structs.replace(summary(3), headline=evil, coverage=evil, lines=(evil,)))
    for path in ("/", f"/alerts/{alert().id}"):
        page = desk.people.get(path).text
        assert "<script" not in page
        assert "<img" not in page
        assert "&lt;script&gt;" in page
