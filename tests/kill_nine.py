"""kill -9 of a child that says on stdout, line by line, what it has made durable."""

import signal
import subprocess
import sys
import time
from pathlib import Path


def said_before_kill(module: str, path: Path, lines: int, share: float) -> list[int]:
    """The numbers that `python -m module path` said before it was killed, at least `lines` (two or more) of them.

    It is killed once it has said those, and `share` of the time that one takes it has passed: by what it has done, so
    that it is as far on a busy machine as on an idle one.
    """
    command = [sys.executable, "-m", module, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        said = child.stdout.readline()
        assert said, child.stderr.read()
        began_s = time.monotonic()
        for _ in range(lines - 1):
            said += child.stdout.readline()
        time.sleep(share * (time.monotonic() - began_s) / (lines - 1))
        child.send_signal(signal.SIGKILL)
        # A last line without its end was cut by the kill: it says nothing.
        whole = (said + child.stdout.read()).split("\n")[:-1]
        assert child.wait() == -signal.SIGKILL, child.stderr.read()
    return [int(line) for line in whole]
