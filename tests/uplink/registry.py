"""A desk at which gateways enrol, in a few lines: the protocol's other end over real TLS, with a test's hand on it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway.uplink import enrolling, replies, signatures
from gateway.uplink.keys import key_id, key_of, text_of
from tests.enrolled import DESK

from .provider import Line, Request, good

TOKEN: Final = "tokenTokenTOKEN-1_23"


@dataclass
class Registry:
    """Knows one home. As the real one, it gives the same answer to the same request.

    Attributes:
        tokens: good ones, and by whose key each was used.
        key: by which the home is known now, as text.
        before: the keys that were revoked, and by which each was followed.
        numbers: what it had heard of the home.
        breaks: called after each step that it took, such as to hang up.
    """

    home: str = "h-0001"
    desk: Ed25519PrivateKey = DESK
    tokens: dict[str, str | None] = field(default_factory=lambda: {TOKEN: None})
    key: str | None = None
    before: dict[str, str | None] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    sequence: int = 0
    asked: list[str] = field(default_factory=list)
    breaks: Callable[[Line], None] = lambda _: None

    def __call__(self, line: Line, request: Request) -> None:
        self.asked.append(request.path)
        if request.path == enrolling.DESK_PATH:
            line.answer(200, replies.encode(replies.DeskKey(key=text_of(self.desk.public_key()))))
        elif request.path == "/v1/messages":
            good(line, request)
        else:
            asking = enrolling.decode(request.body)
            status, reply, named = self._ask(asking, request)
            self.breaks(line)
            line.reply(request, status, reply, key=self.desk, **named)

    def revoke(self) -> None:
        """Believe the home's key no longer."""
        if self.key is not None:
            self.before[self.key] = None
        self.key = None

    def _ask(self, asking: enrolling.Asking, request: Request) -> tuple[int, bytes, dict[str, str]]:
        named: dict[str, str] = {}
        if isinstance(asking, enrolling.Enrol):
            said = self._verified(request, asking.key)
            problem = self._enrol(asking)
            if problem is None:
                self.sequence = said.sequence
        else:
            signer = next(
                text for text in (self.key, *self.before) if text and key_id(key_of(text)) in str(request.headers)
            )
            said = self._verified(request, signer)
            if signer == self.key and said.sequence <= self.sequence:
                problem, named = (403, "the number was seen before"), {"Wren_Sequence": str(self.sequence)}
            else:
                problem = self._rotate(asking, signer)
        if problem is not None:
            refusal = {"type": "refusal", "id": "0" * 32, "reason": problem[1]}
            return problem[0], json.dumps(refusal).encode(), named
        return 200, replies.encode(self._enrolled(asking.key)), named

    def _verified(self, request: Request, text: str) -> signatures.Signed:
        key = key_of(text)
        return signatures.verify_request(
            request.signed, request.body, lambda name: key if name == key_id(key) else None
        )

    def _enrol(self, asking: enrolling.Enrol) -> tuple[int, str] | None:
        if asking.home != self.home or asking.token not in self.tokens:
            return 403, "this desk knows no such token; make one with `wren desk token`"
        used_by = self.tokens[asking.token]
        if used_by is not None and used_by == asking.key == self.key:
            return None
        if used_by is not None:
            return 403, "the token has been used; make a new one"
        if asking.key == self.key or asking.key in self.before:
            return 409, "this key is known here already; make another one"
        if self.key is not None:
            self.before[self.key] = None
        self.tokens[asking.token], self.key = asking.key, asking.key
        return None

    def _rotate(self, asking: enrolling.Rotate, signer: str) -> tuple[int, str] | None:
        if signer != self.key:
            return None if self.before[signer] == asking.key == self.key else (401, "this key was revoked")
        if not enrolling.is_proven(key_of(asking.key), asking.proof, self.home, key_id(key_of(signer))):
            return 422, "the new key did not sign for itself"
        self.before[signer], self.key, self.sequence = asking.key, asking.key, 0
        return None

    def _enrolled(self, key: str) -> replies.Enrolled:
        numbers = {"last_seq": 0, "last_status_seq": 0, "last_answer": 0} | self.numbers
        return replies.Enrolled(home=self.home, key=key, **numbers)
