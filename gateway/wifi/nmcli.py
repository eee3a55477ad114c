r"""NetworkManager by its own command, in the form that it keeps stable for programs (nmcli(1), `--terse --escape yes`).

A field ends with ":"; in a field ":" and "\" stand behind a "\". A network's name is bytes of anybody in the street:
it is asked for as hexadecimal digits, and what is shown of it can move no cursor (`shown`).
"""

import os
import subprocess
from collections.abc import Sequence
from typing import Final

from gateway.errors import GatewayError

WITHIN_S: Final = 30.0


class NmcliFailed(GatewayError):
    """NetworkManager did not do it."""


def nmcli(*arguments: str, within_s: float = WITHIN_S) -> str:
    """What `nmcli` says; everybody on this machine can see `arguments`, so no secret is in them. Raises NmcliFailed."""
    command = ["nmcli", "--terse", "--escape", "yes", "--colors", "no", *arguments]
    environ = {**os.environ, "LC_ALL": "C.UTF-8"}
    try:
        done = subprocess.run(command, capture_output=True, timeout=within_s, check=False, env=environ)  # noqa: S603
    except FileNotFoundError as error:
        advice = "Raspberry Pi OS has it from Bookworm on; `systemctl status NetworkManager` says whether it runs."
        raise NmcliFailed("NetworkManager's `nmcli` is not on this machine.", advice=advice) from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NmcliFailed("NetworkManager does not answer.", advice=_ADVICE) from error
    if done.returncode != 0:
        said = shown(done.stderr.strip().splitlines()[-1])[:200] if done.stderr.strip() else "it does not say why"
        raise NmcliFailed(f"NetworkManager: {said.removeprefix('Error: ').rstrip('.')}.", advice=_ADVICE)
    return done.stdout.decode("utf-8", "replace")


_ADVICE: Final = "`journalctl -u NetworkManager` says more. Run this as root."


def fields(line: str) -> list[str]:
    r"""The fields of a terse line.

    >>> fields(r"*:4C:AA\:BB:a\\b:")
    ['*', '4C', 'AA:BB', 'a\\b', '']
    """
    found, escaped = [""], False
    for one in line:
        if escaped or one not in "\\:":
            found[-1] += one
            escaped = False
        elif one == "\\":
            escaped = True
        else:
            found.append("")
    return found


def rows(text: str, names: Sequence[str]) -> list[dict[str, str]]:
    """The lines that have as many fields as `names`, by name; another line is none of ours."""
    split = [fields(line) for line in text.split("\n")]  # a name may hold all else that `splitlines` would split at
    return [dict(zip(names, one, strict=True)) for one in split if len(one) == len(names)]


def shown(name: bytes) -> str:
    r"""A name that anybody may have chosen, as it can be put on a terminal, and typed again: no two look alike.

    >>> shown(b"Home"), shown("Café".encode()), shown(b"\x1b[2J\xff"), shown(b"a\\x41"), shown(b"")
    ('Home', 'Café', '\\x1b[2J\\xff', 'a\\x5cx41', '')
    >>> shown(" Home\u202e".encode())
    '\\x20Home\\xe2\\x80\\xae'
    """
    text = name.decode("utf-8", "surrogateescape")
    safe = "".join(one if one.isprintable() and one != "\\" else _escaped(one) for one in text)
    for end in (slice(0, 1), slice(-1, None)):
        if safe[end] == " ":
            safe = "\\x20" + safe[1:] if end.start == 0 else safe[:-1] + "\\x20"
    return safe


def _escaped(one: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in one.encode("utf-8", "surrogateescape"))
