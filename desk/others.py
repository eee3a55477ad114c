"""Another home's messages under an id that is this home's: sent beforehand by a gateway that was taken over.

Ids can be foretold (`gateway.uplink.ids`). Whoever has the key of one home must not keep the alert of another from
people, nor have it acknowledged before it came.
"""

import sqlite3

from gateway.uplink import wire
from gateway.uplink.ids import is_made_by


def give_way(raw: sqlite3.Connection, message: wire.Message) -> None:
    """Delete what stands in the way of `message`, if its id is its home's own beyond doubt."""
    alert_home = None
    if isinstance(message, wire.AlertUpdate):
        row = raw.execute("SELECT home FROM messages WHERE id = ?", (message.alert_id,)).fetchone()
        alert_home = None if row is None else row[0]
    if not is_made_by(message, alert_home=alert_home):
        return
    raw.execute("DELETE FROM messages WHERE id = ? AND home != ?", (message.id, message.home))
    if isinstance(message, wire.Alert):
        raw.execute(
            "DELETE FROM messages WHERE type = 'alert_update' AND home != ? AND instr(body, CAST(? AS BLOB))",
            (message.home, message.id),
        )
        # whoever acknowledges tells it to a home: if it was to another one, it was about something else
        raw.execute(
            """DELETE FROM acknowledgements WHERE alert_id = ?
            AND EXISTS (SELECT 1 FROM answers WHERE answers.alert_id = ? AND home != ?)
            AND NOT EXISTS (SELECT 1 FROM answers WHERE answers.alert_id = ? AND home = ?)""",
            (message.id, message.id, message.home, message.id, message.home),
        )
