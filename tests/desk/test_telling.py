"""What people tell the homes: two taps, from a closed list, sealed and numbered, and shown until the home has it."""

import re

import pytest

from desk.store import Store
from gateway.uplink import answers, replies
from gateway.uplink.answers import Acknowledged, Away, BudgetOf, NewNormal, OutcomeOf, Snooze
from models.kinds import AlertKind, Audience, Severity
from models.localtime import utc_text
from models.told import ACCEPTED, SNOOZABLE
from models.vocabulary import Change

from .desk import HOME, KEY, NOW_S, Desk, alert, status, update

LATE = alert(2, kind=AlertKind.LATE_START, severity=Severity.ATTENTION)
ALERT, HOME_PAGE = f"/alerts/{alert().id}", f"/homes/{HOME}"


def told(receipt: replies.Receipt, home: str = HOME) -> list[answers.Answer]:
    """What a receipt brings home, opened as the home opens it."""
    return [answers.opened(KEY.public_key(), sealed, home=home) for sealed in receipt.answers]


def since(desk: Desk, number: int) -> list[answers.Answer]:
    """What the home is told next, when it has dealt with the answers up to `number`."""
    return told(desk.send(status(number + 100, answers_taken=number)))


def test_an_acknowledgement_reaches_the_home_without_the_name(desk: Desk) -> None:
    desk.send(alert())
    desk.clock.move_s(60)
    assert desk.acknowledge(alert().id, "Mary O'Neill").status == 303
    receipt = desk.send(status())
    said = Acknowledged(home=HOME, seq=1, given_at=utc_text(NOW_S + 60), alert_id=alert().id)
    assert told(receipt) == [said]
    assert b"Neill" not in replies.encode(receipt)


@pytest.mark.parametrize("outcome", ["useful", "known_reason", "not_useful", "sensor_fault"])
def test_each_outcome_takes_two_taps_and_says_that_it_was_seen(desk: Desk, outcome: str) -> None:
    desk.send(alert())
    assert f'href="{ALERT}?say={outcome}"' in desk.people.get("/").text, "the first"
    assert desk.say(ALERT, say=outcome).status == 303, "the second"
    seen, became = told(desk.send(status()))
    assert (type(seen), seen.seq) == (Acknowledged, 1)
    assert became == OutcomeOf(home=HOME, seq=2, given_at=utc_text(NOW_S), alert_id=alert().id, outcome=outcome)  # type: ignore[arg-type]
    assert desk.state()["open_care"] == []
    assert outcome.replace("_", " ") in desk.text()


def test_an_outcome_may_come_later_and_may_be_put_right(desk: Desk) -> None:
    desk.send(alert())
    desk.acknowledge(alert().id)
    for outcome in ("useful", "useful", "not_useful"):
        desk.say(ALERT, say=outcome)
    said = told(desk.send(status()))
    assert [type(one) for one in said] == [Acknowledged, OutcomeOf, OutcomeOf]
    assert said[2].seq == 3
    assert desk.state()["closed"][0]["outcome"] == "not_useful"
    assert "Not useful (said)" in desk.text(ALERT)


def test_the_name_is_typed_once_in_a_shift(desk: Desk) -> None:
    desk.send(alert(), LATE)
    cookie = desk.acknowledge(alert().id, "Zoë O'N").headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    page = desk.people.get(f"/alerts/{LATE.id}", cookie=cookie.partition(";")[0]).text
    assert 'value="Zoë O&#39;N"' in page
    evil = desk.people.get(f"/alerts/{LATE.id}", cookie="wren-person=%22%3E%3Cscript%3E").text
    assert "<script" not in evil


@pytest.mark.parametrize("kind", list(AlertKind))
@pytest.mark.parametrize("severity", [Severity.URGENT, Severity.ATTENTION])
def test_new_normal_and_snooze_are_offered_and_taken_only_where_they_may_be(
    desk: Desk, kind: AlertKind, severity: Severity
) -> None:
    desk.send(alert(kind=kind, severity=severity))
    page = desk.people.get(ALERT).text
    assert ('value="new_normal"' in page) == (kind in ACCEPTED)
    may_be_snoozed = kind in SNOOZABLE and severity is not Severity.URGENT
    assert ('value="snooze-3"' in page) == may_be_snoozed
    assert desk.say(ALERT, say="new_normal").status == (303 if kind in ACCEPTED else 400)
    assert desk.say(ALERT, say="snooze-3").status == (303 if may_be_snoozed else 400)
    said = [type(one) for one in told(desk.send(status()))]
    assert (NewNormal in said, Snooze in said) == (kind in ACCEPTED, may_be_snoozed)


