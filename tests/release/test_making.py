"""Making a bundle: what the lock names for another machine, the SBOM, and an environment out of real wheels."""

import hashlib
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

from gateway import VERSION
from gateway.errors import GatewayError, InputError
from gateway.release import environment
from gateway.release.bundle import open_bundle
from gateway.release.environment import borrow_lgpio, build
from gateway.release.manifest import MANIFEST, Target
from gateway.release.versions import Versions

from . import ground
from .ground import Box, here

ROOT = Path(__file__).parents[2]
PI = Target("bookworm", "arm64", "3.11")
NEW_PI = Target("trixie", "arm64", "3.13")


@pytest.fixture
def scripts(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    import bundle_wheels  # type: ignore[import-not-found]

    return bundle_wheels  # type: ignore[no-any-return]


def wheel(folder: Path, name: str, version: str, *metadata: str) -> Path:
    path = folder / f"{name}-{version}-py3-none-any.whl"
    told = "\n".join(["Metadata-Version: 2.4", f"Name: {name}", f"Version: {version}", *metadata])
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name}-{version}.dist-info/METADATA", told + "\n\n")
    return path


@pytest.mark.parametrize("target", [PI, NEW_PI])
def test_the_lock_is_read_for_another_machine(scripts: ModuleType, target: Target) -> None:
    lock = scripts.lock_of(target).read_text()
    found = dict(scripts.locked(lock, target))
    names = [pin.partition("==")[0] for pin in found]
    assert len(names) == len(set(names)), "a package twice: a marker was not heeded"
    assert {"click", "numpy", "scipy", "river", "pip", "tomlkit"} <= set(names)
    assert ("lgpio" in names) == (target == PI)
    assert "pyric" not in names
    assert all(hashes for hashes in found.values())
    assert len(names) > 40


def test_what_is_installed_is_named_by_its_hash(scripts: ModuleType, tmp_path: Path) -> None:
    one = wheel(tmp_path, "async_interrupt", "1.2.2")
    (line,) = scripts.requirements([one]).splitlines()
    assert line == f"async-interrupt==1.2.2 --hash=sha256:{hashlib.sha256(one.read_bytes()).hexdigest()}"


def test_a_name_that_no_tar_holds_is_shortened(scripts: ModuleType, tmp_path: Path) -> None:
    platforms = "manylinux2014_aarch64.manylinux_2_17_aarch64.manylinux_2_36_aarch64"
    name = f"bluetooth_data_tools-1.29.24-cp311-cp311-{platforms}.whl"
    (tmp_path / name).touch()
    assert scripts._shortened(tmp_path / name).name == (
        "bluetooth_data_tools-1.29.24-cp311-cp311-manylinux2014_aarch64.whl"
    )


def test_the_sbom_lists_what_is_there_and_is_one(scripts: ModuleType, tmp_path: Path) -> None:
    import bundle_sbom  # type: ignore[import-not-found]

    assert scripts.ROOT == ROOT
    wheels = [
        wheel(tmp_path, "wren_gateway", VERSION),
        wheel(tmp_path, "click", "8.5.1", "License-Expression: BSD-3-Clause"),
        wheel(tmp_path, "old", "1.0", "Classifier: License :: OSI Approved :: MIT License"),
        wheel(tmp_path, "older", "1.0", "License: BSD-3-Clause"),
    ]
    deb = tmp_path / "xdg-dbus-proxy_1%3a0.1.6-1_arm64.deb"
    deb.write_bytes(b"deb")
    text = bundle_sbom.sbom(VERSION, PI, wheels, [deb], 1_790_000_000)
    found = json.loads(text)
    assert (found["bomFormat"], found["specVersion"]) == ("CycloneDX", "1.6")
    assert found["metadata"]["component"]["name"] == "wren-gateway"
    parts = {part["name"]: part for part in found["components"]}
    assert set(parts) == {"click", "old", "older", "xdg-dbus-proxy"}
    assert parts["xdg-dbus-proxy"]["purl"] == "pkg:deb/debian/xdg-dbus-proxy@1:0.1.6-1?arch=arm64&distro=bookworm"
    assert parts["click"]["licenses"] == parts["older"]["licenses"] == [{"license": {"id": "BSD-3-Clause"}}]
    assert parts["old"]["licenses"] == [{"license": {"name": "MIT License"}}]
    for name, path in {"click": wheels[1], "xdg-dbus-proxy": deb}.items():
        (one,) = parts[name]["hashes"]
        assert one == {"alg": "SHA-256", "content": hashlib.sha256(path.read_bytes()).hexdigest()}
    assert bundle_sbom.sbom(VERSION, PI, wheels, [deb], 1_790_000_000) == text


