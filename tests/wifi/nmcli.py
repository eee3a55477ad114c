#!/usr/bin/env python3
r"""A stand-in for NetworkManager's `nmcli`, as much of it as `wren wifi` uses, in the form of nmcli(1), version 1.42.

What NetworkManager would know stands in $NM_STATE (JSON). Key files are read as GKeyFile reads them; one that others
may read is refused, as the real one does. `die` names a command at which it kills itself; `hold` one that waits until
the file $NM_STATE.go is there.
"""

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

State = dict[str, Any]

STATE = Path(os.environ["NM_STATE"])


def main(arguments: list[str]) -> None:
    state = json.loads(STATE.read_text())
    lines: list[str] = []
    fields: list[str] = []
    while arguments and arguments[0].startswith("-"):
        option = arguments.pop(0)
        if option in ("--escape", "--colors", "--wait", "--fields"):
            value = arguments.pop(0)
            fields = value.split(",") if option == "--fields" else fields
        elif option != "--terse":
            fail(2, f"Error: Option '{option}' is unknown")
    command = " ".join(arguments[:2])
    state["said"].append(arguments)
    STATE.write_text(json.dumps(state))
    if command in state.get("hold", []):
        while not Path(f"{STATE}.go").exists():
            time.sleep(0.02)
    if command in state.get("die", []):
        os.kill(os.getpid(), signal.SIGKILL)
    rest = arguments[2:]
    if command == "device wifi":
        rows = state["networks"]
    elif command == "device status":
        rows = state.get("devices", [])
    elif command == "connection show":
        rows = [
            {"NAME": one["id"], "UUID": uuid, "TYPE": "802-11-wireless", "DEVICE": "wlan0" * (uuid == state["active"])}
            for uuid, one in state["profiles"].items()
            if rest != ["--active"] or uuid == state["active"]
        ]
    else:
        act(command, rest, state)
        STATE.write_text(json.dumps(state))
        return
    for row in rows:
        whole = row | {"IN-USE": "*" if active_ssid(state) == row.get("SSID-HEX") else " "}
        lines.append(":".join(escaped(whole[field]) for field in fields))
    print("\n".join(lines))


def act(command: str, rest: list[str], state: State) -> None:
    if command == "connection load":
        path = Path(rest[0])
        if path.stat().st_mode & 0o077:
            fail(1, f"Error: file {path} is not private")
        read = key_file(path)
        state["profiles"][read["uuid"]] = {**read, "file": str(path)}
        return
    assert rest[0] == "uuid", rest
    found = state["profiles"].get(rest[1])
    if found is None:
        fail(10, f"Error: unknown connection '{rest[1]}'.")
    if command == "connection up":
        known = next((one for one in state["networks"] if one["SSID-HEX"] == found["ssid"]), None)
        state["tries"] = state.get("tries", 0) + 1
        if known is None or rest[1] in state.get("broken", []):
            fail(4, "Error: Connection activation failed: The Wi-Fi network could not be found")
        if known["psk"] != found["psk"]:
            state["active"] = ""
            STATE.write_text(json.dumps(state))
            fail(4, "Error: Connection activation failed: Secrets were required, but not provided.")
        state["active"] = rest[1]
    elif command == "connection modify":
        found |= dict(zip(rest[2::2], rest[3::2], strict=True))
    elif command == "connection delete":
        del state["profiles"][rest[1]]
        Path(found["file"]).unlink()
        state["active"] = "" if state["active"] == rest[1] else state["active"]
    else:
        fail(2, f"Error: {command} is unknown")


def key_file(path: Path) -> dict[str, str]:
    found = {"psk": ""}
    for line in path.read_text(encoding="ascii").splitlines():
        key, _, value = line.partition("=")
        if key == "ssid":
            found["ssid"] = bytes(int(one) for one in value.rstrip(";").split(";")).hex().upper()
        elif key == "psk":
            text = value.lstrip(" ").rstrip(" ")
            found["psk"] = text.replace("\\\\", "\0").replace("\\s", " ").replace("\0", "\\")
        elif key in ("id", "uuid", "key-mgmt", "autoconnect"):
            found[key] = value
    return found


def active_ssid(state: State) -> str | None:
    found = state["profiles"].get(state["active"])
    return None if found is None else str(found["ssid"])


def escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(":", "\\:")


def fail(code: int, said: str) -> NoReturn:
    print(said, file=sys.stderr)
    sys.exit(code)


main(sys.argv[1:])
