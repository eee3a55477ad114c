"""What one stream does when its sensors' links are lost or proven, and what it asks of those that remain.

What depends on a sensor that cannot be heard abstains; the rest goes on. A fixed limit holds wherever what remains
can see.
"""

from collections.abc import Callable, Collection

from models.bathroom import NIGHT, part_of
from models.claims import Claim
from models.company import LEVELS
from models.inactivity import Inactivity
from models.kinds import SensorKind
from models.localtime import LocalTime
from models.nights import EXIT_CEILING_S
from models.notes import Notes
from models.rest import Rest
from models.sight import Sight
from models.signals import Line
from models.slow import Slow
from models.stays import Stays
from models.vocabulary import BATHROOM, Said, Sensor
from models.whereabouts import Whereabouts


class Relinking:
    """The links of one stream's sensors.

    Args:
        lines: its sensors.
        suspects: those that cannot be believed just now.
        blind, seeing: of the stream: nothing can be seen any more; it can again, after so many seconds.
        tells: whether a silence of this stream is told at all.
    """

    __slots__ = (
        "_blind", "_inactivity", "_lines", "_local", "_notes", "_rest", "_seeing", "_sight",
        "_slow", "_stays", "_suspects", "_tells", "_whereabouts",
    )  # fmt: skip

    def __init__(
        self, local: LocalTime, lines: list[Line], sight: Sight, whereabouts: Whereabouts, inactivity: Inactivity,
        stays: Stays, rest: Rest, slow: Slow, notes: Notes, *, suspects: Callable[[], Collection[str]],
        blind: Callable[[], None], seeing: Callable[[int, int], None], tells: bool,
    ) -> None:  # fmt: skip
        self._local, self._lines, self._sight, self._whereabouts = local, lines, sight, whereabouts
        self._inactivity, self._stays, self._rest, self._slow, self._notes = inactivity, stays, rest, slow, notes
        self._suspects, self._blind, self._seeing = suspects, blind, seeing
        self._tells = tells
        notes.hears_worn, notes.pulse_lost_s = sight.hears_worn, sight.pulse_lost_s

    def links_changed(self, at_ms: int) -> list[Claim]:
        """A link of the home was lost or proven, or the radio."""
        before_s = dict(self._sight.ledger.lost_s)
        news = self._sight.relink(at_ms // 1000)
        for line in self._lines:
            if line.sensor.id not in news:
                continue
            if line.sensor.id in before_s:
                self._heard_again(line.sensor, at_ms // 1000 - before_s[line.sensor.id])
            else:
                self._unheard(line.sensor)
        sight = self._sight
        matters = news & sight.eyes or (news & sight.watchers.keys() and sight.lost)
        return self._look(at_ms) if matters else []

    def _unheard(self, sensor: Sensor) -> None:
        """What rests on this sensor alone is unknown; that somebody leaves the bathroom can still be seen."""
        if sensor.kind in LEVELS:
            self._whereabouts.blind()
        if sensor.place != BATHROOM:
            self._stays.disbelieve(sensor)
        if sensor.kind is SensorKind.BED:
            self._rest.out_of_bed.forget_now()
        self._slow.lost()

    def _heard_again(self, sensor: Sensor, unheard_s: int) -> None:
        if sensor.kind is SensorKind.HEART_RATE:
            self._notes.seeing(unheard_s)
        self._slow.lost()

    def _look(self, at_ms: int) -> list[Claim]:
        """Whether what can be heard is enough to see this life by, and to tell its silence; and what follows."""
        sight, at_s = self._sight, at_ms // 1000
        was_dark, could_tell = sight.coverage.own_since_s is not None, sight.silence.own_since_s is None
        is_dark, can_tell = sight.is_dark, sight.tells_silence
        claims: list[Claim] = []
        blind_s = 0
        if can_tell and not could_tell:
            blind_s = sight.silence.found(at_s)
            ended = self._whereabouts.alone.naming(sight.unseen.end(at_s))
            claims += [] if ended is None else [ended]
        if is_dark and not was_dark:
            sight.coverage.lost(at_s)
            self._blind()
        elif was_dark and not is_dark:
            self._seeing(at_ms, sight.coverage.found(at_s))
        elif sight.silence.blind_since_s is None:
            self._inactivity.seeing(at_ms, blind_s)  # the limit may be another; none comes of the change itself
        if could_tell and not can_tell:
            sight.silence.lost(at_s)
            sight.unseen.begin(at_s)
            self._inactivity.blind()
        return claims

    def unseen(self, now_ms: int) -> list[Claim | Said]:
        """This life was blind for long."""
        sight = self._sight
        claim = sight.unseen.pass_time(
            now_ms // 1000,
            sight.named(),
            dark=sight.is_dark,
            waits=self._inactivity.deadline_s() is not None or sight.coverage.home.blind_since_s is not None,
            empty=self._whereabouts.is_empty,
            coverage=lambda at_s: self._whereabouts.coverage.sentence(self._lines, at_s),
        )
        named = self._whereabouts.alone.naming(claim) if self._tells else None
        return [] if named is None else [named]

    def is_sound(self) -> bool:
        """Whether every sensor that can be heard can be believed."""
        return set(self._suspects()) <= self._sight.ledger.lost_s.keys()

    def disbelieve(self, sensor: Sensor) -> list[Claim]:
        """What a sensor says is nobody: what rests on it alone is unknown."""
        if sensor.kind is SensorKind.BED:
            self._rest.out_of_bed.forget_now()
        return self._stays.disbelieve(sensor)

    def stay(self) -> Claim | None:
        """`stays` is due; while leaving may go unseen only who is surely in there is told of."""
        at_s = self._stays.due_ms // 1000
        return self._stays.pass_time(self._lines, sound=self.is_sound() and self._sees_leaving(at_s))

    def _sees_leaving(self, at_s: int) -> bool:
        last_s = self._stays.in_bathroom_s
        if last_s is None:
            return True  # a seat or a bed says by itself that it was left
        missing = self._sight.lost_since(last_s)
        needed_s = self._sight.leaves_bathroom_s(missing, waking=part_of(self._local, last_s) != NIGHT)
        return needed_s is not None and at_s - last_s >= needed_s

    def late(self, now_ms: int) -> Claim | None:
        """`mornings` is due; while getting up may go unseen only its fixed limit counts, or nothing."""
        at_s = now_ms // 1000
        missing = self._sight.missing_since(self._local.day_start_s(self._local.day(at_s)))
        blind = bool(missing) and not self._sight.sees_up(missing)
        return self._rest.late(now_ms, sound=self.is_sound() and not missing, blind=blind)

    def out(self, now_ms: int) -> Claim | None:
        """`night_exit` is due; where coming back in would not be seen, nobody is taken to be out."""
        at_s = now_ms // 1000
        missing = self._sight.lost_since(at_s - EXIT_CEILING_S)
        if missing and not self._sight.sees_rooms(missing):
            self._rest.night_exit.seeing(at_s, forgiven=False)
            return None
        return self._rest.out(now_ms)