def test_a_tree_that_is_no_commit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    import bundling  # type: ignore[import-not-found]
    from click.testing import CliRunner

    monkeypatch.setattr(bundling, "run", lambda command: " M gateway/x.py\n" if "status" in command else "1790000000")
    key = ground.key(tmp_path)
    words = ["--suite", "trixie", "--sign", str(key), "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(bundling.bundle, words)
    assert isinstance(done.exception, InputError)
    assert "no commit" in done.exception.problem


def test_lgpio_is_borrowed_from_debian_and_nothing_else(tmp_path: Path) -> None:
    made, packages = tmp_path / "made", tmp_path / "dist-packages"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", made], check=True)
    packages.mkdir()
    borrow_lgpio(made, packages)
    look: list[str | Path] = [made / "bin/python", "-I", "-c", "import lgpio; print(lgpio.NAME)"]
    assert subprocess.run(look, capture_output=True, check=False).returncode == 1, "it is not there yet"
    (packages / "lgpio.py").write_text("NAME = 'of Debian'\n")  # apt brings it later
    (packages / "numpy.py").write_text("raise SystemExit('of Debian, too')\n")
    assert subprocess.run(look, capture_output=True, text=True, check=False).stdout == "of Debian\n"
    other: list[str | Path] = [made / "bin/python", "-I", "-c", "import numpy"]
    assert "No module named" in subprocess.run(other, capture_output=True, text=True, check=False).stderr
    borrow_lgpio(made, packages)  # again, as after a cut
    (site,) = made.glob("lib/python3.*/site-packages")
    assert sorted(path.name.partition(".")[0] for path in site.glob("*lgpio*")) == ["_lgpio", "lgpio"]


@pytest.fixture(scope="module")
def real_wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Wren's wheel, and those of click and pip from the index by the lock's hashes."""
    folder = tmp_path_factory.mktemp("wheels")
    (scratch := folder.with_name("wanted.txt")).write_text("")
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        import bundle_wheels
    finally:
        sys.path.pop(0)
    target = Target("bookworm", "amd64", f"{sys.version_info.major}.{sys.version_info.minor}")
    wanted = dict(bundle_wheels.locked((ROOT / "requirements/run.txt").read_text(), target))
    lines = [
        " ".join([pin, *(f"--hash={one}" for one in wanted[pin])])
        for pin in wanted
        if pin.startswith(("click==", "pip=="))
    ]
    scratch.write_text("\n".join(lines) + "\n")
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "-q",
        "--no-deps",
        "--require-hashes",
        "-d",
        folder,
        "-r",
        scratch,
    ]
    if subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("the package index cannot be reached")
    bundle_wheels.build(folder, 1_790_000_000)
    return folder


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_real_version_is_made_out_of_its_own_wheel_before_anything_is_installed(
    real_wheels: Path, tmp_path: Path
) -> None:
    """As the first installation does: the system's Python, the verified wheel on its path, nothing else of ours."""
    box = Box.at(tmp_path)
    wheels = sorted(real_wheels.glob("*.whl"))
    sys.path.insert(0, str(ROOT / "scripts"))
    import bundle_wheels

    files = {f"wheels/{one.name}": one.read_bytes() for one in wheels}
    files |= {"requirements.txt": bundle_wheels.requirements(wheels).encode(), "systemd/install": b"#!/bin/sh\n"}
    path = box.bundle(VERSION, files)
    (own,) = [one for one in wheels if one.name.startswith("wren_gateway-")]
    python = environment.SYSTEM_PYTHON if environment.SYSTEM_PYTHON.exists() else Path(sys.executable)
    code = f"""
import sys
sys.path.insert(0, {str(own)!r})
from pathlib import Path
from gateway.release.bundle import open_bundle
from gateway.release.signature import Signers
from gateway.release.versions import Versions
root = Path({str(box.root)!r})
with open_bundle(Path({str(path)!r}), Signers.of(root)) as bundle:
    versions = Versions(root)
    name = versions.install(bundle)
    versions.switch(name)
    versions.trust(name)
print(name, *sorted(one for one in sys.modules if one.partition('.')[0] in ('click', 'msgspec', 'rich', 'requests')))
"""
    done = subprocess.run([python, "-I", "-c", code], capture_output=True, text=True, check=False, cwd="/")
    assert done.returncode == 0, done.stderr
    (name,) = done.stdout.split()
    wren = box.root / "opt/wren/current/bin/wren"
    assert subprocess.run([wren, "--version"], capture_output=True, text=True, check=True).stdout.split()[-1] == VERSION
    folder = Versions(box.root).folder(name)
    assert (folder / "share/wren" / MANIFEST).read_bytes()
    assert list(folder.glob("lib/python3.*/site-packages/gateway/__pycache__/*.pyc")), "no byte code"
    assert not (folder / "unpacked").exists()
    gate = subprocess.run(
        [folder / "bin/python", "-I", "-c", "import gateway.release.gate, sys; print(*sys.modules)"],
        capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    assert not {"click", "msgspec", "rich", "numpy"} & set(gate), "the gate needs nothing but Python"


@pytest.mark.slow
def test_wrens_wheel_is_the_same_each_time(scripts: ModuleType, tmp_path: Path) -> None:
    made = [scripts.build(tmp_path / number, 1_790_000_000).read_bytes() for number in ("one", "two")]
    assert made[0] == made[1]


@pytest.mark.slow
def test_a_wheel_that_is_not_the_one_that_was_named_is_not_installed(real_wheels: Path, tmp_path: Path) -> None:
    """The manifest's hash and pip's are two locks on one door; here the second."""
    (tmp_path / "wheels").mkdir()
    for one in real_wheels.glob("*.whl"):
        os.link(one, tmp_path / "wheels" / one.name)
    (tmp_path / "requirements.txt").write_text(f"click=={'8.5.1'} --hash=sha256:{'0' * 64}\n")
    python = environment.SYSTEM_PYTHON if environment.SYSTEM_PYTHON.exists() else Path(sys.executable)
    with pytest.raises(GatewayError, match="packages cannot be installed"):
        build(tmp_path / "made", tmp_path, python=python)


def test_the_bundle_of_this_machine_says_what_it_is_for(tmp_path: Path) -> None:
    box = Box.at(tmp_path)
    with open_bundle(box.bundle(), box.signers) as bundle:
        assert bundle.manifest.target == here()
