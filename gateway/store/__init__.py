"""The three databases, each with one writing process.

`home.db` and `outbox.db` are here; `uplink.db` belongs to the uplink (`gateway.uplink.book`).

    async with Writer() as writer:                                      # gateway.store.writer
        ledger = await writer.do(lambda: Ledger.open(data_dir))         # gateway.store.ledger
        ledger.journal.opened, ledger.outbox.opened                     # .stopped_cleanly .moved_aside .salvaged_rows

        journal = ledger.journal                                        # gateway.store.journal, on that thread:
        journal.reserve() -> range                                      # 1,000 sequence numbers, never given again
        journal.latest_checkpoint() -> Checkpoint | None                # .number .seq .at_ms .state
        journal.set_aside(checkpoint)                                   # the core could not restore it; ask again
        journal.inputs(after_seq, limit) -> Iterator[(seq, Reading)]
        journal.last_seq() -> int
        journal.alive_ms() -> int | None; journal.mark_alive(at_ms)
        journal.save_checkpoint(seq, state, at_ms)
        journal.prune(before_ms, restores) -> int

        ledger.commit(rows, drafts, alive_ms=...) -> list[bool]         # inputs first, then messages; durable on return
        ledger.outbox.add_status(id, raised_s, encode)                  # .outbox: Draft, Opens; .outbox_rows: Rank
        ledger.outbox.trail.note(notes)                                 # .trail: What, Note, Head; .trail_rows: Entry
        ledger.outbox.open_alerts() -> list[OpenAlert]                  # .id .resident .kind .opened_s
        ledger.outbox.waiting(settled) -> list[Waiting]
        ledger.outbox.prune(before_s, settled) -> int
        await writer.do(ledger.stop)

    reader = OutboxReader(data_dir / "outbox.db")                       # gateway.store.outbox_reader; the other process
    reader.changed() -> bool                                            # cheap; for polling
    reader.pending(settled) -> list[Waiting]                            # in the order of sending
    reader.body(id) -> bytes | None
    reader.messages(after_seq), reader.statuses()                       # for the commands, byte for byte
    reader.trail(after_n) -> Iterator[Entry]; reader.trail_head()       # all that left and was done: .trail_rows

Errors: StoreUnavailable (retry), StoreCorrupt (end the process; the next start rebuilds the file), StoreError.
"""
