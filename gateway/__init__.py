"""The shell of Wren: devices, time, disk, network, processes. It imports `models`; never the other way."""

from typing import Final

VERSION: Final = "0.1.0"
