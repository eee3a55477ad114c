"""The whole conversation: what is asked first, the overview in which all of it can be changed, and its end."""

import copy
import tomllib
from datetime import date
from pathlib import Path
from typing import Any, Final

from rich.text import Text

from gateway.config.doubts import doubts
from gateway.config.reading import parse
from gateway.config.tables import Config
from gateway.errors import ConfigError, GatewayError
from gateway.setup.asking import Asker
from gateway.setup.chapters import CHAPTERS, Chapter, Room, compact, settled
from gateway.setup.draft import Draft
from gateway.setup.keeping import before_of, keep, refuse_unwritable, text_of
from gateway.setup.keys import ENTER, Keys
from gateway.setup.listening import Listening
from gateway.setup.merging import Data, merged
from gateway.setup.screen import Screen
from gateway.setup.sensor_edit import choose_sensor
from gateway.setup.shape import is_home

_TENTH: Final = "0"
_SHOWN: Final = 58


class Conversation:
    """One run of `wren setup` over one home.toml.

    Args:
        config: its path.
        today: the day on which it is held.
        listening: pins, radio and daemon.

    Attributes:
        last_words: what stays in the terminal at the end.
    """

    def __init__(self, config: Path, today: date, listening: Listening | None = None) -> None:
        refuse_unwritable(config)
        self._config = config
        self._text = text_of(config)
        self._data = read(self._text, config)
        self._draft = Draft(config, self._text)
        self._done = answered(self._text, self._data)
        self._today = today
        self._listening = listening or Listening()
        self.last_words: list[str] = []

    def hold(self) -> bool:
        """Ask everything; whether home.toml was written. Whatever ends it, the daemon that was stopped is started."""
        screen = Screen()
        is_written = False
        try:
            with Keys() as keys, screen:
                try:
                    is_written = self._talk(Asker(screen, keys))
                finally:
                    self._listening.end(self.last_words.append)
        except KeyboardInterrupt:
            pass
        if not is_written and self._draft.path.exists():
            self.last_words[:0] = ["home.toml is as it was. Your answers are kept: run `wren setup` again to go on."]
        elif not is_written:
            self.last_words[:0] = ["Nothing was changed."]
        return is_written

    def _talk(self, asker: Asker) -> bool:
        self._go_on(asker)
        room = Room(asker, self._data, self._listening, self._today, self._keep)
        for number, chapter in enumerate(CHAPTERS, 1):
            if chapter.name not in self._done:
                self._ask(room, chapter, f"{number} of {len(CHAPTERS)}  {chapter.title}")
        return self._overview(room)

    def _go_on(self, asker: Asker) -> None:
        left = self._draft.left()
        if left is None:
            return
        asker.screen.part = "Where we were"
        lines = ["There are answers from a conversation that was not finished."]
        if not left.is_of_this:
            lines.append("home.toml was changed since then: going on would put the older answers in its place.")
        options = {"g": "go on with them", "n": "begin anew, and forget them"}
        if asker.choice(lines, options, "g" if left.is_of_this else None) == "g":
            self._data, self._done = left.answers, left.done
        else:
            self._draft.drop()

    def _ask(self, room: Room, chapter: Chapter, part: str) -> None:
        room.asker.screen.part = part
        chapter.ask(room)
        self._done = (*(name for name in self._done if name != chapter.name), chapter.name)
        self._keep()

    def _keep(self) -> None:
        self._draft.keep(compact(self._data), self._done)

    def _overview(self, room: Room) -> bool:
        wrong: str | None = None
        keys = {str(number % 10): chapter for number, chapter in enumerate(CHAPTERS, 1)}
        while True:
            room.asker.screen.part = "All of it"
            lines = [Text("This is what will be written. Press a number to change something.")]
            for key, chapter in keys.items():
                said = chapter.says(self._data)
                said = said if len(said) <= _SHOWN else f"{said[: _SHOWN - 1]}…"
                lines.append(Text.assemble("  ", (key, "bold cyan"), f"  {chapter.title:<15} {said}"))
            lines += [Text(), Text(wrong, style="yellow")] if wrong else []
            pressed = room.asker.key(lines, "A number; s: the file itself; q: leave it for later; Enter: write it.")
            if pressed in keys:
                self._change(room, keys[pressed])
                wrong = None
            elif pressed == "s":
                room.asker.tell(masked(merged(self._text, settled(copy.deepcopy(self._data)))).splitlines())
            elif pressed == "q":
                return False
            elif pressed == ENTER:
                wrong = self._write(room)
                if wrong is None:
                    return True

    def _change(self, room: Room, chapter: Chapter) -> None:
        if chapter.name == "sensors" and room.data.get("sensors") and choose_sensor(room.asker, room.data) != "+":
            room.asker.screen.part = chapter.title
            self._keep()
            return
        self._ask(room, chapter, chapter.title)

    def _write(self, room: Room) -> str | None:
        """Put it in its place; what is wrong otherwise, in a sentence or two."""
        now = text_of(self._config)
        if now != self._text:
            lines = ["home.toml was changed by somebody else meanwhile. Write what was answered here over it?",
                     f"What is there now would be kept as {before_of(self._config).name}."]  # fmt: skip
            if not room.asker.yes(lines, default=False):
                return "Nothing was written. q leaves the answers for later."
            self._text = now
        data = settled(self._data)
        try:
            text = merged(self._text, data)
            is_new = text != self._text
            config = keep(self._config, text) if is_new else parse(text, where=str(self._config))
        except GatewayError as error:
            return f"{error.problem} {error.advice}"
        self._draft.drop()
        is_started = self._listening.has_stopped  # it will be, with what is written
        self.last_words += _ending(
            self._config, config, is_new=is_new, was_there=bool(self._text), is_started=is_started
        )
        return None


