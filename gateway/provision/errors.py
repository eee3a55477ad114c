"""What can end a provisioning, and with which code. Each says where, and the next step.

`detail` is what a program on the Pi or ssh said of itself. It may name the house's addresses, so it is shown on the
terminal and never written to a log.
"""

from typing import ClassVar

from gateway.errors import GatewayError


class StepFailed(GatewayError):
    """A step failed: what was done stays, and the same command goes on."""

    kind: ClassVar[str] = "failed"

    def __init__(self, problem: str, *, advice: str, detail: str = "") -> None:
        super().__init__(problem, advice=advice)
        self.detail = detail


class Refused(StepFailed):
    """Nothing was changed: options, bundle, signature, or a machine that cannot become this gateway."""

    exit_code = 2
    kind = "refused"


class DeskFailed(StepFailed):
    """The desk could not be reached or did not take the token; the gateway is installed."""

    exit_code = 5
    kind = "desk"


class LineLost(StepFailed):
    """The Pi cannot be reached, the log-in failed, or the line was cut."""

    exit_code = 6
    kind = "line"


KINDS = {each.kind: each for each in (StepFailed, Refused, DeskFailed, LineLost)}
"""By the word that crosses the line."""
