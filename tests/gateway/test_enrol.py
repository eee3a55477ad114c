"""A gateway becomes known: whatever cuts it off, the same command goes on, and nothing half-written is left."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from gateway import desk_key, small_files
from gateway.config.places import Places, places_of
from gateway.enrol import Enroller
from gateway.errors import ConfigError, NotEnrolled, StoreError, UplinkUnavailable
from gateway.uplink import enrolment, key_file, replies, signatures
from gateway.uplink.board import Bond
from gateway.uplink.keys import text_of
from gateway.uplink.registrar import NotTaken
from tests.cli.house import House
from tests.enrolled import DESK
from tests.uplink.provider import Line, Request, Server, hang_up, serving
from tests.uplink.registry import TOKEN, Registry
from tests.uplink.tls import Authority, authority

NOW_S = 1_795_183_320


class Cut(BaseException):
    """The power, as it goes."""


def board() -> Iterator[Bond]:
    yield Bond("serial number", b"a board")


@pytest.fixture(scope="module")
def ca(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="module")
def server(ca: Authority) -> Iterator[Server]:
    with serving(ca.sign("desk")) as server:
        yield server


@pytest.fixture
def registry(server: Server) -> Registry:
    registry = Registry()
    server.manner = registry
    return registry


@pytest.fixture
def house(tmp_path: Path, server: Server, ca: Authority) -> House:
    return House(tmp_path, uplink=server.url, ca_file=ca.ca_file).write()


def enroller(house: House) -> Enroller:
    return Enroller(house.config, lambda: NOW_S, board)


def enrol(house: House, token: str = TOKEN) -> str:
    """Enrols, and returns the key."""
    one = enroller(house)
    registrar = one.prepare()
    return text_of(one.enrol(registrar, registrar.desk_key(), token).key)


def rotate(house: House) -> str:
    one = enroller(house)
    return text_of(one.rotate(one.prepare()).key)


def places(house: House) -> Places:
    return places_of(house.config)


def own_key(house: House) -> str:
    return text_of(key_file.load(places(house).key, board).public_key())


def files(house: House) -> set[str]:
    found = {path.name for folder in (places(house).private, places(house).uplink) for path in folder.iterdir()}
    return found - {"uplink.db"}


WHOLE = {"key.pem", "enrolment.json", "desk.json", "own-keys.json"}


def test_everything_is_in_its_place(house: House, registry: Registry, server: Server, ca: Authority) -> None:
    registry.numbers = {"last_seq": 41, "last_status_seq": 2_000, "last_answer": 5}
    key = enrol(house)
    assert key == registry.key == own_key(house)
    assert files(house) == WHOLE
    known = enrolment.read(places(house).enrolment)
    assert (known.home, known.url, known.ca_pem) == ("h-0001", server.url, ca.pem)
    assert known.desk_key == text_of(DESK.public_key())
    assert Path(known.outbox) == places(house).outbox.absolute()
    assert known.enrolled_at == "2026-11-20T14:02:00Z"
    trusted = desk_key.read(places(house).desk)
    assert trusted is not None
    assert (trusted.last_seq, trusted.last_status_seq, trusted.last_answer) == (41, 2_000, 5)
    assert trusted.desk_key == known.desk_key
    assert registry.asked == ["/v1/desk", "/v1/enrol"]


@pytest.mark.parametrize(
    ("tokens", "words"),
    [({}, "no such token"), ({TOKEN: "somebody"}, "has been used")],
    ids=["wrong", "used"],
)
def test_a_refused_token_leaves_nothing(
    house: House, registry: Registry, tokens: dict[str, str | None], words: str
) -> None:
    registry.tokens = tokens
    with pytest.raises(NotTaken, match=words) as caught:
        enrol(house)
    assert "wren desk token" in caught.value.advice
    assert caught.value.exit_code == 5
    assert files(house) == set()


def test_a_refused_token_leaves_the_enrolment_before_it(house: House, registry: Registry) -> None:
    key = enrol(house)
    with pytest.raises(NotTaken):
        enrol(house, "another-token-of-nobody")
    assert (own_key(house), files(house)) == (key, WHOLE)


def test_a_replacement_takes_the_place_of_the_key(house: House, registry: Registry) -> None:
    first = enrol(house)
    registry.tokens["token-for-a-replacement"] = None
    second = enrol(house, "token-for-a-replacement")
    assert second == registry.key == own_key(house)
    assert registry.before == {first: None}
    assert files(house) == WHOLE


def test_a_new_key_takes_the_place_of_the_old_one_without_a_token(house: House, registry: Registry) -> None:
    first = enrol(house)
    before = places(house).desk.read_bytes()
    registry.sequence = 30  # messages that the messenger has sent since, as far as the desk knows
    second = rotate(house)
    assert first != second == registry.key == own_key(house)
    assert registry.before == {first: second}
    assert files(house) == WHOLE
    assert places(house).desk.read_bytes() == before, "what the daemon trusts has not changed"


def test_a_rotation_counts_on_from_the_messengers_own_numbers(house: House, registry: Registry) -> None:
    enrol(house)
    with house.book(NOW_S) as book:
        book.jump_to(500)
        registry.sequence = book.next_sequence()
    registry.asked.clear()
    rotate(house)
    assert registry.asked == ["/v1/rotate"], "no step back is seen at the desk"


def test_a_revoked_key_cannot_be_rotated(house: House, registry: Registry) -> None:
    first = enrol(house)
    registry.revoke()
    with pytest.raises(NotTaken, match="revoked") as caught:
        rotate(house)
    assert "--replace" in caught.value.advice
    assert (own_key(house), files(house)) == (first, WHOLE)


def test_there_must_be_a_key_to_rotate(house: House, registry: Registry) -> None:
    with pytest.raises(NotEnrolled):
        rotate(house)
    enrol(house)
    one = Enroller(house.config, lambda: NOW_S, lambda: [Bond("serial number", b"another board")])
    with pytest.raises(NotEnrolled, match="another board"):
        one.rotate(one.prepare())


def steps(patch: pytest.MonkeyPatch, cut_at: int, *, late: bool) -> list[str]:
    """Cut the power at the step of this number: before it has its effect, or `late` after it. Tells the steps."""
    taken: list[str] = []

    def cutting(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **kwargs: Any) -> Any:
            taken.append(f"{name} {Path(args[0]).name}")
            if len(taken) == cut_at and not late:
                raise Cut
            done = real(*args, **kwargs)
            if len(taken) == cut_at:
                raise Cut
            return done

        return step

    patch.setattr(small_files, "write", cutting("write", small_files.write))
    patch.setattr(small_files, "flush", cutting("flush", small_files.flush))
    patch.setattr(Path, "unlink", cutting("unlink", Path.unlink))
    return taken


ACTS = [enrol, rotate]
MOST_STEPS = 12


@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("cut_at", range(1, MOST_STEPS + 1))
@pytest.mark.parametrize("act", ACTS)
def test_the_power_may_go_at_every_step(
    house: House,
    registry: Registry,
    monkeypatch: pytest.MonkeyPatch,
    act: Callable[[House], str],
    cut_at: int,
    late: bool,
) -> None:
    old = enrol(house) if act is rotate else None
    with monkeypatch.context() as patch:
        taken = steps(patch, cut_at, late=late)
        try:
            act(house)
        except Cut:
            assert len(taken) == cut_at
        else:
            assert len(taken) < cut_at or taken[-1].startswith("unlink .")
    if places(house).key.exists():
        assert own_key(house) in {old, registry.key}, "what lies there is the old key or one that the desk knows"
    if places(house).enrolment.exists():
        assert places(house).key.exists()
        enrolment.read(places(house).enrolment)
    if files(house) == WHOLE and own_key(house) != old:  # nothing was left to do but to say so
        assert own_key(house) == registry.key
        return
    key = act(house)
    assert key == registry.key == own_key(house)
    assert files(house) == WHOLE
    assert registry.tokens[TOKEN] in {key, old}, "one token was enough"


def test_the_steps_are_all_cut(house: House, registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    for act in ACTS:
        with monkeypatch.context() as patch:
            taken = steps(patch, 0, late=False)
            act(house)
        assert len(taken) <= MOST_STEPS, taken
        assert taken[0] == "write key.pem.new"
        assert taken[-5:] == [
            "flush uplink", "write enrolment.json", "flush uplink", "unlink key.pem.new", "flush uplink"
        ]  # fmt: skip


@pytest.mark.parametrize("act", ACTS)
def test_the_answer_may_be_lost(house: House, registry: Registry, act: Callable[[House], str]) -> None:
    old = enrol(house) if act is rotate else None
    registry.breaks = lambda line: line.connection.close()
    for _ in range(2):
        with pytest.raises(UplinkUnavailable) as caught:
            act(house)
        assert "run the same command again" in caught.value.advice
        assert files(house) == (WHOLE if old else set()) | {"key.pem.new"}
        assert old is None or own_key(house) == old
    registry.breaks = lambda _: None
    key = act(house)
    assert key == registry.key == own_key(house)
    assert files(house) == WHOLE


def test_an_enrolment_that_was_given_up_does_not_stand_in_the_way(house: House, registry: Registry) -> None:
    registry.breaks = lambda line: line.connection.close()
    with pytest.raises(UplinkUnavailable):
        enrol(house)
    registry.breaks = lambda _: None
    registry.revoke()
    registry.tokens["a-new-token-for-it"] = None
    key = enrol(house, "a-new-token-for-it")
    assert key == registry.key == own_key(house)
    assert files(house) == WHOLE


def test_a_key_that_was_left_on_another_board_is_not_taken_up(house: House, registry: Registry) -> None:
    registry.breaks = lambda line: line.connection.close()
    elsewhere = Enroller(house.config, lambda: NOW_S, lambda: [Bond("serial number", b"another board")])
    registrar = elsewhere.prepare()
    with pytest.raises(UplinkUnavailable):
        elsewhere.enrol(registrar, registrar.desk_key(), "never-known-to-the-desk")
    registry.breaks = lambda _: None
    assert enrol(house) == own_key(house)


OTHER = Ed25519PrivateKey.from_private_bytes(b"o" * 32)


def enrolled_as(**changed: Any) -> Callable[[Line, Request], None]:
    def manner(line: Line, request: Request) -> None:
        asked = json.loads(request.body)
        whole = {"type": "enrolled", "home": asked["home"], "key": asked["key"], "last_seq": 0, "last_status_seq": 0}
        line.reply(request, 200, json.dumps(whole | changed).encode())

    return manner


@pytest.mark.parametrize(
    "manner",
    [
        pytest.param(enrolled_as(home="h-0002"), id="another home"),
        pytest.param(enrolled_as(key=text_of(OTHER.public_key())), id="another key"),
        pytest.param(enrolled_as(more=1), id="unknown field"),
        pytest.param(enrolled_as(last_seq=2**60), id="a number that no reader holds"),
        pytest.param(enrolled_as(type="receipt"), id="a receipt"),
        pytest.param(lambda line, request: line.answer(200, request.body), id="not signed"),
        pytest.param(lambda line, request: line.reply(request, 200, request.body), id="its own words"),
        pytest.param(lambda line, request: line.reply(request, 200, b"[" * 60_000), id="deep"),
        pytest.param(lambda line, request: line.reply(request, 200, b"", key=OTHER), id="another desk"),
        pytest.param(lambda line, request: line.answer(403, b"<html>"), id="a proxy says no"),
        pytest.param(lambda line, request: line.answer(302, Location="https://127.0.0.1:1"), id="elsewhere"),
        pytest.param(
            lambda line, request: line.reply(
                request, 403, b'{"type":"refusal","id":"' + b"0" * 32 + b'","reason":"x"}', Wren_Sequence="5"
            ),
            id="wants another number for ever",
        ),
        pytest.param(hang_up, id="hangs up"),
    ],
)
def test_a_strange_answer_enrols_nobody(house: House, server: Server, registry: Registry, manner: Any) -> None:
    one = enroller(house)
    registrar = one.prepare()
    desk = registrar.desk_key()
    server.manner = manner
    with pytest.raises(UplinkUnavailable):
        one.enrol(registrar, desk, TOKEN)
    assert files(house) == {"key.pem.new"}


@pytest.mark.parametrize(
    "manner",
    [
        lambda line, _: line.answer(200, b"<html>Sign in</html>"),
        lambda line, _: line.answer(404, replies.encode(replies.DeskKey(key=text_of(OTHER.public_key())))),
        lambda line, _: line.answer(200, b'{"type":"desk","key":"AAAA"}'),
        lambda line, _: line.answer(200, b'{"type":"desk"' + b" " * 70_000 + b"}"),
        lambda line, _: line.answer(302, Location="https://127.0.0.1:1"),
        hang_up,
    ],
)
def test_what_is_no_desk_is_told_before_anything_is_made(
    house: House, server: Server, registry: Registry, manner: Any
) -> None:
    server.manner = manner
    with pytest.raises(UplinkUnavailable):
        enroller(house).prepare().desk_key()
    assert files(house) == set()


def test_what_cannot_work_is_said_before_anybody_is_asked(tmp_path: Path, registry: Registry) -> None:
    bad = tmp_path / "bad.pem"
    bad.write_text("no certificate")
    for house in (
        House(tmp_path, uplink=None),
        House(tmp_path, ca_file=tmp_path / "none.pem"),
        House(tmp_path, ca_file=bad),
    ):
        with pytest.raises(ConfigError):
            enroller(house.write()).prepare()
    assert registry.asked == []


@pytest.mark.parametrize(
    "url",
    ["https://käse.example", "https://user:secret@desk.example", "https://desk.example/?a=1", "https://desk.example/%zz",
     "https://-x", "https://desk.example:port", "https://[::1", "https://desk.example/#a"],
)  # fmt: skip
def test_an_address_that_could_not_be_signed_is_said_at_once(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigError, match="address") as caught:
        enroller(House(tmp_path, uplink=url).write()).prepare()
    assert url not in f"{caught.value.problem}{caught.value.advice}"


@given(url=st.from_regex(enrolment._URL, fullmatch=True).filter(lambda url: len(url) < 400 and enrolment.is_url(url)))
def test_every_address_that_is_taken_can_be_signed(url: str) -> None:
    request = signatures.Request("POST", f"{url.rstrip('/')}/v1/messages", {"Content-Type": "application/json"})
    signatures.sign_request(OTHER, request, b"", sequence=1, nonce="n", created_s=0)
    signatures.verify_request(request, b"", lambda _: OTHER.public_key())


def test_a_folder_that_cannot_be_written_is_said_before_anybody_is_asked(
    house: House, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(StoreError, match="cannot be written"):
        enroller(house).prepare()
    assert registry.asked == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_key_that_somebody_else_put_there_is_not_taken_up(house: House, registry: Registry) -> None:
    """Who was in the messenger once leaves a key that he has a copy of, and waits for the next enrolment."""
    one = enroller(house)
    one.prepare()
    key_file.write(one._fresh, OTHER, board)
    os.chown(one._fresh, 12345, 12345)
    os.chown(places(house).uplink, 12345, 12345)
    key = enrol(house)
    assert key == registry.key == own_key(house) != text_of(OTHER.public_key())
    assert files(house) == WHOLE
    assert places(house).key.stat().st_uid == 12345, "the messenger reads it"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_key_that_is_exchanged_while_the_desk_is_asked_is_not_put_in_place(house: House, registry: Registry) -> None:
    one = enroller(house)
    registrar = one.prepare()
    os.chown(places(house).uplink, 12345, 12345)
    desk = registrar.desk_key()

    def exchange(line: Line) -> None:
        key_file.write(one._fresh, OTHER, board)
        os.chown(one._fresh, 12345, 12345)

    registry.breaks = exchange
    with pytest.raises(StoreError, match="somebody else"):
        one.enrol(registrar, desk, TOKEN)
    assert not places(house).key.exists()
