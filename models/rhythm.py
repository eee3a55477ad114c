"""In which half hours of the day each habit of a stream is seen: what the routine's picture is drawn from."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from models.coverage import Coverage
from models.learners.profile import HALF_HOUR_S, Look, Profile
from models.localtime import SLOT_S, LocalTime

_BLIND_SHARE: Final = 0.2


class Rhythm:
    """The half hours of one stream's habits.

    Args:
        names: of the habits.
    """

    def __init__(self, local: LocalTime, coverage: Coverage, names: Iterable[str]) -> None:
        self._local = local
        self._coverage = coverage
        self._profiles = {name: Profile() for name in names}
        self._today: dict[str, set[int]] = {name: set() for name in self._profiles}
        self._half_hour = 0

    def enter(self, minute: int) -> None:
        """What is seen from now on is seen in `minute` (UTC, since 1970)."""
        self._half_hour = self._local.second_of_day(minute * 60) // HALF_HOUR_S

    def see(self, name: str) -> None:
        """A habit was seen."""
        self._today[name].add(self._half_hour)

    def close(self, start_s: int, end_s: int, masked: Collection[str] = ()) -> None:
        """Learn the half hours between two full hours (UTC seconds), but those that could not be seen.

        Nor those of the habits that are `masked`: some sensor of theirs could not be heard.
        """
        looked: dict[int, list[int]] = {}
        could_see = not self._coverage.blind_s(start_s, end_s + SLOT_S)
        for at_s in range(start_s, end_s, SLOT_S):  # some zones are off by half an hour, and some move by it
            spent = looked.setdefault(self._local.second_of_day(at_s) // HALF_HOUR_S, [0, 0])
            spent[0] += SLOT_S
            spent[1] += 0 if could_see else self._coverage.blind_s(at_s, at_s + SLOT_S)
        for half_hour, (all_s, blind_s) in looked.items():
            if blind_s <= _BLIND_SHARE * all_s:
                seen, unseen = Look(half_hour, seen=True), Look(half_hour, seen=False)
                for name, profile in self._profiles.items():
                    if name in masked:
                        continue
                    profile.learn_one(seen if half_hour in self._today[name] else unseen)

    def begin_day(self) -> None:
        """Another day begins; what was seen of the last one is learnt or lost."""
        self._today = {name: set() for name in self._profiles}

    def of(self, name: str) -> tuple[Profile, tuple[int, ...]]:
        """What is learnt of a habit, and the half hours in which it was seen today."""
        return self._profiles[name], tuple(sorted(self._today[name]))

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "profiles": {name: profile.state() for name, profile in sorted(self._profiles.items())},
            "today": {name: sorted(halves) for name, halves in sorted(self._today.items()) if halves},
            "half_hour": self._half_hour,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what `state()` said; habits of sensors that are gone are forgotten."""
        known = state["profiles"]
        self._profiles = {
            name: Profile.from_state(known[name]) if name in known else Profile() for name in self._profiles
        }
        self._today = {name: set(state["today"].get(name, ())) for name in self._profiles}
        self._half_hour = state["half_hour"]
