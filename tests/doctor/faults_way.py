"""Faults of the identity and of the way to the desk: real servers on loopback, with real certificates."""

import socket
import time
from collections.abc import Callable
from email.utils import formatdate
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway.uplink import key_file
from gateway.uplink.board import Bond
from gateway.uplink.book import Book
from tests.enrolled import enrolled
from tests.notes import Notes
from tests.uplink.provider import Line, Request, always
from tests.uplink.tls import authority

from .box import UPLINK
from .faults_box import Put, Row
from .home import KEY, House, board

PORTAL: Final = b"<html><body>Welcome! Please sign in.</body></html>"


def certificate(name: str, **how: object) -> Put:
    return lambda house: house.shows(house.ca.sign(name, **how))  # type: ignore[arg-type]


def other_authority(house: House) -> None:
    folder = house.folder / "other-ca"
    folder.mkdir(exist_ok=True)
    house.shows(authority(folder).sign("other", days=90))


def authority_ends(house: House) -> None:
    """The home trusts an authority that ends in twenty days, and whose certificate the desk has."""
    folder = house.folder / "short-ca"
    folder.mkdir(exist_ok=True)
    short = authority(folder, days=20)
    house.keep(house.places.enrolment, house.places.key, house.places.desk)
    house.shows(short.sign("short", days=19))
    keep = house.config_path.read_bytes()
    house.config_path.write_bytes(keep.replace(str(house.ca.ca_file).encode(), str(short.ca_file).encode()))
    enrolled(house.config_path, key=KEY)
    key_file.write(house.places.key, KEY, board)
    house.config_path.write_bytes(keep)


def manner(make: Callable[[Line, Request], None]) -> Put:
    def put(house: House) -> None:
        house.server.manner = make

    return put


def dated(ahead_s: int) -> Put:
    def put(house: House) -> None:
        def late(line: Line, request: Request) -> None:
            class Dated:
                def answer(self, status: int, body: bytes, **headers: str) -> None:
                    line.answer(status, body, **{**headers, "Date": formatdate(time.time() + ahead_s, usegmt=True)})

            house.answers(Dated(), request)  # type: ignore[arg-type]

        house.server.manner = late

    return put


def at(url: Callable[[House], str]) -> Put:
    """The desk is said to be there, in home.toml and in the enrolment."""

    def put(house: House) -> None:
        house.write(url=url(house))

    return put


def closed_port(house: House) -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"https://127.0.0.1:{probe.getsockname()[1]}"


def silent(house: House) -> str:
    listener = socket.socket()
    house.hold(listener)
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    return f"https://127.0.0.1:{listener.getsockname()[1]}"


def plain_http(house: House) -> None:
    def plain(raw: socket.socket, _: object) -> None:
        raw.recv(1000)
        raw.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    house.server.door = plain


def not_enrolled(house: House) -> None:
    house.keep(house.places.enrolment, house.places.key)
    house.places.enrolment.unlink()
    house.places.key.unlink()
    house.box.down(UPLINK, ConditionResult="no")


def enrolment_damaged(house: House) -> None:
    house.keep(house.places.enrolment)
    house.places.enrolment.write_text("{")


def other_home(house: House) -> None:
    house.keep(house.places.enrolment)
    text = house.places.enrolment.read_text()
    house.places.enrolment.write_text(text.replace("h-0001", "h-0002"))


def other_desk(house: House) -> None:
    house.write(url=f"{house.server.url}/elsewhere")
    keep = house.config_path.read_text()
    house.write()
    house.config_path.write_text(keep)


def moved_card(house: House) -> None:
    """The card was put into another board."""
    house.box.down(UPLINK, ActiveState="failed", Result="exit-code", ExecMainStatus="2")
    house.board_names = lambda: [Bond("serial number", b"another board")]


def no_key(house: House) -> None:
    house.keep(house.places.key)
    house.places.key.unlink()


def other_key(house: House) -> None:
    """The desk was replaced, and signs with another key than the one that was compared at the enrolment."""
    house.keep(house.places.enrolment, house.places.key, house.places.desk)
    enrolled(house.config_path, Ed25519PrivateKey.from_private_bytes(b"x" * 32), key=KEY)
    key_file.write(house.places.key, KEY, board)


def refused(house: House) -> None:
    house.keep(house.places.uplink_db)
    with Book(house.places.uplink_db, utc_s=time.time, log=Notes()) as book:
        book.refused("1" * 32, "alert", http_status=422, reason="unknown field")


ROWS: Final[list[Row]] = [
    ("not enrolled", "key.enrolled", "not_enrolled", "sudo wren enrol", not_enrolled),
    ("enrolment damaged", "key.enrolled", "damaged", "sudo wren enrol", enrolment_damaged),
    ("enrolled as another home", "key.enrolled", "other_home", "[home] id", other_home),
    ("enrolled with another desk", "key.enrolled", "other_desk", "sudo wren enrol", other_desk),
    ("card put into another board", "key.opens", "does_not_open", "--replace", moved_card),
    ("key gone", "key.opens", "missing", "--replace", no_key),
    ("the desk's name is unknown", "desk.name", "unknown_name", "resolvectl", at(lambda _: "https://desk.invalid")),
    ("the desk's door is closed", "desk.door", "closed", "let its port out", at(closed_port)),
    ("the desk is silent", "desk.door", "silent", "let its port out", at(silent)),
    ("the desk's certificate expired", "desk.trust", "expired", "certificate has expired", certificate("old",
     expired=True)),
    ("the desk's certificate not valid yet", "desk.trust", "not_yet_valid", "timedatectl", certificate("early",
     days=30, begins_in=1)),
    ("certificate of another name", "desk.trust", "other_name", "Correct `url`", certificate("stranger",
     host="stranger.example")),
    ("certificate of another authority", "desk.trust", "unknown_authority", "ca_file", other_authority),
    ("no TLS there", "desk.trust", "no_tls", "Correct the port", plain_http),
    ("the desk's certificate ends soon", "desk.certificate", "expires", "has to be renewed",
     certificate("soon", days=5), "warn"),
    ("the authority ends soon", "desk.authority", "expires", "new authority", authority_ends, "warn"),
    ("a sign-in page answers", "desk.answer", "portal", "sign-in", manner(always(200, PORTAL))),
    ("the desk is unwell", "desk.answer", "unwell", "has a fault", manner(always(503))),
    ("another desk answers", "desk.answer", "other_key", "was replaced", other_key),
    ("this clock is an hour behind", "clock.desk", "differs", "timedatectl", dated(3600)),
    ("the desk refuses a message", "messages.refused", "refused", "Compare the versions", refused, "warn"),
]  # fmt: skip