@pytest.mark.parametrize("days", [1, 3, 7])
def test_a_snooze_says_of_whom_what_and_until_when(desk: Desk, days: int) -> None:
    desk.send(LATE)
    desk.say(f"/alerts/{LATE.id}", say=f"snooze-{days}")
    until = utc_text(NOW_S + days * 86_400)
    snooze = Snooze(home=HOME, seq=2, given_at=utc_text(NOW_S), resident="r1", kind=AlertKind.LATE_START, until=until)
    assert told(desk.send(status()))[1] == snooze


def test_away_until_and_back_are_of_a_resident_in_the_desks_own_time(desk: Desk) -> None:
    desk.send(alert(), alert(2, resident="r2"), alert(3, resident="household"))
    page = desk.people.get(HOME_PAGE).text
    assert re.findall(r"<option[^>]*>(\w+)</option>", page) == ["r1", "r2"]
    # a day of summer time in London: an hour before UTC
    assert desk.say(HOME_PAGE, say="away", resident="r2", until="2027-06-01T18:00").status == 303
    assert desk.say(HOME_PAGE, say="back", resident="r1").status == 303
    given = utc_text(NOW_S)
    assert told(desk.send(status())) == [
        Away(home=HOME, seq=1, given_at=given, resident="r2", until="2027-06-01T17:00:00Z"),
        Away(home=HOME, seq=2, given_at=given, resident="r1", until=None),
    ]


def test_a_budget_is_a_number_within_bounds(desk: Desk) -> None:
    desk.send(status())
    assert desk.say(HOME_PAGE, say="budget", attention_per_week="0,5").status == 303
    (budget,) = since(desk, 0)
    assert budget == BudgetOf(home=HOME, seq=1, given_at=utc_text(NOW_S), attention_per_week=0.5)


NOT_TELLABLE: list[tuple[str, dict[str, str]]] = [
    (ALERT, {"say": ""}),
    (ALERT, {"say": "erase"}),
    (ALERT, {"say": "snooze-14"}),
    (ALERT, {"say": "away", "resident": "r1", "until": "2027-01-01T10:00"}),
    (HOME_PAGE, {"say": ""}),
    (HOME_PAGE, {"say": "acknowledged"}),
    (HOME_PAGE, {"say": "new_normal"}),
    (HOME_PAGE, {"say": "away", "resident": "r9", "until": "2027-01-01T10:00"}),
    (HOME_PAGE, {"say": "away", "resident": "household", "until": "2027-01-01T10:00"}),
    *[
        (HOME_PAGE, {"say": "away", "resident": "r1", "until": until})
        for until in ("", "soon", "2027-01-01", "2026-11-20T14:02", "2028-01-01T10:00", "9999-99-99T99:99", "٢")
    ],
    *[
        (HOME_PAGE, {"say": "budget", "attention_per_week": number})
        for number in ("", "0", "-1", "7.1", "nan", "inf", "1e400", "many")
    ],
]


@pytest.mark.parametrize(("path", "form"), NOT_TELLABLE)
def test_nothing_else_can_be_told(desk: Desk, path: str, form: dict[str, str]) -> None:
    desk.send(alert())
    answer = desk.say(path, "MO", None, **form)
    assert answer.status == 400
    assert 'role="alert"' in answer.text
    assert desk.store.answers.given() == []
    assert len(desk.state()["open_care"]) == 1


def test_a_home_that_is_not_known_is_told_nothing(desk: Desk) -> None:
    assert desk.people.get("/homes/h-9999").status == 404
    assert desk.people.form("/homes/h-9999", {"say": "budget"}).status == 404


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "cross-site"}, {"origin": "https://elsewhere.example"}, {"origin": "null"}]
)
def test_another_page_can_tell_a_home_nothing(desk: Desk, headers: dict[str, str]) -> None:
    desk.send(alert())
    assert desk.say(HOME_PAGE, headers=headers, say="back", resident="r1").status == 403
    for token in ("", desk.token(ALERT)):
        form = {"token": token, "person": "MO", "say": "back", "resident": "r1"}
        assert desk.people.form(HOME_PAGE, form).status == 403
    assert desk.store.answers.given() == []


