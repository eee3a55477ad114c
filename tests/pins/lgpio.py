"""What gpiozero imports as `lgpio` where the pins are simulated (see this package's docstring): names, numbers and
errors as in lgpio 0.2.2, for what gpiozero's LGPIOFactory calls without PWM and SPI. The standard library alone.
"""

import itertools
import json
import os
import queue
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import gpiozero.pins.local

SET_ACTIVE_LOW, SET_OPEN_DRAIN, SET_OPEN_SOURCE = 4, 8, 16
SET_PULL_UP, SET_PULL_DOWN, SET_PULL_NONE = 32, 64, 128
RISING_EDGE, FALLING_EDGE, BOTH_EDGES = 1, 2, 3

_BAD_HANDLE, _CANNOT_OPEN_CHIP, _GPIO_BUSY, _NOT_ALLOCATED, _BAD_DEBOUNCE = -5, -78, -79, -80, -98
_SAYS = {
    _BAD_HANDLE: "unknown handle",
    _CANNOT_OPEN_CHIP: "can not open gpiochip",
    _GPIO_BUSY: "GPIO busy",
    _NOT_ALLOCATED: "GPIO not allocated",
    _BAD_DEBOUNCE: "bad debounce microseconds",
    -73: "bad GPIO number",
    -104: "GPIO not set as an output",
}
_MODE_BITS = {"input": 1 << 8, "output": (1 << 9) | (1 << 1), "alert": 1 << 10}
_ANSWER_S = 10.0

Edge = Callable[[int, int, int, int], None]
"""Called with the chip, the line, the level (1 is high) and the kernel's stamp in ns."""


class error(Exception):  # noqa: N801 - its name in lgpio
    """What lgpio raises; its text is in quotes, as there."""

    def __init__(self, value: str) -> None:
        self.value = value

    def __str__(self) -> str:
        return repr(self.value)


def _error(number: int) -> error:
    return error(_SAYS.get(number, f"unknown error {number}"))


def _revision() -> int:
    return int(os.environ.get("WREN_PINS_REVISION", "c03115"), 16)


gpiozero.pins.local.get_pi_revision = _revision


class _Chip:
    """An open chip: questions go out one after another, and edges come in between."""

    def __init__(self, number: int) -> None:
        self.number = number
        self._stream = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._stream.connect(os.environ.get("WREN_PINS", f"/dev/gpiochip{number}"))
        except OSError as refused:
            self._stream.close()
            raise _error(_CANNOT_OPEN_CHIP) from refused
        self._ids = itertools.count()
        self._lock = threading.Lock()
        self._answers: queue.Queue[dict[str, Any] | None] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def ask(self, do: str, pin: int, **rest: object) -> dict[str, Any]:
        with self._lock:
            number = next(self._ids)
            try:
                self._stream.sendall(json.dumps({"id": number, "do": do, "pin": pin, **rest}).encode() + b"\n")
                answer = self._answers.get(timeout=_ANSWER_S)
                while answer is not None and answer.get("id") != number:  # of a question that Ctrl-C has ended
                    answer = self._answers.get(timeout=_ANSWER_S)
            except (OSError, queue.Empty):
                answer = None
        if answer is None:
            raise _error(_BAD_HANDLE)
        if "error" in answer:
            raise _error(answer["error"])
        return answer

    def close(self) -> None:
        with suppress(OSError):
            self._stream.shutdown(socket.SHUT_RDWR)
        self._stream.close()

    def _read(self) -> None:
        with suppress(OSError, ValueError), self._stream.makefile("rb") as lines:
            for line in lines:
                message = json.loads(line)
                if "ns" in message:
                    _edges.put((self.number, message["pin"], message["level"], message["ns"]))
                else:
                    self._answers.put(message)
        self._answers.put(None)


class callback:  # noqa: N801 - its name in lgpio
    """Calls `func` at each edge of a line, in the one thread of all callbacks, until cancelled."""

    def __init__(self, handle: int, gpio: int, edge: int = RISING_EDGE, func: Edge | None = None) -> None:
        assert func is not None, "the count that lgpio keeps without a function is not simulated"
        self.line = (_chip(handle).number, gpio)
        self.edge = edge
        self.func = func
        _callbacks.append(self)

    def cancel(self) -> None:
        with suppress(ValueError):
            _callbacks.remove(self)


def _tell() -> None:
    while True:
        chip, pin, level, ns = _edges.get()
        for one in tuple(_callbacks):
            if one.line == (chip, pin):
                one.func(chip, pin, level, ns)


def _fifo() -> None:
    # the real one has its thread read this FIFO, and cannot be imported where it may not make it
    with suppress(FileNotFoundError):
        os.unlink(".lgd-nfy0")  # noqa: PTH108 - as the C library does it
    os.mkfifo(".lgd-nfy0", 0o600)


_chips: dict[int, _Chip] = {}
_callbacks: list[callback] = []
_edges: queue.Queue[tuple[int, int, int, int]] = queue.Queue()
_fifo()
threading.Thread(target=_tell, daemon=True).start()


def _chip(handle: int) -> _Chip:
    try:
        return _chips[handle]
    except KeyError:
        raise _error(_BAD_HANDLE) from None


def gpiochip_open(gpiochip: int) -> int:
    chip = _Chip(gpiochip)
    handle = len(_chips) | gpiochip << 16
    _chips[handle] = chip
    return handle


def gpiochip_close(handle: int) -> int:
    _chip(handle).close()
    del _chips[handle]
    return 0


def gpio_claim_input(handle: int, gpio: int, lFlags: int = 0) -> int:  # noqa: N803 - its names in lgpio
    _chip(handle).ask("claim", gpio, mode="input", flags=lFlags)
    return 0


def gpio_claim_output(handle: int, gpio: int, level: int = 0, lFlags: int = 0) -> int:  # noqa: N803
    _chip(handle).ask("claim", gpio, mode="output", flags=lFlags, level=int(bool(level)))
    return 0


def gpio_claim_alert(handle: int, gpio: int, eFlags: int, lFlags: int = 0) -> int:  # noqa: N803
    _chip(handle).ask("claim", gpio, mode="alert", flags=lFlags, edges=eFlags)
    return 0


def gpio_free(handle: int, gpio: int) -> int:
    _chip(handle).ask("free", gpio)
    return 0


def gpio_get_mode(handle: int, gpio: int) -> int:
    line = _chip(handle).ask("mode", gpio)
    in_use = 1 if line["mode"] else 0
    own = _MODE_BITS.get(line["mode"], 0) if line["mine"] else _MODE_BITS.get(line["mode"], 0) & 2
    return in_use | own | int(line["flags"])


def gpio_read(handle: int, gpio: int) -> int:
    return int(_chip(handle).ask("read", gpio)["level"])


def gpio_write(handle: int, gpio: int, level: int) -> int:
    _chip(handle).ask("write", gpio, level=int(bool(level)))
    return 0


def gpio_set_debounce_micros(handle: int, gpio: int, debounce_micros: int) -> int:
    """Only switching it off is simulated: Wren debounces by itself."""
    _chip(handle).ask("mode", gpio)
    if debounce_micros:
        raise _error(_BAD_DEBOUNCE)
    return 0
