"""The answers so far, beside home.toml: what a cut leaves behind, and where the next run goes on."""

import hashlib
import tomllib
from pathlib import Path
from typing import Any, Final, NamedTuple

from gateway import small_files
from gateway.errors import InputError
from gateway.setup.shape import is_home

_MOST_BYTES: Final = 1 << 20


class Left(NamedTuple):
    """A draft: the answers, what was asked already, and whether home.toml is still as it was then."""

    answers: dict[str, Any]
    done: tuple[str, ...]
    is_of_this: bool


class Draft:
    """The file `home.toml.draft`, mode 0600 of who asks: it may hold keys of sensors.

    Args:
        config: the path of home.toml.
        text: what is in that file now.
    """

    def __init__(self, config: Path, text: str) -> None:
        self.path = config.resolve().with_name(f"{config.name}.draft")
        self._begun_from = hashlib.sha256(text.encode()).hexdigest()

    def left(self) -> Left | None:
        """What an earlier run left; None if nothing, or nothing that can be read."""
        try:
            raw = tomllib.loads(small_files.read(self.path, _MOST_BYTES).decode())
        except (OSError, ValueError):
            return None
        answers, done = raw.get("answers"), raw.get("done")
        if not isinstance(answers, dict) or not is_home(answers) or not isinstance(done, list):
            return None
        return Left(answers, tuple(map(str, done)), raw.get("begun_from") == self._begun_from)

    def keep(self, answers: dict[str, Any], done: tuple[str, ...]) -> None:
        """Put the answers on the card. Raises InputError."""
        import tomlkit

        head = "# What `wren setup` was told so far. Run it again to go on; it removes this file at its end.\n"
        text = head + tomlkit.dumps({"begun_from": self._begun_from, "done": list(done), "answers": answers})
        try:
            small_files.write(self.path, text.encode(), flushed=True)
        except OSError as error:
            problem = f"{self.path} cannot be written: {error.strerror}."
            raise InputError(problem, advice="Make room on the card, or run this as root.") from error

    def drop(self) -> None:
        """The answers are in home.toml, or nobody wants them."""
        self.path.unlink(missing_ok=True)