def test_every_receipt_brings_what_waits_and_no_more_once_the_home_has_it(desk: Desk) -> None:
    desk.send(*(alert(number) for number in range(1, 21)))
    for number in range(1, 21):
        desk.acknowledge(alert(number).id)
    assert [one.seq for one in told(desk.send(alert(30)))] == list(range(1, 17)), "at most sixteen, the oldest first"
    assert [one.seq for one in since(desk, 15)] == [16, 17, 18, 19, 20]
    assert since(desk, 20) == []
    assert told(desk.send(status(home="h-0002")), "h-0002") == [], "another home is told nothing of it"


def test_homes_are_numbered_apart(desk: Desk) -> None:
    desk.send(alert(), alert(2, home="h-0002"))
    desk.acknowledge(alert(2).id)
    desk.acknowledge(alert(1).id)
    assert [(one.home, one.answer.seq) for one in desk.store.answers.given()] == [(HOME, 1), ("h-0002", 1)]


def test_the_page_shows_how_far_an_answer_has_come(desk: Desk) -> None:
    desk.send(alert())
    desk.say(ALERT, say="useful")
    desk.say(HOME_PAGE, say="budget", attention_per_week="7")
    assert "MO acknowledged (not taken by the home yet)" in desk.text()
    desk.send(status(1, answers_taken=2))
    assert "MO useful (taken by the home)" in desk.text()
    assert "It did not accept" not in desk.text()
    desk.send(status(2, answers_taken=3, answers_refused=(3,)))
    assert "It did not accept an answer of the last days." in desk.text()
    assert "non-urgent alerts a week for each resident not accepted by the home" in desk.text(HOME_PAGE)
    desk.send(status(3, answers_taken=3))
    assert "not accepted by the home" in desk.text(HOME_PAGE), "also when the home no longer says so"


def test_an_alert_that_nobody_answers_is_loud_and_names_the_second_recipient(desk: Desk) -> None:
    desk.send(alert(1, raised_at=utc_text(NOW_S - 700), to="care-team"), alert(5, raised_at=utc_text(NOW_S - 9000)))
    assert "for care-team" in desk.text()
    assert desk.state()["open_care"][0]["id"] == alert(5).id
    desk.send(update(2, Change.UNANSWERED, to="daughter", observed="Nobody has acknowledged this since 13:50."))
    first = desk.state()["open_care"][0]
    assert (first["id"], first["to"], first["unanswered_s"]) == (alert().id, ["care-team", "daughter"], NOW_S)
    text = desk.text()
    assert "Nobody has answered this by 14:02: it is for daughter now, too. Somebody is needed now." in text
    assert "1 not answered" in text
    assert 'class="card urgent loud"' in desk.people.get("/").text
    desk.send(update(3, Change.RESOLVED))
    assert desk.state()["open_care"][0]["unanswered_s"] == NOW_S, "movement is no answer"
    desk.clock.move_s(60)
    desk.acknowledge(alert().id)
    assert "Nobody has answered" not in desk.text(ALERT)
    desk.clock.move_s(60)
    desk.send(update(4, Change.REPEATED, at_s=NOW_S + 120))
    (story,) = [one for one in desk.state()["open_care"] if one["id"] == alert().id]
    assert story["unanswered_s"] is None, "what was not answered the last time has been since"


def test_that_nobody_answered_is_old_news_once_somebody_has(desk: Desk) -> None:
    desk.send(alert())
    desk.acknowledge(alert().id)
    desk.clock.move_s(300)
    desk.send(update(2, Change.UNANSWERED, to="daughter"))
    assert desk.state()["open_care"] == []


def test_a_technicians_alert_can_be_answered_too(desk: Desk) -> None:
    desk.send(alert(kind=AlertKind.SENSOR_SILENT, severity=Severity.ATTENTION, audience=Audience.TECHNICIAN))
    assert desk.say(ALERT, say="sensor_fault").status == 303
    assert desk.state()["open_technician"] == []


def test_what_a_person_says_is_all_or_nothing(desk: Desk, store: Store) -> None:
    desk.send(alert())
    broken = "CREATE TRIGGER broken BEFORE INSERT ON answers WHEN new.seq = 2 BEGIN SELECT RAISE(ABORT, 'x'); END"
    store.database.raw.execute(broken)
    answer = desk.say(ALERT, say="useful")
    assert answer.status == 503
    assert store.acknowledgements() == []
    assert store.answers.given() == []
