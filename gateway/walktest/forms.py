"""What the walk-test writes down: a proof for each thing that was walked to, and the certificate. Closed forms.

No name is in it: the technician is an opaque id, like residents; of a call it says when, and not who answered.
"""

from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec

from gateway.uplink.forms import Count, MessageId, PublicKey, Sha256, Slug, Utc

FORMAT: Final = "wren-walk-test/1"

Dbm = Annotated[int, msgspec.Meta(ge=-150, le=50)]
Line = Annotated[str, msgspec.Meta(max_length=80, pattern=r"^[ -~]*(?!\n)$")]
ItemId = Annotated[str, msgspec.Meta(pattern=r"^(sensor|panel)/[a-z0-9][a-z0-9-]{0,47}(?!\n)$")]

REASONS: Final = {
    "1": "resident-declines",
    "2": "not-reachable",
    "3": "part-missing",
    "4": "weak-radio",
    "5": "not-in-season",
}
"""Why something is left out, by the key that says so: a closed list, so that no free text stands in a certificate."""

Reason = Literal["resident-declines", "not-reachable", "part-missing", "weak-radio", "not-in-season"]


class _Form(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    pass


class RadioProof(_Form, frozen=True, kw_only=True):
    """How it came in: adverts that were heard, their median and the weakest (dBm)."""

    packets: Count
    median_dbm: Dbm
    least_dbm: Dbm


class WireProof(_Form, frozen=True, kw_only=True):
    """How its contact came to rest: changes, the slowest (ms), and the debounce that is set (ms)."""

    changes: Count
    longest_ms: Count
    debounce_ms: Count
    most_a_second: Count


class CallProof(_Form, frozen=True, kw_only=True):
    """The way of a call. Seconds after the press: at the desk, and acknowledged by a person."""

    alert_id: MessageId
    at_the_desk_s: Count
    acknowledged_s: Count


class PanelProof(_Form, frozen=True, kw_only=True):
    """What was confirmed by somebody who looked: lights by their names, the buttons that were heard, the sound."""

    lights: tuple[Line, ...]
    buttons: tuple[Literal["ok", "pause"], ...] = ()
    sound: bool = False


class Proof(_Form, frozen=True, kw_only=True):
    """What became of one sensor or panel.

    `device` is a hash over what makes it this one (`gateway.walktest.scope`); `seen` says what of it was seen: both
    edges, one (of what only fires), or a value.
    """

    item: ItemId
    kind: Annotated[str, msgspec.Meta(pattern=r"^[a-z_]{2,20}(?!\n)$")]
    place: Slug
    device: Sha256
    outcome: Literal["proven", "skipped", "gone"]
    at: Utc
    by: Slug
    reason: Reason | None = None
    seen: Literal["both", "one", "value"] | None = None
    radio: RadioProof | None = None
    wire: WireProof | None = None
    call: CallProof | None = None
    panel: PanelProof | None = None

    def __post_init__(self) -> None:
        datetime.fromisoformat(self.at)

    @property
    def name(self) -> str:
        """The id without what it is of."""
        return self.item.partition("/")[2]


class Certificate(_Form, frozen=True, kw_only=True):
    """What was proven of a home, when, by whom.

    Attributes:
        issued_local: the same moment on the clock of the home, with its offset.
        configuration: SHA-256 of home.toml, byte for byte.
        sensors: SHA-256 over what makes its sensors and panels these: what decides whether a home is live.
        heartbeat: when the desk confirmed a heartbeat that was made during the walk.
    """

    format: Literal["wren-walk-test/1"]
    home: Slug
    issued_at: Utc
    issued_local: Line
    by: Slug
    wren: Line
    python: Line
    system: Line
    gateway_key: PublicKey
    configuration: Sha256
    sensors: Sha256
    heartbeat: Utc
    clock_synchronised: Literal[True]
    sensitivity_dbm: Dbm
    margin_db: Count
    proofs: Annotated[tuple[Proof, ...], msgspec.Meta(min_length=1, max_length=208)]

    def __post_init__(self) -> None:
        for moment in (self.issued_at, self.heartbeat):
            datetime.fromisoformat(moment)
