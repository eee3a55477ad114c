"""A private dbus-daemon in a folder of its own; it can be killed and started again at the same address."""

import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest

_CONFIGURATION = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
  </policy>
</busconfig>
"""


class PrivateBus:
    """`start()` it, give `address` to clients, `stop()` it."""

    def __init__(self, folder: Path) -> None:
        self._socket = folder / "bus"
        self._configuration = folder / "bus.conf"
        self._configuration.write_text(_CONFIGURATION.format(socket=self._socket))
        self._daemon: subprocess.Popen[bytes] | None = None
        self.address = f"unix:path={self._socket}"

    def start(self) -> None:
        program = shutil.which("dbus-daemon")
        if program is None:
            pytest.skip("dbus-daemon is not installed (Debian: apt install dbus)")
        self._daemon = subprocess.Popen([program, f"--config-file={self._configuration}", "--nofork", "--nopidfile"])
        deadline = time.monotonic() + 10
        while not self._listens():
            assert self._daemon.poll() is None, "dbus-daemon ended at once"
            assert time.monotonic() < deadline, "dbus-daemon does not listen"
            time.sleep(0.002)

    def _listens(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(self._socket)) == 0

    def stop(self) -> None:
        if self._daemon is not None:
            self._daemon.kill()
            self._daemon.wait()
            self._daemon = None
        self._socket.unlink(missing_ok=True)
