"""A full card: at each step of an update, and under the gate. What runs goes on, and what is sick is gone back from."""

import errno
import os
import sys
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.errors import GatewayError
from gateway.release import debs
from gateway.release.trial import Phase, Result, Trials
from gateway.release.updating import Update

from .ground import ORDINARY, Box, Stand, fake_environment
from .ticking import Machine

OLD, NEW = "0.1.0", "0.2.0"
DONE, REFUSED, BUG = 0, 10, 11
_WRITES = os.O_WRONLY | os.O_RDWR


@pytest.fixture
def box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Box:
    box = Box.at(tmp_path)
    box.install(OLD, running=True)
    box.beat(4, OLD)
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    return box


def full_from(step: int, folder: Path, work: Callable[[], object]) -> tuple[int, bool]:
    """Do `work` in a child whose card is full from its write number `step` on; how it ended, and whether it was full.

    A write is a file opened to be written or a folder made below `folder`. Links have room: they are in the inode.
    """
    told, tell = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child:
        os.close(tell)
        with os.fdopen(told, "rb") as said:
            was_full = bool(said.read())
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), was_full
    left = step

    def audit(event: str, given: tuple[object, ...]) -> None:
        nonlocal left
        if not given or not str(given[0]).startswith(str(folder)):
            return
        mode, flags = (given[1], given[2]) if event == "open" else (None, None)
        writes = bool(set(str(mode or "")) & set("wax+")) or bool(isinstance(flags, int) and flags & _WRITES)
        if event == "os.mkdir" or (event == "open" and writes and not str(given[0]).endswith("/lock")):
            left -= 1
            if left <= 0:
                os.write(tell, b"!")
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(given[0]))

    sys.addaudithook(audit)
    code = BUG
    try:
        work()
        code = DONE
    except GatewayError:
        code = REFUSED
    except BaseException as error:  # noqa: BLE001 - told by its exit code
        sys.stderr.write(f"step {step}: {type(error).__name__}: {error}\n")
    os._exit(code)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_an_update_that_finds_the_card_full_says_so_leaves_what_runs_and_gives_its_room_back(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = box.bundle(NEW, {**ORDINARY, "debs/xdg-dbus-proxy_0.1_arm64.deb": b"d" * 99})
    Trials(box.root).folder.mkdir(parents=True, exist_ok=True)
    monkeypatch.setattr(debs, "install", lambda _: [])

    def ask() -> None:
        Update(box.root, Stand(), box.files).to_bundle(path, box.versions)

    step = 0
    while True:
        step += 1
        code, was_full = full_from(step, box.root.parent, ask)
        if not was_full:
            assert code == DONE
            break
        assert code == REFUSED, f"write {step}: not one of Wren's own errors"
        assert (box.versions.current() or "").startswith(OLD)
        assert Trials(box.root).trial() is None
        half = [one for one in (box.root / "opt/wren/versions").iterdir() if not box.versions.is_complete(one.name)]
        assert half == [], f"write {step}: the card stays full of what is of no use"
        for name in set(box.versions.all()) - {box.versions.current()}:
            (box.versions.folder(name) / "complete").unlink()  # made anew by the next
    assert step > 20


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("new", ["never up", "crash loop"])
def test_a_sick_version_is_gone_back_from_on_a_full_card(box: Box, new: str) -> None:
    """Such as one that fills it: a record that cannot be written must not keep it running."""
    Update(box.root, Stand(), box.files).to_bundle(box.bundle(NEW), box.versions)
    record = (Trials(box.root).folder / "trial.json").read_bytes()
    step = 0
    while True:
        step += 1
        (Trials(box.root).folder / "trial.json").write_bytes(record)
        box.versions.switch(box.versions.steady() or "")
        lib = box.root / "var/lib/wren-release"
        code, was_full = full_from(step, lib, lambda: Machine(box, new=new).gate().run())
        assert code == DONE, f"write {step}"
        assert (box.versions.current() or "").startswith(OLD), f"write {step}"
        assert Trials(box.root).trial() is None
        if not was_full:
            break
    assert step > 3


def test_nothing_is_switched_if_that_it_is_cannot_be_written_down(box: Box) -> None:
    Update(box.root, Stand(), box.files).to_bundle(box.bundle(NEW), box.versions)
    lib = box.root / "var/lib/wren-release"
    assert full_from(1, lib, lambda: Machine(box).gate().run()) == (DONE, True)
    assert (box.versions.current() or "").startswith(OLD)
    assert Trials(box.root).trial() is None


def test_a_version_is_for_every_user_whatever_the_umask_of_who_installs_it(box: Box) -> None:
    """A root with umask 077 is an ordinary one; the services are not root."""
    before = os.umask(0o077)
    try:
        name = box.install(NEW)
    finally:
        assert os.umask(before) == 0o077
    closed = [path for path in box.versions.folder(name).rglob("*") if path.stat().st_mode & 0o044 != 0o044]
    assert closed == []
    assert box.versions.folder(name).stat().st_mode & 0o755 == 0o755


def test_an_installation_that_fails_leaves_nothing_half_made(box: Box) -> None:
    def fails(folder: Path, unpacked: Path) -> None:
        fake_environment(folder, unpacked)
        raise GatewayError("No space left on device.", advice="Make room.")

    from gateway.release.versions import Versions

    with pytest.raises(GatewayError, match="No space left"):
        Update(box.root, Stand(), box.files).to_bundle(box.bundle(NEW), Versions(box.root, fails))
    assert [one.name for one in (box.root / "opt/wren/versions").iterdir()] == box.versions.all()


def test_phases_are_as_they_were(box: Box) -> None:
    """Guards the harness: with room enough the same gate keeps a version that is well."""
    Update(box.root, Stand(), box.files).to_bundle(box.bundle(NEW), box.versions)
    trial = Trials(box.root).trial()
    assert trial is not None
    assert trial.phase is Phase.BEGUN
    assert Machine(box).boots_until_decided() is Result.KEPT
