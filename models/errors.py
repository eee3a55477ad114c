"""What can be wrong with the core's own state. Each says what happens next."""


class ModelError(Exception):
    """Something in the core's own state cannot be used; `advice` says what happens next."""

    def __init__(self, problem: str, *, advice: str) -> None:
        super().__init__(f"{problem} {advice}")
        self.advice = advice


class StateTooNew(ModelError):
    """A newer version wrote this state; the caller keeps it aside and rebuilds from the journal."""


class StateTooOld(ModelError):
    """An older version wrote this state; the caller keeps it aside and rebuilds from the journal."""


class StateCorrupt(ModelError):
    """This state cannot be read; the caller keeps it aside and rebuilds from the journal."""
