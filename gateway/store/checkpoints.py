"""Checkpoints of the learnt state: a cache over the inputs, and at the retention edge their only heir."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from gateway.store.connection import Connection

_DAY_MS: Final = 24 * 60 * 60 * 1000


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A state of the home as it was after the input `seq`.

    Attributes:
        number: names this checkpoint in home.db.
        seq: the last input that the state has seen.
        at_ms: when it was taken, UTC in milliseconds.
        state: the JSON document that the core gave.
    """

    number: int
    seq: int
    at_ms: int
    state: dict[str, Any]


class Checkpoints:
    """The checkpoints in home.db."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def save(self, seq: int, state: Mapping[str, Any], at_ms: int) -> None:
        """Keep `state`, which must be JSON without NaN (ValueError, TypeError otherwise)."""
        text = json.dumps(state, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        with self._connection.transaction() as raw:
            raw.execute(
                "INSERT INTO checkpoints (seq, at_ms, state, sha256) VALUES (?, ?, ?, ?)",
                (seq, at_ms, text, _sha256(text)),
            )

    def latest(self, before: Checkpoint | None = None) -> Checkpoint | None:
        """The newest checkpoint (older than `before`) that can be read; those newer than it that cannot are set aside.

        None: rebuild from the inputs.
        """
        for (number,) in self._connection.rows(
            "SELECT number FROM checkpoints WHERE NOT set_aside AND (? IS NULL OR number < ?) ORDER BY number DESC",
            (before and before.number, before and before.number),
        ):
            if checkpoint := self._read(number):
                return checkpoint
            self.set_aside(number)
        return None

    def set_aside(self, number: int) -> None:
        """Keep this checkpoint but never offer it again: it cannot be read, or the core cannot restore it."""
        with self._connection.transaction() as raw:
            raw.execute("UPDATE checkpoints SET set_aside = 1 WHERE number = ?", (number,))

    def last_seq(self) -> int:
        """The last input that any of them has seen, those set aside included; 0 without any."""
        return int(self._connection.rows("SELECT coalesce(max(seq), 0) FROM checkpoints")[0][0])

    def before(self, seq: int) -> Checkpoint | None:
        """The newest checkpoint from before the input `seq` that can be read, or None."""
        for (number,) in self._connection.rows(
            "SELECT number FROM checkpoints WHERE NOT set_aside AND seq < ? ORDER BY number DESC", (seq,)
        ):
            if checkpoint := self._read(number):
                return checkpoint
        return None

    def edge(self, before_ms: int, restores: Callable[[Checkpoint], bool]) -> Checkpoint | None:
        """The newest checkpoint from before `before_ms` that can be read and restored, or None."""
        for (number,) in self._connection.rows(
            "SELECT number FROM checkpoints WHERE NOT set_aside AND at_ms < ? ORDER BY number DESC", (before_ms,)
        ):
            checkpoint = self._read(number)
            if checkpoint is not None and restores(checkpoint):
                return checkpoint
        return None

    def superseded(self, edge: Checkpoint) -> list[int]:
        """The numbers that may go once `edge` has verified: all before it, and all but one a day after it.

        The last of each UTC day stays, so the latest stays too.
        """
        kept = {
            number
            for (number,) in self._connection.rows(
                "SELECT max(number) FROM checkpoints WHERE NOT set_aside AND number >= ? GROUP BY at_ms / ?",
                (edge.number, _DAY_MS),
            )
        }
        return [
            number
            for (number, aside) in self._connection.rows("SELECT number, set_aside FROM checkpoints")
            if number < edge.number or (number > edge.number and not aside and number not in kept)
        ]

    def _read(self, number: int) -> Checkpoint | None:
        ((seq, at_ms, text, sha256),) = self._connection.rows(
            "SELECT seq, at_ms, state, sha256 FROM checkpoints WHERE number = ?", (number,)
        )
        if _sha256(text) != sha256:
            return None
        return Checkpoint(number, seq, at_ms, json.loads(text))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
