"""`systemd/install`: run again it changes nothing, and after a cut anywhere it mends."""

import os
import shutil
from pathlib import Path

import pytest

from .test_systemd_units import UNITS, run

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or not all(map(shutil.which, ("systemd-sysusers", "systemd-tmpfiles", "systemctl"))),
    reason="needs root and systemd's tools",
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "etc").mkdir()
    done = run(UNITS / "install", "--root", tmp_path)
    assert done.returncode == 0, done.stderr
    return tmp_path


def seen(root: Path) -> dict[str, tuple[int, int]]:
    units = [path for path in (root / "etc/systemd/system").rglob("*") if path.is_file() and not path.is_symlink()]
    return {str(path): (path.stat().st_ino, path.stat().st_mtime_ns) for path in units}


def test_every_unit_is_in_place_and_what_starts_at_boot_is_enabled(root: Path) -> None:
    units = root / "etc/systemd/system"
    for unit in [*UNITS.glob("*.service"), *UNITS.glob("*.path")]:
        assert (units / unit.name).read_bytes() == unit.read_bytes()
        assert (units / unit.name).stat().st_mode & 0o777 == 0o644
    wanted = {path.name for path in (units / "multi-user.target.wants").iterdir()}
    assert wanted == {
        "wren-dbus-proxy.service", "wren.service", "wren-uplink.service", "wren-enrolled.path", "wren-gate.path",
    }  # fmt: skip
    assert os.readlink(root / "usr/local/bin/wren") == "/opt/wren/current/bin/wren"  # noqa: PTH115


def test_again_it_writes_nothing(root: Path) -> None:
    before = seen(root)
    assert run(UNITS / "install", "--root", root).returncode == 0
    assert seen(root) == before


def test_what_a_power_cut_has_left_is_mended(root: Path) -> None:
    """An empty unit, a half-written one beside it, a link to an older place."""
    units = root / "etc/systemd/system"
    (units / "wren.service").write_text("")
    (units / "wren-gate.service.wren-new").write_text("[Un")
    (units / "wren-gate.service").unlink()
    (root / "usr/local/bin/wren").unlink()
    (root / "usr/local/bin/wren").symlink_to("/opt/wren/bin/wren")
    assert run(UNITS / "install", "--root", root).returncode == 0
    assert (units / "wren.service").read_bytes() == (UNITS / "wren.service").read_bytes()
    assert (units / "wren-gate.service").read_bytes() == (UNITS / "wren-gate.service").read_bytes()
    assert not list(units.glob("*.wren-new"))
    assert os.readlink(root / "usr/local/bin/wren") == "/opt/wren/current/bin/wren"  # noqa: PTH115
