"""The walk: whose turn it is, what came of those before, and what keys do. It draws nothing and asks no socket."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import msgspec

from gateway.errors import InputError
from gateway.live.forms import Begin, Heard, Line, Missed, Seen
from gateway.walktest import wish as wishes
from gateway.walktest.call_turn import CallTurn
from gateway.walktest.desk_side import DeskSide
from gateway.walktest.forms import REASONS, Proof
from gateway.walktest.panel_turn import PanelTurn
from gateway.walktest.results import Results
from gateway.walktest.scope import Item, fingerprint
from gateway.walktest.turn import Packets, Turn
from gateway.walktest.wish import Wish
from models.localtime import utc_text
from models.panel_light import Light
from models.vocabulary import SENSOR_LINK

SHOWN_AGAIN_S: Final = 30.0
"""A light that a panel is asked for ends by itself; while it is asked about, it is asked for again as often."""

ASKED_AGAIN_S: Final = 10.0
"""What a person at the desk answers comes back with a heartbeat; while the technician stands there, one is sent so
often."""


@dataclass(frozen=True, slots=True)
class Means:
    """What the walk needs of the world.

    Attributes:
        keep: puts results on the card.
        wish: asks the daemon for something.
        utc_s, monotonic_s: the clocks of this machine.
    """

    keep: Callable[[Results], None]
    wish: Callable[[Wish], None]
    utc_s: Callable[[], float]
    monotonic_s: Callable[[], float]


class Walk:
    """One technician's walk through a home.

    Args:
        items: what there is to be walked to.
        results: what came of it so far; of what is another one by now, or has drifted, nothing.
        by: the technician's id.
        means: the world.

    Attributes:
        turn: what it is the turn of; None when nothing is left.
        begun_s: when this walk began (UTC seconds).
        said: sentences that were not shown yet, for who reads line by line.
        asks: whether a reason or a confirmation is asked for, by the key that began it ("s", "g"); "" if not.
        ended: whether the technician quits.
        beat: the daemon's newest heartbeat that the desk has confirmed since this began, and when; None before.
    """

    def __init__(self, items: list[Item], results: Results, by: str, means: Means) -> None:
        self.items = items
        self.results = results
        self.turn: Turn | PanelTurn | None = None
        self.begun_s = int(means.utc_s())
        self.said: list[str] = []
        self.asks = ""
        self.ended = False
        self.beat: int | None = None
        self.clock_set: bool | None = None
        self.enrolled = True
        self._by = by
        self._means = means
        self._wish = Wish(beat=self.begun_s)
        self._packets = Packets()
        self._shown_s = 0.0
        self._other = ""
        means.wish(self._wish)
        self._next()

    def proof(self, item: Item) -> Proof | None:
        """What came of `item`, if it is still this one."""
        found = self.results.proofs.get(item.id)
        return found if found is not None and found.device == item.device else None

    @property
    def left(self) -> list[Item]:
        """What has not had its turn."""
        return [item for item in self.items if self.proof(item) is None]

    @property
    def gone(self) -> list[Item]:
        """What is not there any more, by the technician's word: the configuration is wrong then."""
        return [item for item in self.items if (proof := self.proof(item)) is not None and proof.outcome == "gone"]

    @property
    def is_through(self) -> bool:
        """Whether nothing is left to be done: sensors, heartbeat and clock."""
        return not self.left and (not self.enrolled or (self.beat is not None and self.clock_set is True))

    def take(self, line: Line) -> None:
        """Something happened in the home. Raises InputError: the daemon has other sensors than are walked to."""
        if isinstance(line, Begin):
            self._refuse_other(line)
        elif isinstance(line, Heard):
            self._packets.take(line.sensors, line.rssi_dbm)
        elif isinstance(line, Missed):
            self.said.append(f"{line.lines} lines were missed: this terminal is too slow. Do the last step again.")
        elif isinstance(line, Seen):
            self._seen(line)

    def _refuse_other(self, line: Begin) -> None:
        """A daemon that listens to the old pin would prove the new one."""
        if line.sensors != fingerprint(self.items):
            raise InputError(
                "The daemon runs with another home.toml: its sensors are not those in the file.",
                advice="Start it anew with `sudo systemctl restart wren`, then run this again.",
            )

    def _seen(self, line: Seen) -> None:
        turn = self.turn
        if isinstance(turn, PanelTurn):
            turn.told(line.sensor, line.value)
        elif turn is not None and line.sensor == turn.item.name:
            turn.take(line.value, line.monotonic_s)
        elif turn is not None and line.sensor == f"{SENSOR_LINK}{turn.item.name}":
            turn.lost = not line.value
        elif turn is not None and line.value and not turn.is_seen and self._is_another(line.sensor):
            self._other = line.sensor
            self.said.append(f"  {line.sensor} was seen, not {turn.item.name}: the resident, or crossed wires?")

    def _is_another(self, name: str) -> bool:
        """Whether it is one of the home's sensors, of which nothing was said yet."""
        return name != self._other and any(item.name == name and item.panel is None for item in self.items)

    def look(self, desk: DeskSide) -> None:
        """See what reached the desk, and whether a turn is over."""
        if (confirmed := desk.confirmed_heartbeat(self.begun_s)) is not None:
            self.beat = confirmed[1]
        if (beat := desk.heartbeat()) is not None:
            self.clock_set = beat.clock_synchronised
        if isinstance(self.turn, CallTurn):
            self.turn.look(desk)
            now_s = self._means.monotonic_s()
            if self.turn.waits_for_a_person and now_s - self._shown_s >= ASKED_AGAIN_S:
                self._shown_s = now_s
                self._ask()

    def pass_time(self) -> None:
        """What is due: the end of a turn, a light that is to be shown on."""
        turn, now_s = self.turn, self._means.monotonic_s()
        if turn is None or self.asks:
            return
        if isinstance(turn, PanelTurn) and now_s - self._shown_s >= SHOWN_AGAIN_S:
            turn.ask()
        if isinstance(turn, Turn) and not turn.is_seen:
            return
        if not turn.missing(now_s):
            self._finish(turn)

    def key(self, key: str) -> None:
        """A key was pressed."""
        turn = self.turn
        if self.asks:
            self._answer(key)
        elif key == "q":
            self.ended = True
        elif turn is None:
            return
        elif key == "l":
            self._next(after=turn.item)
        elif key in ("s", "g"):
            if key == "s" and isinstance(turn, CallTurn):
                self.said.append("  A help button is not left out: press l to come back to it, or take it out.")
            else:
                self.asks = key
        elif key == "r" and isinstance(turn, Turn):
            self._packets.forget(turn.item.name)
            self._begin(turn.item)
        elif key == "t" and isinstance(turn, CallTurn):
            turn.announce()
        elif key in ("y", "x") and isinstance(turn, PanelTurn):
            turn.answer(seen=key == "y")

    def _answer(self, key: str) -> None:
        asked, self.asks = self.asks, ""
        if self.turn is None:
            return
        if asked == "s" and key in REASONS:
            self._keep("skipped", reason=REASONS[key])
        elif asked == "g" and key == "y":
            self._keep("gone")

    def _finish(self, turn: Turn | PanelTurn) -> None:
        if isinstance(turn, PanelTurn):
            self._keep("proven", panel=turn.proof())
            return
        call = turn.call() if isinstance(turn, CallTurn) else None
        if call is not None:
            self._ask(call_until_s=0)
        self._keep("proven", seen=turn.item.seen, radio=turn.radio(), wire=turn.wire(), call=call)

    def _keep(self, outcome: str, **of: object) -> None:
        assert self.turn is not None
        item = self.turn.item
        if outcome == "skipped" and isinstance(self.turn, Turn):
            of |= {"radio": self.turn.radio()}
        at = utc_text(int(self._means.utc_s()))
        kept = {"item": item.id, "kind": str(item.kind), "place": item.place, "device": item.device, "by": self._by}
        proof = msgspec.convert(
            {**kept, "at": at, "outcome": outcome, **{name: msgspec.to_builtins(value) for name, value in of.items()}},
            Proof,
        )
        self.results = self.results.having(proof)
        self._means.keep(self.results)
        self.said.append(f"  {item.name}: {outcome}")
        self._next(after=item)

    def _next(self, after: Item | None = None) -> None:
        """The next one that has not had its turn, after the last one and then from the beginning."""
        if isinstance(self.turn, PanelTurn):
            self._show(None, None, sound=False)
        if isinstance(self.turn, CallTurn):
            self._ask(call_until_s=0)
        left = self.left
        at = self.items.index(after) if after is not None else -1
        follows = [item for item in left if self.items.index(item) > at] or left
        self.turn = None
        if follows:
            self._begin(follows[0])

    def _begin(self, item: Item) -> None:
        self._other = ""
        if item.panel is not None:
            self.turn = PanelTurn(item, lambda light, sound: self._show(item.name, light, sound=sound))
        elif item.calls is not None:
            self.turn = CallTurn(item, self._packets, self._announce, self._means.utc_s)
        else:
            self.turn = Turn(item, self._packets)

    def _announce(self) -> None:
        self._ask(call_until_s=int(self._means.utc_s()) + wishes.CALL_S)

    def _show(self, resident: str | None, light: Light | None, *, sound: bool) -> None:
        self._shown_s = self._means.monotonic_s()
        until_s = 0 if light is None else int(self._means.utc_s()) + wishes.LIGHT_S
        of = {"resident": resident, "light": light, "sound": sound, "light_until_s": until_s}
        self._wish = msgspec.structs.replace(self._wish, **of)
        self._means.wish(self._wish)  # no reason for a heartbeat

    def _ask(self, **of: object) -> None:
        self._wish = msgspec.structs.replace(self._wish, beat=self._wish.beat + 1, **of)
        self._means.wish(self._wish)

    def close(self) -> None:
        """Nothing is asked of the daemon any more."""
        self._wish = Wish(beat=self._wish.beat + 1)
        self._means.wish(self._wish)
