"""A child that commits steps without end and acknowledges each on stdout once it is durable."""

import sys
from pathlib import Path

from gateway.store.ledger import Ledger
from gateway.store.outbox import Draft, Opens
from gateway.store.outbox_rows import Rank
from gateway.store.trail import Note, What
from models.vocabulary import Reading


def main() -> None:
    ledger = Ledger.open(Path(sys.argv[1]))
    opened = (ledger.journal.opened, ledger.outbox.opened)
    assert all(found.moved_aside is None for found in opened), opened
    while True:
        block = ledger.journal.reserve()
        for first in range(block[0], block[-1], 10):
            step(ledger, range(first, first + 10))


def step(ledger: Ledger, numbers: range) -> None:
    rows = [(seq, Reading(seq * 1_000, f"sensor-{seq % 50}", seq / 8)) for seq in numbers]
    alert = f"alert-{numbers[0]}"
    drafts = [
        Draft(
            alert, "alert", Rank.URGENT, numbers[0], lambda seq: b"%d %d" % (numbers[-1], seq), Opens("r1", alert, 1)
        ),
        Draft(f"summary-{numbers[0]}", "summary", Rank.SUMMARY, numbers[0], lambda seq: b"%d %d" % (numbers[-1], seq)),
    ]
    notes = [Note(What.TOLD, f"step-{numbers[0]}", "Told: a step.", numbers[0])]
    ledger.commit(rows, drafts, alive_ms=numbers[-1], notes=notes)
    ledger.outbox.add_status(f"beat-{numbers[0]}", numbers[0], lambda seq: b"%d %d" % (numbers[-1], seq))
    if numbers[0] % 50 == 1:
        ledger.journal.save_checkpoint(numbers[-1], {"seen": numbers[-1], "ballast": "x" * 20_000}, numbers[-1])
    sys.stdout.write(f"{numbers[0]}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
