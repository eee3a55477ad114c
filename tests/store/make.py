"""What the tests of the store write: readings and drafts, as plain as can be."""

from gateway.store.outbox import Draft, Opens
from gateway.store.outbox_rows import Rank
from models.vocabulary import Reading


def reading(seq: int) -> Reading:
    return Reading(1_700_000_000_000 + 5_000 * seq, ("kitchen-tap", "bed", "hall-motion")[seq % 3], float(seq % 2))


def rows(first: int, count: int) -> list[tuple[int, Reading]]:
    return [(seq, reading(seq)) for seq in range(first, first + count)]


def alert(name: str, *, kind: str = "inactivity", rank: Rank = Rank.URGENT, raised_s: int = 1_000) -> Draft:
    return Draft(
        name, "alert", rank, raised_s, lambda seq: f"{name}:{seq}".encode(), opens=Opens("r1", kind, raised_s - 60)
    )


def resolving(name: str, alert_id: str, *, raised_s: int = 2_000) -> Draft:
    return Draft(name, "alert_update", Rank.ALERT, raised_s, lambda seq: f"{name}:{seq}".encode(), resolves=alert_id)


def summary(name: str, *, raised_s: int = 1_000) -> Draft:
    return Draft(name, "summary", Rank.SUMMARY, raised_s, lambda seq: f"{name}:{seq}".encode())
