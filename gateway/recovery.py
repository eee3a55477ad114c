"""At start: the home as it was, from the latest checkpoint and the inputs since.

State is a cache over the journal. What cannot be read is kept aside, what another version wrote is passed over; both
are rebuilt from the inputs, in slices, while the sensors already fill the inbox and the watchdog sees progress.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gateway.log import Log
from models.errors import ModelError, StateTooNew, StateTooOld
from models.home import Home
from models.vocabulary import Change, Finding, HomeSpec, Reading, Said, Update

if TYPE_CHECKING:
    from gateway.store.checkpoints import Checkpoint
    from gateway.store.ledger import Ledger
    from gateway.store.writer import Writer
    from models.kinds import AlertKind

SLICE: Final = 500
"""Inputs stepped between two looks at the loop: about 10 ms on a Pi 4."""

PAGE: Final = 5_000


@dataclass(frozen=True, slots=True)
class Recovered:
    """What was found.

    Attributes:
        home: restored and caught up with the journal.
        last_seq: the sequence number of the last input it has seen.
        said: what it said on the way; most of it is in the outbox already, under the same ids.
        blind_from_ms: until when the daemon before this one could see (UTC, ms); None on the very first start.
    """

    home: Home
    last_seq: int
    said: list[Said]
    blind_from_ms: int | None


async def recover(
    spec: HomeSpec, ledger: "Ledger", writer: "Writer", log: Log, progressed: Callable[[], None]
) -> Recovered:
    """Restore the home and catch up. Raises StoreError."""
    home, seq = await _from_checkpoint(spec, ledger, writer, log)
    told_seq = await writer.do(ledger.journal.checkpoints_seq)
    told: list[Said] = []
    said: list[Said] = []
    while True:
        after = seq
        page = await writer.do(lambda after=after: list(ledger.journal.inputs(after, PAGE)))  # type: ignore[misc]
        if not page:
            break
        for start in range(0, len(page), SLICE):
            for seq, reading in page[start : start + SLICE]:
                (told if seq <= told_seq else said).extend(home.step(reading))
            progressed()
            await asyncio.sleep(0)
    alive_ms = await writer.do(ledger.journal.alive_ms)
    blind_from_ms = None if alive_ms is None and not home.now_ms else max(alive_ms or 0, home.now_ms)
    return Recovered(home, seq, _open(told) + said, blind_from_ms)


async def _from_checkpoint(spec: HomeSpec, ledger: "Ledger", writer: "Writer", log: Log) -> tuple[Home, int]:
    is_first = True
    checkpoint: Checkpoint | None = None
    while True:
        checkpoint = await writer.do(lambda older=checkpoint: ledger.journal.latest_checkpoint(older))  # type: ignore[misc]
        if checkpoint is None:
            return Home(spec), 0
        try:
            return Home.restore(spec, checkpoint.state), checkpoint.seq
        except ModelError as error:
            if is_first:  # after a change of version all of them are passed over, one for each of sixty days
                log.warning("state_set_aside", reason=type(error).__name__, seq=checkpoint.seq)
            is_first = False
            # another version's is sound: should that version come back, it goes on from there
            if not isinstance(error, StateTooNew | StateTooOld):
                await writer.do(lambda bad=checkpoint: ledger.journal.set_aside(bad))  # type: ignore[misc]


def _open(told: list[Said]) -> list[Said]:
    """What is open still, of what was lived through again.

    A checkpoint is written after what was said up to it is in the outbox. Another version may find other words and
    other minutes for the same weeks: what is long over is not told anew; what is open now is, whatever it costs.
    """
    stories: dict[tuple[str, AlertKind, int], list[Finding | Update]] = {}
    for one in told:
        if isinstance(one, Finding | Update):
            stories.setdefault((one.resident, one.kind, one.opened_s), []).append(one)
    return [one for story in stories.values() if not _is_over(story) for one in story]


def _is_over(story: list[Finding | Update]) -> bool:
    """Whether an alert has ended; that it went to somebody else says nothing of that."""
    news = [one.change for one in story if isinstance(one, Update) and one.change is not Change.UNANSWERED]
    return bool(news) and news[-1] is Change.RESOLVED


def link(at_ms: int, *, up: bool) -> Reading:
    """The input that the gateway's going blind or seeing again is."""
    from models.vocabulary import GATEWAY_LINK

    return Reading(at_ms, GATEWAY_LINK, float(up))
