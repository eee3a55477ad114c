"""An alert as it opens, shown in the terminal once the desk has it."""

from typing import TYPE_CHECKING

from gateway.demo import pictures
from gateway.messages import drafts_of
from gateway.uplink import wire

if TYPE_CHECKING:
    from rich.console import Console

    from gateway.demo.cast import Cast
    from models.localtime import LocalTime
    from models.vocabulary import Finding


async def tell_alert(console: "Console", local: "LocalTime", cast: "Cast", finding: "Finding") -> wire.Alert:
    """Show it, and wait until the desk has it. Raises UplinkUnavailable if it does not arrive."""
    (draft,) = drafts_of(cast.home.config.home.id, [finding])
    message = wire.decode(draft.encode(1))
    assert isinstance(message, wire.Alert)
    at = f"{local.weekday(finding.opened_s)} {local.clock(finding.opened_s)}"
    console.print(pictures.alert(message, at))
    seconds = await cast.arrived(draft.id)
    console.print(f"  at the desk, with a receipt, after {seconds:.1f} s\n", style="green")
    return message
