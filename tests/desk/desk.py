"""What a test says to the desk, and reads on its page."""

import hashlib
import html
import re
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from desk.app import build
from desk.gateways_book import add
from desk.store import Store
from gateway.clock import ManualClock
from gateway.uplink import replies, wire
from gateway.uplink.keys import text_of
from gateway.uplink.signatures import Request, sign_request, verify_reply
from models.kinds import AlertKind, Audience, Severity
from models.localtime import utc_text
from models.vocabulary import Change

from .door import Answer, Door

HOME = "h-0001"
NOW_S = 1_795_183_320
"""Friday 20 November 2026, 14:02 UTC, which is London's time too."""


KEY = Ed25519PrivateKey.from_private_bytes(b"d" * 32)
"""By which the desk signs."""


def key_of(home: str) -> Ed25519PrivateKey:
    """The key of the gateway of `home`, in these tests."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(home.encode()).digest())


def signed(
    base: str, path: str, body: bytes, key: Ed25519PrivateKey, sequence: int, *, content_type: str = "application/json"
) -> Request:
    request = Request("POST", base + path, {"Content-Type": content_type})
    sign_request(key, request, body, sequence=sequence, nonce=f"n{sequence}", created_s=NOW_S)
    return request


@dataclass
class Desk:
    """Both doors of one desk, and its store."""

    gateways: Door
    people: Door
    clock: ManualClock
    store: Store

    def post(self, message: wire.Message | bytes, *, home: str | None = None, **headers: str) -> Answer:
        """What the gateway of `home` (the message's own) sends: signed, and with the next number."""
        body = message if isinstance(message, bytes) else msgspec.json.encode(message)
        who = home or (HOME if isinstance(message, bytes) else message.home)
        content_type = headers.pop("content_type", "application/json")
        request = signed(
            self.gateways.base, "/v1/messages", body, key_of(who), self.next(who), content_type=content_type
        )
        answer = self.ask(request, body, **headers)
        if "signature" in answer.headers:
            verify_reply(KEY.public_key(), answer.status, answer.headers, answer.content, request)
        return answer

    def ask(self, request: Request, body: bytes, **headers: str) -> Answer:
        path = "/" + request.url.partition("//")[2].partition("/")[2]
        return self.gateways.ask("POST", path, body, request.headers | headers)

    def next(self, home: str) -> int:
        """Knows the home by its key, if need be; returns the number of its next request."""
        key = text_of(key_of(home).public_key())
        if self.store.gateways.key_of_home(home) is None:
            self.know(home, key)
        return max(line.sequence for line in self.store.gateways.lines(0) if line.key == key) + 1

    def know(self, home: str, key: str) -> None:
        """The gateway of `home` has this key, as after its enrolment."""
        with self.store.database.transaction() as raw:
            add(raw, home, key, now_s=int(self.clock.utc_s()))

    def send(self, *messages: wire.Message) -> replies.Receipt:
        """Returns the last receipt."""
        for message in messages:
            answer = self.post(message)
            assert answer.status == 200, answer.text
            assert "signature" in answer.headers
            reply = replies.decode(answer.content)
            assert isinstance(reply, replies.Receipt)
            assert reply.id == message.id
            receipt = reply
        return receipt

    def text(self, path: str = "/") -> str:
        """The words on the page, as a person reads them."""
        page = self.people.get(path)
        assert page.status == 200
        return words(page.text)

    def state(self) -> Any:
        return self.people.get("/api/state").json()

    def token(self, path: str) -> str:
        found = re.search(r'name="token" value="([0-9a-f]+)"', self.people.get(path).text)
        assert found
        return found[1]

    def say(self, path: str, person: str = "MO", headers: dict[str, str] | None = None, **form: str) -> Answer:
        """What a person sends with the form at `path`."""
        return self.people.form(path, {"token": self.token(path), "person": person} | form, **(headers or {}))

    def acknowledge(self, alert_id: str, person: str = "MO", **headers: str) -> Answer:
        return self.say(f"/alerts/{alert_id}", person, headers, say="acknowledged")


def open_desk(store: Store, clock: ManualClock) -> Desk:
    doors = build(store, clock, key=KEY, zone=ZoneInfo("Europe/London"))
    gateways, people = Door(doors.gateways, "https://localhost:8443"), Door(doors.people, "http://localhost:8080")
    return Desk(gateways, people, clock, store)


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
        opened_at=utc_text((NOW_S - 15_600) // 60 * 60),
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
