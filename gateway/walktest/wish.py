"""walk-wish.json: what the walk-test asks of the daemon, for minutes. The daemon bounds each by itself.

A command cannot speak on the daemon's socket, which only shows; like everything that is told on this gateway, this is
a small file in the private folder, which only root and the daemon's user may write.
"""

from pathlib import Path
from typing import Final

import msgspec

from gateway import small_files
from gateway.uplink.forms import Slug
from models.panel_light import Light

CALL_S: Final = 15 * 60
"""For so long at most a test call is announced: a care worker is not left to guess for longer whether it was one."""

LIGHT_S: Final = 90
"""For so long at most a panel shows what the walk-test asks for."""

_MOST_BYTES: Final = 4096


class Wish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Until when what is wished. Times are UTC seconds; `beat` only has to be another one for a heartbeat at once."""

    beat: int = 0
    call_until_s: int = 0
    resident: Slug | None = None
    light: Light | None = None
    sound: bool = False
    light_until_s: int = 0

    def calls(self, now_s: float) -> bool:
        """Whether a test of the help button is announced."""
        return now_s < self.call_until_s <= now_s + CALL_S + 1

    def shows(self, resident: str, now_s: float) -> tuple[Light, bool] | None:
        """What this resident's panel is to show, and whether with its sound."""
        if self.light is None or self.resident != resident or not now_s < self.light_until_s <= now_s + LIGHT_S + 1:
            return None
        return self.light, self.sound


NOTHING: Final = Wish()


def write(path: Path, wish: Wish) -> None:
    """Put `wish` in the place of `path`. Raises StoreError."""
    small_files.keep(path, msgspec.json.encode(wish))


def read(path: Path) -> Wish:
    """What `write` wrote; nothing if it is not there or is none."""
    try:
        return msgspec.json.decode(small_files.read(path, _MOST_BYTES), type=Wish)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return NOTHING
