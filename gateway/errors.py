"""Errors that say what to do next.

Every error that a person may see is a `GatewayError`: what is wrong, where, and `advice`, the next step.
What may pass by itself is a subclass named `…Unavailable` and is retried with backoff; a bug is any other
exception, ends the process, and systemd starts it again.
"""

from typing import ClassVar


class GatewayError(Exception):
    """Something is wrong and a person can do something about it.

    Args:
        problem: what is wrong, and where, as a sentence.
        advice: the next thing to do, as a sentence.

    Attributes:
        exit_code: what a command ends with when this error ends it (docs/commands.md).
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, problem: str, *, advice: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.advice = advice


class ConfigError(GatewayError):
    """The configuration is refused; the last good one, if any, keeps running."""

    exit_code = 2


class NotEnrolled(ConfigError):
    """This gateway has no key, or none that works on this board: the provider cannot know it."""


class InputError(GatewayError):
    """A file or an argument given by a person cannot be used; nothing was changed."""

    exit_code = 2


class SourceError(GatewayError):
    """A sensor source cannot work as configured; retrying will not help."""

    exit_code = 3


class SourceUnavailable(SourceError):
    """A sensor source is away for now (no adapter, no bus); the caller retries it with backoff."""


class DecodeError(GatewayError):
    """A payload from a device is malformed; it is counted and dropped."""


class StoreError(GatewayError):
    """A database cannot be used; retrying the same write will not help."""

    exit_code = 4


class StoreUnavailable(StoreError):
    """A database cannot be used for now (another process has it, or its writer must tidy up); retry."""


class StoreCorrupt(StoreError):
    """A database is damaged; the caller moves it aside, starts anew and tells the technician."""


class UplinkError(GatewayError):
    """The provider could not be told."""

    exit_code = 5


class UplinkUnavailable(UplinkError):
    """The provider cannot be reached for now; the caller retries with backoff.

    Attributes:
        retry_after_s: how long the provider asked us to wait, or None.
        maybe_message: whether another message may fare better: the provider was reached and stumbled.
    """

    def __init__(
        self, problem: str, *, advice: str, retry_after_s: float | None = None, maybe_message: bool = False
    ) -> None:
        super().__init__(problem, advice=advice)
        self.retry_after_s = retry_after_s
        self.maybe_message = maybe_message


class UplinkRejected(UplinkError):
    """The provider refuses this one message; it is set aside and shown, the rest go on.

    Attributes:
        status: the HTTP status of the refusal.
    """

    def __init__(self, problem: str, *, advice: str, status: int) -> None:
        super().__init__(problem, advice=advice)
        self.status = status
