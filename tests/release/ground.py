"""A gateway's root file system in a folder, small bundles signed with real keys, and a systemd to play with."""

import io
import json
import shutil
import sqlite3
import subprocess
import tarfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from gateway.errors import GatewayError
from gateway.release import making
from gateway.release.bundle import open_bundle
from gateway.release.here import target_here
from gateway.release.manifest import Target
from gateway.release.services import Unit
from gateway.release.signature import Signers
from gateway.release.updating import Files
from gateway.release.versions import Versions

ORDINARY = {
    "requirements.txt": b"click==8.3.0\n",
    "LICENSE": b"Apache-2.0\n",
    "sbom.cdx.json": b"{}\n",
    "systemd/install": b"#!/bin/sh\n",
    "systemd/tmpfiles.d/wren.conf": b"# folders\n",
    "wheels/pip-26.3-py3-none-any.whl": b"p" * 700,
    "wheels/wren_gateway-0.1.0-py3-none-any.whl": b"w" * 1024,
}


UNITS = ("wren-dbus-proxy.service", "wren.service", "wren-uplink.service")


def key(folder: Path, name: str = "release", kind: str = "ed25519") -> Path:
    path = folder / name
    command = ["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", name, "-f", str(path)]
    subprocess.run(command, check=True, capture_output=True, stdin=subprocess.DEVNULL)
    return path


def public(private: Path) -> str:
    return " ".join(private.with_suffix(".pub").read_text().split()[:2])


def fake_environment(folder: Path, unpacked: Path) -> None:
    """What `environment.build` makes, as far as nothing of it is run."""
    for path, text in {
        "bin/wren": unpacked.name,
        "pyvenv.cfg": "",
        "lib/python3/site-packages/gateway.py": "x",
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


@dataclass
class Box:
    """A gateway: its root, a release key and who is allowed."""

    root: Path
    key: Path

    @classmethod
    def at(cls, folder: Path, target: Target | None = None) -> "Box":
        root = folder / "root"
        (root / "etc/wren").mkdir(parents=True)
        (root / "opt").mkdir()
        suite = (target or here()).suite
        (root / "etc/os-release").write_text(f"ID=debian\nVERSION_CODENAME={suite}\n")
        box = cls(root, key(folder))
        box.allow(box.key)
        for one in (box.files.outbox.parent, box.files.private, box.files.uplink):
            one.mkdir(parents=True)
        return box

    @property
    def signers(self) -> Signers:
        return Signers.of(self.root)

    @property
    def files(self) -> Files:
        lib = self.root / "var/lib"
        return Files(lib / "wren/outbox/outbox.db", lib / "wren/private", lib / "wren-uplink")

    def allow(self, *keys: Path) -> None:
        text = "".join(f'release namespaces="wren-release" {public(one)}\n' for one in keys)
        self.signers.allowed.write_text(text)

    def bundle(
        self, version: str = "0.1.0", files: Mapping[str, bytes] = ORDINARY, target: Target | None = None
    ) -> Path:
        out = self.root.parent / "bundles"
        source = self.root.parent / f"source-{version}"
        shutil.rmtree(source, ignore_errors=True)
        out.mkdir(exist_ok=True)
        for path, content in files.items():
            (source / path).parent.mkdir(parents=True, exist_ok=True)
            (source / path).write_bytes(content)
        found = {path: source / path for path in files}
        return making.make(out, version, target or here(), found, self.key)[0]

    @property
    def versions(self) -> Versions:
        return Versions(self.root, fake_environment)

    def install(self, version: str, *, running: bool = False) -> str:
        with open_bundle(self.bundle(version), self.signers) as bundle:
            name = self.versions.install(bundle)
        if running:
            self.versions.switch(name)
            self.versions.trust(name)
        return name

    # ---- what the home's daemon would have written
    def alert(self, number: int = 1, *, ended: bool = False, audience: str = "care", severity: str = "urgent") -> None:
        body = {"kind": "help", "resident": "r1", "audience": audience, "severity": severity}
        body |= {"raised_at": "2026-11-22T11:00:00Z", "id": f"a{number}", "type": "alert"}
        with closing(self._outbox()) as raw, raw:
            raw.execute("INSERT OR REPLACE INTO messages VALUES (?, ?, ?)", (number, f"a{number}", json.dumps(body)))
            raw.execute("INSERT OR REPLACE INTO alerts VALUES (?, ?)", (f"a{number}", 5 if ended else None))

    def beat(self, number: int, version: str) -> None:
        with closing(self._outbox()) as raw, raw:
            row = (number, f"b{number}", json.dumps({"version": version}))
            raw.execute("INSERT OR REPLACE INTO statuses VALUES (?, ?, ?)", row)

    def confirm(self, number: int) -> None:
        """The provider has confirmed that heartbeat."""
        with closing(sqlite3.connect(self.files.uplink / "uplink.db")) as raw, raw:
            raw.execute("CREATE TABLE IF NOT EXISTS receipts (id TEXT PRIMARY KEY, type TEXT)")
            raw.execute("DELETE FROM receipts")
            raw.execute("INSERT INTO receipts VALUES (?, 'status')", (f"b{number}",))

    def _outbox(self) -> sqlite3.Connection:
        raw = sqlite3.connect(self.files.outbox)
        raw.execute("CREATE TABLE IF NOT EXISTS messages (seq INTEGER PRIMARY KEY, id TEXT, body BLOB)")
        raw.execute("CREATE TABLE IF NOT EXISTS alerts (id TEXT PRIMARY KEY, resolved_s INTEGER)")
        raw.execute("CREATE TABLE IF NOT EXISTS statuses (seq INTEGER PRIMARY KEY, id TEXT, body BLOB)")
        return raw


def here() -> Target:
    """The target of this machine, or one like it where there are no bundles for its Debian."""
    try:
        return target_here()
    except GatewayError:
        return Target("bookworm", "amd64", "3.11")


@dataclass
class Stand:
    """A systemd that does what it is told to: `units` by their names."""

    units: dict[str, Unit] = field(default_factory=lambda: dict.fromkeys(UNITS, Unit("active")))
    boot_id: str = "boot-1"
    done: list[str] = field(default_factory=list)
    refuses: str = ""

    def look(self, unit: str) -> Unit:
        return self.units.get(unit, Unit("inactive"))

    def install_units(self) -> None:
        self._do("units")

    def restart(self, units: Sequence[str]) -> None:
        self._do(f"restart {' '.join(units)}")

    def start(self, unit: str) -> None:
        self._do(f"start {unit}")

    def boot(self) -> str:
        return self.boot_id

    def _do(self, what: str) -> None:
        if self.refuses and what.startswith(self.refuses):
            raise GatewayError(f"{what} was refused.", advice="None.")
        self.done.append(what)


def tarred(members: Sequence[tuple[tarfile.TarInfo, bytes]], form: int = tarfile.USTAR_FORMAT) -> bytes:
    """A tar of any members, such as no bundle has."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        for info, content in members:
            info.size = len(content) if info.isreg() else 0
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()
