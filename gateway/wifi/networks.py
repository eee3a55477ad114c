"""The Wi-Fi networks that NetworkManager sees, and the one that this gateway is in."""

from typing import Final, Literal, NamedTuple

from gateway.wifi.nmcli import nmcli, rows, shown

_SEEN: Final = ("IN-USE", "SSID-HEX", "CHAN", "SIGNAL", "SECURITY", "DEVICE")
_ACTIVE: Final = ("UUID", "TYPE", "DEVICE")
_WIFI: Final = "802-11-wireless"

Security = Literal["open", "wpa-psk", "sae", "other"]


class Network(NamedTuple):
    """One network, by the strongest of its access points.

    Attributes:
        ssid: its name, bytes of whoever set it up.
        signal: 0 to 100.
        security: as a profile names it; "other": with a user name, or WEP.
        in_use: this gateway is in it.
    """

    ssid: bytes
    channel: str
    signal: int
    security: Security
    device: str
    in_use: bool

    @property
    def name(self) -> str:
        """As it can be shown, and typed again."""
        return shown(self.ssid)


class Active(NamedTuple):
    """The Wi-Fi connection that is up: the UUID of its profile, and its device."""

    uuid: str
    device: str


def seen() -> list[Network]:
    """The strongest first; hidden ones are left out. Raises NmcliFailed.

    One name that is protected in two ways is two networks: the other one may be anybody's.
    """
    best: dict[tuple[bytes, Security], Network] = {}
    for row in rows(nmcli("--fields", ",".join(_SEEN), "device", "wifi", "list"), _SEEN):
        try:
            ssid = bytes.fromhex(row["SSID-HEX"])
            signal = int(row["SIGNAL"])
        except ValueError:
            continue
        one = Network(ssid, row["CHAN"], signal, _security(row["SECURITY"]), row["DEVICE"], row["IN-USE"] == "*")
        before = best.get((ssid, one.security))
        if ssid.strip(b"\0") and (before is None or (one.in_use, one.signal) > (before.in_use, before.signal)):
            best[ssid, one.security] = one
    return sorted(best.values(), key=lambda one: (not one.in_use, -one.signal, one.ssid))


def active() -> Active | None:
    """The Wi-Fi connection that is up; None if none is. Raises NmcliFailed."""
    found = rows(nmcli("--fields", ",".join(_ACTIVE), "connection", "show", "--active"), _ACTIVE)
    return next((Active(row["UUID"], row["DEVICE"]) for row in found if row["TYPE"] == _WIFI), None)


def by_cable() -> str:
    """The device of a cable that is connected, over which the desk may be reached, too; "" if there is none."""
    names = ("DEVICE", "TYPE", "STATE")
    found = rows(nmcli("--fields", ",".join(names), "device", "status"), names)
    return next((row["DEVICE"] for row in found if row["TYPE"] == "ethernet" and row["STATE"] == "connected"), "")


def _security(words: str) -> Security:
    """What NetworkManager's SECURITY comes to.

    >>> [_security(words) for words in ("", "--", "WPA1 WPA2", "WPA2 WPA3", "WPA3", "WPA2 802.1X", "WEP")]
    ['open', 'open', 'wpa-psk', 'wpa-psk', 'sae', 'other', 'other']
    """
    known = set(words.split()) - {"--"}
    if not known:
        return "open"
    if "802.1X" in known or not known & {"WPA1", "WPA2", "WPA3"}:
        return "other"
    return "sae" if known & {"WPA1", "WPA2", "WPA3"} == {"WPA3"} else "wpa-psk"
