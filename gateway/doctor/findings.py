"""What a check says: its state, the cause as a closed word, why in a sentence, and the exact next step."""

from enum import StrEnum
from typing import NamedTuple


class State(StrEnum):
    """How a check ended."""

    FAIL = "fail"
    """The home is not watched as it should be, or its desk does not hear of it, until somebody does something."""
    WARN = "warn"
    """It works, and will not for long, or not as well as it could."""
    PASS = "pass"  # noqa: S105 - no password
    SKIP = "skip"
    """Not looked at: it says nothing here, this user may not look, or its cause is told by another check."""


class Finding(NamedTuple):
    """One thing that a check says.

    Attributes:
        check: its name in `gateway.doctor.catalogue`, such as "radio.adapter".
        state: how it ended.
        why: what was seen, as a sentence. It may name a sensor or a place, and is shown on this gateway alone.
        next: the exact next step; empty for what passed.
        cause: the word of the catalogue for what is wrong; empty for what passed. All that a support file has of it.
    """

    check: str
    state: State
    why: str
    next: str = ""
    cause: str = ""

    @property
    def group(self) -> str:
        """The part of the machine that it is about."""
        return self.check.partition(".")[0]


def passed(check: str, why: str) -> Finding:
    """Nothing is wrong there."""
    return Finding(check, State.PASS, why)


def failed(check: str, cause: str, why: str, step: str) -> Finding:
    """Something is wrong that nothing here mends by itself."""
    return Finding(check, State.FAIL, why, step, cause)


def warned(check: str, cause: str, why: str, step: str) -> Finding:
    """Something is not as it should be."""
    return Finding(check, State.WARN, why, step, cause)


def skipped(check: str, why: str, step: str = "") -> Finding:
    """It was not looked at, and why not."""
    return Finding(check, State.SKIP, why, step)
