"""How long is left: what each step took elsewhere, corrected by what the steps took here so far."""

from collections.abc import Iterable, Mapping
from typing import Final

A_PI: Final = 6.0
"""A Pi 4 with an ordinary card is believed to take so many times as long: nobody has timed one."""
_BELIEVED_S: Final = 3.0
"""As many seconds of measured steps weigh as much as that belief."""
BYTES_A_SECOND: Final = 4 * 1024 * 1024
"""Of a copy over Wi-Fi, until this one has been measured."""


class Left:
    """Adds up what is still to come.

    Args:
        expected_s: seconds for each step that will be done, by name, as measured elsewhere.
        copy_bytes: how much of the bundle is to be copied, in the step `copy`.
        rate: how many times as long as that this machine is believed to take.
    """

    def __init__(self, expected_s: Mapping[str, float], copy_bytes: int, rate: float = 1.0) -> None:
        self._expected = dict(expected_s)
        self._copy_bytes = copy_bytes
        self._copy_rate = float(BYTES_A_SECOND)
        self._took, self._ought = rate * _BELIEVED_S, _BELIEVED_S

    def took(self, step: str, seconds: float) -> None:
        """A step is done."""
        expected = self._expected.pop(step, None)
        if step == "copy":
            self._copy_bytes = 0
        elif expected is not None:
            self._took += seconds
            self._ought += expected

    def skipped(self, steps: Iterable[str]) -> None:
        """These were done before."""
        for step in steps:
            self._expected.pop(step, None)

    def copied(self, bytes_left: int, bytes_a_second: float) -> None:
        """The copy is under way."""
        self._copy_bytes, self._copy_rate = bytes_left, max(bytes_a_second, 1.0)

    def seconds(self, spent_s: float = 0.0) -> float:
        """What is left, of which `spent_s` were spent on the present step already.

        >>> left = Left({"units": 12.0, "version": 50.0}, copy_bytes=0, rate=2.0)
        >>> left.seconds(), left.took("units", 84.0), left.seconds()
        (124.0, None, 300.0)
        """
        rate = self._took / self._ought
        return max(0.0, sum(self._expected.values()) * rate - spent_s) + self._copy_bytes / self._copy_rate


def words(seconds: float) -> str:
    """As a person would say it: never more exact than it is known.

    >>> words(4), words(50), words(100), words(170)
    ('a few seconds left', 'under a minute left', 'about 2 min left', 'about 3 min left')
    """
    if seconds < 10:
        return "a few seconds left"
    if seconds < 60:
        return "under a minute left"
    return f"about {max(1, round(seconds / 60 + 0.2))} min left"
