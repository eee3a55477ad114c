"""The profiles that Wren makes: files of NetworkManager's own form, root's alone from the first byte on.

The password stands in such a file and nowhere else: in no argument, no log and no message.
"""

import os
import uuid as uuids
from pathlib import Path
from typing import Final

from gateway.errors import InputError, StoreError
from gateway.wifi.networks import Network
from gateway.wifi.nmcli import NmcliFailed, nmcli, rows

FOLDER: Final = Path("/etc/NetworkManager/system-connections")
PREFIX: Final = "wren-wifi-"
_NAMES: Final = ("NAME", "UUID", "TYPE")
_HEX: Final = frozenset("0123456789abcdefABCDEF")


def refuse_password(network: Network, password: str) -> None:
    """Raises InputError, which does not repeat it."""
    if network.security == "other":
        advice = "Use another network, or have the provider set this one up (`nmcli --ask device wifi connect`)."
        raise InputError("This network wants a user name, or is of an old and unsafe kind.", advice=advice)
    if network.security == "open":
        return
    is_key = len(password) == 64 and set(password) <= _HEX
    if not is_key and not (8 <= len(password) <= 63 and all(" " <= one <= "~" for one in password)):
        raise InputError(
            "That is no Wi-Fi password: it has 8 to 63 letters, digits and signs of ASCII.",
            advice="It often stands on the back of the router.",
        )


def new_uuid() -> str:
    """For a profile that is to be made."""
    return str(uuids.uuid4())


def write(network: Network, password: str, uuid: str, folder: Path = FOLDER) -> None:
    """Make the profile, and have NetworkManager know it.

    It does not come up by itself until it has been proven: after a power cut in the middle the one before does.
    Raises StoreError, NmcliFailed.
    """
    path = folder / f"{PREFIX}{uuid}.nmconnection"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(_text(network, password, uuid))
            file.flush()
            os.fsync(handle)
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error.strerror}.", advice="Run this as root.") from error
    try:
        nmcli("connection", "load", str(path))
    except NmcliFailed:
        path.unlink(missing_ok=True)
        raise


def keep(uuid: str) -> None:
    """It comes up by itself from now on, before the others. Raises NmcliFailed."""
    nmcli(
        "connection", "modify", "uuid", uuid, "connection.autoconnect", "yes", "connection.autoconnect-priority", "10"
    )


class WrensOwn:
    """All of them, as `gateway.leaving` removes them."""

    def made(self) -> tuple[str, ...]:
        """Their UUIDs; none where there is no NetworkManager."""
        try:
            listed = rows(nmcli("--fields", ",".join(_NAMES), "connection", "show"), _NAMES)
        except NmcliFailed:
            return ()
        return tuple(row["UUID"] for row in listed if row["NAME"].startswith(PREFIX))

    def remove(self, uuid: str) -> None:
        """One goes, also one that NetworkManager was not told of yet. Raises NmcliFailed, StoreError."""
        if uuid in self.made():
            nmcli("connection", "delete", "uuid", uuid)
        path = FOLDER / f"{PREFIX}{uuid}.nmconnection"
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(f"{path} cannot be removed: {error.strerror}.", advice="Run this as root.") from error


def _text(network: Network, password: str, uuid: str) -> str:
    ssid = "".join(f"{byte};" for byte in network.ssid)
    lines = [
        "[connection]", f"id={PREFIX}{uuid[:8]}", f"uuid={uuid}", "type=wifi", "autoconnect=false", "",
        "[wifi]", "mode=infrastructure", f"ssid={ssid}", "",
    ]  # fmt: skip
    if network.security != "open":
        # in a key file a backslash is written twice, and a space at either end as \s
        lines += [
            "[wifi-security]",
            f"key-mgmt={network.security}",
            f"psk={password.replace(chr(92), chr(92) * 2).replace(' ', chr(92) + 's')}",
            "",
        ]
    return "\n".join([*lines, "[ipv4]", "method=auto", "", "[ipv6]", "method=auto", ""])