def answered(text: str, data: Data) -> tuple[str, ...]:
    """The chapters that a home.toml leaves nothing to ask of: all, if it is accepted."""
    try:
        parse(text)
    except ConfigError:
        said = [one.name for one in CHAPTERS if one.name in data]
        return tuple([*said, "clock"] if "timezone" in data.get("home", {}) else said)
    return tuple(one.name for one in CHAPTERS)


def read(text: str, path: Path) -> Data:
    """The tables of a home.toml as they stand there. Raises ConfigError if it is no TOML, or no home in any form."""
    try:
        found: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        advice = "Correct that line, or move the file away and begin anew."
        raise ConfigError(f"{path}: {error}.", advice=advice) from error
    if not is_home(found):
        parse(text, where=str(path))  # it says what, and in which line
    return found


def _ending(path: Path, config: Config, *, is_new: bool, was_there: bool, is_started: bool) -> list[str]:
    """What was done, what is doubtful, and what comes next."""
    words = [f"{path} is written." if is_new else f"{path} is as it was: nothing was changed."]
    if is_new and was_there:
        words.append(f"The one before is kept as {before_of(path)}.")
    found = list(doubts(config))
    if found:
        words += ["", "Worth a look before you leave:", *(f"  - {one}" for one in found)]
    at = "" if path == Path("/etc/wren/home.toml") else f" --config {path}"
    words += ["", "What comes next:", f"  wren check{at}", "      what all of this means, in words"]
    if not is_started:
        words += ["  sudo systemctl restart wren", "      the home is watched by what is written now"]
    if config.uplink is not None:
        words += [f"  sudo wren enrol{at}", "      the desk gets to know this gateway"]
    return [*words, f"  sudo wren walk-test{at}", "      every sensor once, until the home may be called live"]


def masked(text: str) -> str:
    r"""The text without the keys of its sensors: somebody may look over a shoulder.

    >>> masked('ble = { profile = "bthome", key = "00112233445566778899aabbccddeeff" }')
    'ble = { profile = "bthome", key = "…" }'
    """
    import re

    return re.sub(r"(\bkey\s*=\s*)([\"'])[0-9A-Fa-f]{32}\2", r'\1"…"', text)
