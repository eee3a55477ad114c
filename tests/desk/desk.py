"""What a test says to the desk, and reads on its page."""

import html
import re
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from desk.app import build
from desk.store import Store
from gateway.clock import ManualClock
from gateway.uplink import replies, wire
from models.kinds import AlertKind, Audience, Severity
from models.localtime import utc_text
from models.vocabulary import Change

from .door import Answer, Door

NOW_S = 1_795_183_320
"""Friday 20 November 2026, 14:02 UTC, which is London's time too."""


@dataclass
class Desk:
    """Both doors of one desk."""

    gateways: Door
    people: Door
    clock: ManualClock

    def post(self, message: wire.Message | bytes, **headers: str) -> Answer:
        body = message if isinstance(message, bytes) else wire.encode(message)
        return self.gateways.ask("POST", "/v1/messages", body, {"content-type": "application/json"} | headers)

    def send(self, *messages: wire.Message) -> None:
        for message in messages:
            answer = self.post(message)
            assert answer.status == 200, answer.text
            receipt = replies.decode(answer.content)
            assert isinstance(receipt, replies.Receipt)
            assert receipt.id == message.id

    def text(self, path: str = "/") -> str:
        """The words on the page, as a person reads them."""
        page = self.people.get(path)
        assert page.status == 200
        return words(page.text)

    def state(self) -> Any:
        return self.people.get("/api/state").json()

    def token(self, alert_id: str) -> str:
        page = self.people.get(f"/alerts/{alert_id}").text
        found = re.search(r'name="token" value="([0-9a-f]+)"', page)
        assert found
        return found[1]

    def acknowledge(self, alert_id: str, person: str = "MO", **headers: str) -> Answer:
        form = {"token": self.token(alert_id), "person": person}
        return self.people.form(f"/alerts/{alert_id}/acknowledge", form, **headers)


def open_desk(store: Store, clock: ManualClock) -> Desk:
    doors = build(store, clock, zone=ZoneInfo("Europe/London"))
    return Desk(Door(doors.gateways, "https://localhost:8443"), Door(doors.people, "http://localhost:8080"), clock)


def words(page: str) -> str:
    body = re.sub(r"</?(?:time|b|span|a)\b[^>]*>", "", page.partition("<body>")[2])
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def alert(seq: int = 1, **changed: Any) -> wire.Alert:
    whole = wire.Alert(
        id=f"{seq:032x}",
        home="h-0001",
        seq=seq,
        raised_at=utc_text(NOW_S),
        resident="r1",
        kind=AlertKind.INACTIVITY,
        severity=Severity.URGENT,
        audience=Audience.CARE,
        opened_at=utc_text(NOW_S - 15_600),
        observed="No movement seen since 09:42 (kitchen).",
        usual="Gaps at this time are usually under 1 h 50; now 4 h 20.",
        because="Fewer than 1 day in 50 has such a gap.",
        coverage="All 7 sensors working.",
        cannot_tell="This cannot tell whether she is asleep or unwell.",
        to_do="Ring her; no answer, follow her call-out plan.",
        details="At 3 h 50 this would not have been raised.",
    )
    return msgspec.structs.replace(whole, **changed)


def update(seq: int, change: Change, *, of: str = f"{1:032x}", at_s: int = NOW_S, **changed: Any) -> wire.AlertUpdate:
    whole = wire.AlertUpdate(
        id=f"{seq:032x}",
        home="h-0001",
        seq=seq,
        raised_at=utc_text(at_s),
        alert_id=of,
        resident="r1",
        kind=AlertKind.INACTIVITY,
        change=change,
        observed="Movement was seen again at 14:20 (hall).",
    )
    return msgspec.structs.replace(whole, **changed)


def status(seq: int = 1, home: str = "h-0001", **changed: Any) -> wire.Status:
    whole = wire.Status(
        id=f"{int(home[2:]) * 10**6 + seq:032x}",
        home=home,
        seq=seq,
        raised_at=utc_text(NOW_S),
        version="0.1.0",
        sensors=7,
        sensors_heard_today=7,
        learning=False,
        clock_synchronised=True,
        waiting=0,
    )
    return msgspec.structs.replace(whole, **changed)
