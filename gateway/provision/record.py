"""What was done and how long it took, as JSON lines: for --json and --log. No secret and no address is ever in it."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from gateway.provision.errors import Refused


class Record:
    """Writes each line at once, so that a run that was killed has said how far it came."""

    def __init__(self, log: Path | None, out: IO[str] | None, now: Callable[[], float] = time.time) -> None:
        self._out = out
        self._now = now
        try:
            self._log = None if log is None else log.open("a", encoding="utf-8")
        except OSError as error:
            raise Refused(
                f"{log} cannot be written: {error.strerror}.", advice="Name another file with --log."
            ) from error

    def line(self, step: str, **more: object) -> None:
        """One line, such as `{"at": ..., "step": "copy", "state": "done", "seconds": 12.5, "says": []}`."""
        at = datetime.fromtimestamp(self._now(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        text = json.dumps({"at": at, "step": step} | more, ensure_ascii=False)
        for file in (self._log, self._out):
            if file is not None:
                file.write(text + "\n")
                file.flush()

    def close(self) -> None:
        """No more comes."""
        if self._log is not None:
            self._log.close()
