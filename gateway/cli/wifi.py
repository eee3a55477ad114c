"""`wren wifi`: the networks that are seen, and joining one without losing the way back."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from gateway.cli.options import CONFIG
from gateway.cli.page import Page
from gateway.errors import ConfigError, GatewayError, InputError
from models.localtime import utc_text

if TYPE_CHECKING:
    from gateway.uplink.probe import Asked
    from gateway.wifi.change import Change
    from gateway.wifi.networks import Network

_LOOK_S: Final = 1.0
_PROTECTED: Final = {"open": "open: anybody can read along", "wpa-psk": "password", "sae": "password (WPA3)"}


class NotReached(GatewayError):
    """It went back to the network before."""

    exit_code = 5


@click.command(
    epilog="""\b
Examples:
  wren wifi
  wren wifi --join "Router-7F"
  wren wifi --join "Router-7F" < password
  wren wifi --json
"""
)
@CONFIG
@click.option("--join", metavar="NAME", help="Change to this network, its name as it is shown; asks for its password.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def wifi(config_path: Path, join: str | None, *, as_json: bool) -> None:
    """Show the Wi-Fi networks that are seen, what came of the last change, and join one with --join.

    A change goes on although this connection may break. If the desk is not reached over the new network within a
    minute and a half, this gateway goes back to the one before by itself; the old profile stays in any case. Log in
    again and say `wren wifi`: it says what came of it. The password is asked for here, or read from standard input, and
    stands only in NetworkManager's own file. Run it as root. Ends with 0; 1 if NetworkManager does not do it, 2 if the
    configuration or an option is refused, 4 if a file cannot be written, 5 if it went back because the desk was not
    reached.
    """
    from gateway.wifi import change, networks

    held = change.hold(change.FOLDER)
    last = change.read(change.FOLDER)
    if held is not None and last is not None and last.became == "trying":
        last = change.go_back(last, "the change was cut off", change.FOLDER)
    if join is None:
        _show(networks.seen(), last, as_json=as_json)
        return
    if held is None:
        raise InputError("A change is under way.", advice="Wait three minutes, and say `wren wifi`.")
    made = _join(_named(networks.seen(), join), _desk(config_path), held)
    if as_json:
        click.echo(json.dumps(_document(made), sort_keys=True))
    else:
        click.echo(_said(made))
    if made.became != "kept":
        raise NotReached(f"{_name(made)} is not used.", advice=f"Because: {made.why}.")


def _join(network: "Network", asked: "Asked | None", held: int) -> "Change":
    """Have the change made by a process that holds the lock, and wait for it."""
    from gateway.wifi import change, networks, profiles

    password = "" if network.security == "open" else _password(network)
    profiles.refuse_password(network, password)
    before = networks.active()
    old = "" if before is None else before.uuid
    wanted = change.Change(
        uuid=profiles.new_uuid(), before=old, ssid=network.ssid.hex(), began_s=int(time.time()), asked=asked
    )
    change.write(wanted, change.FOLDER)  # first: whatever ends this now, the next look takes the profile away
    try:
        profiles.write(network, password, wanted.uuid, profiles.FOLDER)
    except GatewayError:
        change.go_back(wanted, "its profile could not be made", change.FOLDER)
        raise
    click.echo(
        "Changing over. If this connection breaks: log in again after three minutes, and say `wren wifi`.", err=True
    )
    # a session of its own: it must outlive this terminal, which may hang on the Wi-Fi that changes
    with subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-P", "-m", "gateway.wifi.change", str(change.FOLDER)], start_new_session=True,
        pass_fds=[held], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        process.wait()
    made = change.read(change.FOLDER)
    if made is None or made.became == "trying":
        made = change.go_back(wanted, "the change was cut off", change.FOLDER)
    return made


def _named(seen: "list[Network]", name: str) -> "Network":
    # one without a password can have anybody's name
    found = min((one for one in seen if one.name == name), key=lambda one: one.security == "open", default=None)
    if found is None:
        names = (
            ", ".join(one.name for one in seen[:8]) or "none; is Wi-Fi on (`nmcli radio wifi`), and its country set?"
        )
        raise InputError(f"No network of this name is seen: {name!a}.", advice=f"Seen: {names}")
    if found.in_use:
        raise InputError(
            "This gateway is in that network already.", advice="`wren status` says whether the desk hears."
        )
    return found


def _password(network: "Network") -> str:
    if sys.stdin.isatty():
        return str(click.prompt(f"Password of {network.name}", hide_input=True, err=True))
    return sys.stdin.buffer.read(4096).decode("utf-8", "replace").rstrip("\r\n")


def _desk(config_path: Path) -> "Asked | None":
    """The desk that must be reached; None if there is no configuration yet, or it has none."""
    from gateway.config.reading import load
    from gateway.uplink.probe import Asked

    if not os.path.lexists(config_path):
        click.echo(f"There is no {config_path} yet: no desk is known, so a connection is proof enough.", err=True)
        return None
    uplink = load(config_path).uplink
    if uplink is None:
        return None
    try:
        pem = None if uplink.ca_file is None else Path(uplink.ca_file).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{uplink.ca_file}: not readable as a certificate authority.", advice="Run this as root."
        ) from error
    return Asked(uplink.url, pem)


def _show(seen: "list[Network]", last: "Change | None", *, as_json: bool) -> None:
    if as_json:
        found = [
            {"name": one.name, "ssid_hex": one.ssid.hex(), "signal": one.signal, "channel": one.channel}
            | {"security": one.security, "in_use": one.in_use}
            for one in seen
        ]
        click.echo(
            json.dumps({"networks": found, "last_change": None if last is None else _document(last)}, sort_keys=True)
        )
        return
    page = Page()
    if last is not None:
        page.say(_said(last), "green" if last.became == "kept" else "yellow")
        page.say()
    if not seen:
        page.say("No network is seen. Is Wi-Fi switched on (`nmcli radio wifi`), and its country set (`raspi-config`)?")
        return
    rows = [
        ["in use" if one.in_use else "", one.name, f"{one.signal} %", f"channel {one.channel}", _protected(one)]
        for one in seen
    ]
    page.table(rows, ["bold" if one.in_use else "" for one in seen])


def _protected(network: "Network") -> str:
    return _PROTECTED.get(network.security, "a user name, or WEP: not for a gateway")


def _name(change: "Change") -> str:
    from gateway.wifi.nmcli import shown

    return shown(bytes.fromhex(change.ssid))


def _said(change: "Change") -> str:
    name = _name(change)
    if change.became == "kept":
        desk = "the desk is reached over it" if change.asked else "no desk was asked"
        also = f" (a cable is in {change.cable}: it may have been reached over that)" if change.cable else ""
        return f"{utc_text(change.ended_s)}: changed to {name}; {desk}{also}. The network before stays known."
    if change.became == "went_back":
        return f"{utc_text(change.ended_s)}: went back from {name}: {change.why}."
    if change.became == "alone":
        return f"{utc_text(change.ended_s)}: {name} did not do ({change.why}), and the network before does not come up."
    return f"{utc_text(change.began_s)}: changing to {name}, not ended yet."


def _document(change: "Change") -> dict[str, Any]:
    return {
        "name": _name(change), "ssid_hex": change.ssid, "became": change.became, "why": change.why,
        "began_s": change.began_s, "ended_s": change.ended_s, "cable": change.cable,
    }  # fmt: skip
