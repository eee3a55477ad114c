"""The events that our services log, as in the code (a test holds them together): what a support file may name."""

from typing import Final

EVENTS: Final = frozenset({
    "allowance_used_up", "answer_not_sealed", "answer_refused", "answer_taken", "answers_came", "answers_not_written",
    "answers_unreadable", "bug", "clock_stepped", "copy_not_made", "database_moved_aside", "delivered",
    "desk_unreadable", "edges_left_out", "levels_not_written", "library_warning", "live_not_offered",
    "no_alert_kind_is_on", "number_not_believed", "numbers_not_written", "panel_button_chatters", "panel_not_written",
    "portrait_not_written", "pruned", "radio_memory_unreadable", "ready", "receipts_unreadable",
    "recordings_not_watched", "refused", "slip_not_put_aside", "slip_not_removed", "slip_refused", "source_failed",
    "source_finished", "source_unavailable", "state_set_aside", "stopped", "too_many_answers", "unclean_stop",
    "uplink_trouble", "walk_certificate_refused", "walk_month_not_kept", "wire_back", "wire_lost",
})  # fmt: skip

OTHER: Final = "other"
"""Whatever else stands in a log."""
