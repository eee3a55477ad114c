"""A small bundle of the true form: signed, pip's wheel, one Debian package, the real units, and a `wren` of a page.

That `wren` answers `check`, `enrol`, `doctor` and `update` as the real one ends; the real one is provisioned by
`scripts/install-stage`.
"""

import hashlib
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Final

from gateway.release.making import make
from gateway.release.manifest import SUITES, Target
from tests.provision.pis import ROOT

HOME: Final = '[home]\nid = "h-0001"\ntimezone = "Europe/London"\n'
TOKEN: Final = "Ap3rmSTANgq1IEoppqniXLY4hK7VNLoj"
FINGERPRINT: Final = "66687aad f862bd77 6c8fc18b 8e9f8e20"

_WREN: Final = """
import json, pathlib, sys
VERSION = "@VERSION@"
def main():
    words = sys.argv[1:]
    if words == ["--version"]:
        print(VERSION)
    elif words[:1] == ["check"]:
        if "wrong" in pathlib.Path(words[2]).read_text():
            print("line 3: no such key")
            sys.exit(2)
    elif words[:1] == ["enrol"]:
        token = sys.stdin.readline().strip()
        if token != "@TOKEN@":
            print("The desk does not take the token.")
            sys.exit(5)
        folder = pathlib.Path("/var/lib/wren-uplink")
        (folder / "enrolment.json").write_text("{}")
        print(json.dumps({"fingerprint": "9f3a1c44 02be77d1 5e60aa18 c93b0d72"}))
    elif words[:1] == ["doctor"]:
        found = pathlib.Path("/etc/wren/doctor-finds")
        print("pass  clock\\nwarn  bluetooth: no adapter")
        sys.exit(1 if found.exists() else 0)
    elif words[:1] == ["update"]:
        name = pathlib.Path(words[1]).stem
        pathlib.Path("/var/lib/wren-release/updated").write_text(name)
        sys.exit(0)
    else:
        sys.exit(2)
if __name__ == "__main__":
    main()
"""


def debian_suite() -> str:
    text = Path("/etc/os-release").read_text()
    return next(line.partition("=")[2].strip('"') for line in text.splitlines() if line.startswith("VERSION_CODENAME="))


def _wheel(folder: Path, version: str) -> Path:
    path = folder / f"wren_gateway-{version}-py3-none-any.whl"
    info = f"wren_gateway-{version}.dist-info"
    files = {
        "gateway/__init__.py": "",
        "gateway/__main__.py": _WREN.replace("@VERSION@", version).replace("@TOKEN@", TOKEN),
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: wren-gateway\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": "[console_scripts]\nwren = gateway.__main__:main\n",
    }
    record = "".join(f"{name},,\n" for name in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(path, "w") as wheel:
        for name, text in {**files, f"{info}/RECORD": record}.items():
            wheel.writestr(name, text)
    return path


def _deb(folder: Path) -> Path:
    tree = folder / "tree"
    (tree / "DEBIAN").mkdir(parents=True)
    (tree / "usr/share/wren-test").mkdir(parents=True)
    (tree / "usr/share/wren-test/file").write_text("here\n")
    (tree / "DEBIAN/control").write_text(
        "Package: wren-test\nVersion: 1.0\nArchitecture: all\n"
        "Maintainer: nobody <nobody@example.com>\nDescription: a test\n"
    )
    path = folder / "wren-test_1.0_all.deb"
    subprocess.run(["dpkg-deb", "--root-owner-group", "--build", str(tree), str(path)], check=True, capture_output=True)
    return path


class Made:
    """A bundle, its signers, and the key that signed it."""

    def __init__(
        self, folder: Path, version: str = "0.1.0", *, arch: str | None = None, suite: str | None = None
    ) -> None:
        parts = folder / f"parts-{version}-{arch}"
        parts.mkdir(parents=True)
        self.key = folder / "signing"
        self.signers = folder / "signers"
        if not self.key.exists():
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self.key)], check=True)
            public = " ".join(self.key.with_suffix(".pub").read_text().split()[:2])
            self.signers.write_text(f'releases@example.com namespaces="wren-release" {public}\n')
        pip = next(iter(sorted(Path("/usr/share/python-wheels").glob("pip-*.whl"))), None) or _pip_of_this_python()
        wheels = [_wheel(parts, version), Path(shutil.copy(pip, parts))]
        files = {f"wheels/{wheel.name}": wheel for wheel in wheels}
        requirement = f"wren-gateway=={version} --hash=sha256:{hashlib.sha256(wheels[0].read_bytes()).hexdigest()}\n"
        (parts / "requirements.txt").write_text(requirement)
        files["requirements.txt"] = parts / "requirements.txt"
        deb = _deb(parts)
        files[f"debs/{deb.name}"] = deb
        for unit in sorted((ROOT / "systemd").rglob("*")):
            if unit.is_file():
                files[str(unit.relative_to(ROOT))] = unit
        (parts / "LICENSE").write_bytes(bytes(3_000_000))  # so that there is something to cut in the copy
        files["LICENSE"] = parts / "LICENSE"
        suite = suite or debian_suite()
        machine = subprocess.run(
            ["dpkg", "--print-architecture"], capture_output=True, text=True, check=True
        ).stdout.strip()
        self.path, manifest = make(parts, version, Target(suite, arch or machine, SUITES[suite]), files, self.key)
        self.name = manifest.name()

    def words(self) -> tuple[str, ...]:
        return ("--bundle", str(self.path), "--signers", str(self.signers))


def _pip_of_this_python() -> Path:
    import ensurepip

    return next(Path(ensurepip.__file__).parent.glob("_bundled/pip-*.whl"))
