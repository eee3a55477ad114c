"""NetworkManager's `nmcli`, stood in for."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

OLD = "11111111-1111-4111-8111-111111111111"
PASSWORD = "correct horse: battery\\staple "


def network(ssid: bytes, signal: int, security: str = "WPA2", psk: str = PASSWORD) -> dict[str, Any]:
    row = {"SSID-HEX": ssid.hex().upper(), "CHAN": "6", "SIGNAL": str(signal), "SECURITY": security, "DEVICE": "wlan0"}
    return row | {"psk": "" if security == "" else psk}


@dataclass
class Radio:
    """What NetworkManager would know, and where Wren puts its files."""

    folder: Path

    @property
    def changes(self) -> Path:
        return self.folder / "wren-wifi"

    @property
    def profiles(self) -> Path:
        return self.folder / "system-connections"

    @property
    def environ(self) -> dict[str, str]:
        path = f"{self.folder / 'bin'}:{os.environ['PATH']}"
        return {"PATH": path, "NM_STATE": str(self.folder / "nm.json")}

    @property
    def before(self) -> str:
        """Python by which a process uses these folders."""
        return (
            "from pathlib import Path\nimport gateway.wifi.change as c, gateway.wifi.profiles as p\n"
            f"c.FOLDER, p.FOLDER = Path({str(self.changes)!r}), Path({str(self.profiles)!r})\n"
        )

    @property
    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "nm.json").read_text(encoding="utf-8"))
        return found

    def set(self, **changes: Any) -> None:
        (self.folder / "nm.json").write_text(json.dumps({**self.state, **changes}), encoding="utf-8")

    def go(self) -> None:
        """Whatever it holds goes on."""
        (self.folder / "nm.json.go").touch()


@pytest.fixture
def radio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Radio:
    found = Radio(tmp_path)
    (tmp_path / "bin").mkdir()
    found.profiles.mkdir()
    found.changes.mkdir()
    (tmp_path / "bin" / "nmcli").symlink_to(Path(__file__).parent / "nmcli.py")
    home = {"id": "preconfigured", "uuid": OLD, "ssid": b"Old".hex().upper(), "psk": "old password", "file": ""}
    state = {
        "networks": [
            network(b"Old", 50, psk="old password"), network(b"New", 80), network(b"New", 30),
            network(b"Open", 20, ""), network(b"Office", 70, "WPA2 802.1X"), network(b"\x1b[2J:\\\xff", 90),
        ],
        "profiles": {OLD: home}, "active": OLD, "said": [],
    }  # fmt: skip
    (tmp_path / "nm.json").write_text(json.dumps(state), encoding="utf-8")
    for name, value in found.environ.items():
        monkeypatch.setenv(name, value)
    return found
