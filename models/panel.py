"""The residents' panels, as the home sees them: who is asked, who pauses, and what a press is news of."""

from collections.abc import Iterable

from models.stream import Stream
from models.told import Telling, Told
from models.unanswered import Unanswered
from models.vocabulary import HOUSEHOLD, HomeSpec, Update
from models.voice import Voice
from models.whose import streams_about


class Panels:
    """What a panel can ask of the home that it hangs in."""

    __slots__ = ("_asked", "_spec", "_streams", "_voice")

    def __init__(self, spec: HomeSpec, streams: Iterable[Stream], voice: Voice) -> None:
        self._spec = spec
        self._streams = tuple(streams)
        self._voice = voice
        self._asked = tuple(stream.checkin for stream in self._streams if spec.panels)

    def plan(self, now_ms: int) -> None:
        """What is waited for may have changed: whom to ask, and when to look again."""
        for checkin in self._asked:
            checkin.plan(now_ms)

    def told(self, told: Told, at_s: int) -> list[Update]:
        """What a press of "I'm OK" is news of; nothing if something else was told."""
        if told.what is not Telling.OK:
            return []
        return self._voice.pressed(streams_about(told.resident, self._spec), at_s)

    def asking(self) -> frozenset[str]:
        """The residents whose panel asks them now whether they are well."""
        asking = [stream.resident for stream in self._streams if stream.checkin.asks]
        return frozenset(self._spec.residents if HOUSEHOLD in asking else asking)

    def not_answered(self, resident: str, now_s: float) -> tuple[Unanswered, ...]:
        """The urgent alerts of this resident, or of everybody, that no person has acknowledged in time."""
        return tuple(one for one in self._voice.answering.late(now_s) if one.resident in (resident, HOUSEHOLD))

    def paused(self) -> frozenset[str]:
        """The residents who pause (`models.pause`)."""
        return frozenset(who for stream in self._streams for who in stream.whereabouts.pause.who)
