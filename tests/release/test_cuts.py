"""Cut at each step: of an installation, of a switch, of the gate. Afterwards the machine comes up, whole, data kept."""

import hashlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gateway.release import looking
from gateway.release.bundle import open_bundle
from gateway.release.trial import Result, Trials
from gateway.release.updating import Update

from .cutting import cut_at
from .ground import Box, Stand
from .ticking import Machine

OLD, NEW = "0.1.0", "0.2.0"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]  # a child for each step


@pytest.fixture
def box(tmp_path: Path) -> Box:
    box = Box.at(tmp_path)
    box.install(OLD, running=True)
    box.beat(4, OLD)
    (box.files.private / "home.db").write_bytes(b"a recording of a life" * 1000)
    return box


def data(box: Box) -> dict[str, str]:
    """The home's data, which an update must not touch."""
    lib = box.root / "var/lib"
    kept = [path for path in lib.rglob("*") if path.is_file() and "wren-release" not in path.parts]
    found = {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in kept if path != box.files.outbox}
    return found | {"alerts": repr(looking.open_alerts(box.files.outbox))}


def whole(box: Box) -> None:
    """What the units would start is there, and so is what the gate would be run from."""
    for link in ("current", "steady"):
        folder = box.root / "opt/wren" / link
        assert (folder / "complete").is_file(), link
        assert (folder / "bin/wren").read_bytes(), link
        assert box.versions.manifest(folder.resolve().name).version in (OLD, NEW)


def each_cut(box: Box, work: Callable[[], object], *, powerless: bool) -> Iterator[int]:
    """The machine as it is after a cut at the first step of `work`, at the second, and so on to its end."""
    before = box.root.with_name("before")
    shutil.copytree(box.root, before, symlinks=True)
    step = 0
    while True:
        step += 1
        shutil.rmtree(box.root)
        shutil.copytree(before, box.root, symlinks=True)
        if not cut_at(step, box.root, work, powerless=powerless):
            return
        yield step


@pytest.mark.parametrize("powerless", [False, True], ids=["kill -9", "power cut"])
def test_an_installation_cut_anywhere_changes_nothing_and_then_completes(box: Box, *, powerless: bool) -> None:
    path, known = box.bundle(NEW), data(box)

    def install() -> str:
        with open_bundle(path, box.signers) as bundle:
            return box.versions.install(bundle)

    cuts = 0
    for cuts in each_cut(box, install, powerless=powerless):  # noqa: B007
        whole(box)
        assert box.versions.current() == box.versions.steady()
        assert box.versions.all()[0].startswith(OLD)
        name = install()
        assert box.versions.is_complete(name)
        folder = box.versions.folder(name)
        assert all(
            (folder / one).read_bytes() for one in ("share/wren/manifest.json", "share/wren/LICENSE", "bin/wren")
        )
        assert not (folder / "unpacked").exists()
        assert data(box) == known
    print(f"cut at {cuts} steps")
    assert cuts > 40


@pytest.mark.parametrize("powerless", [False, True], ids=["kill -9", "power cut"])
def test_an_update_cut_anywhere_before_the_gate_has_it(box: Box, *, powerless: bool) -> None:
    path, known = box.bundle(NEW), data(box)
    stand = Stand()
    plan = Update(box.root, stand, box.files)

    def ask() -> None:
        plan.to_bundle(path, box.versions)

    cuts = 0
    for cuts in each_cut(box, ask, powerless=powerless):  # noqa: B007
        whole(box)
        assert Machine(box).boots_until_decided() in (None, Result.KEPT), "either asked for, or not"
        if box.versions.current() == box.versions.steady() and NEW not in (box.versions.current() or ""):
            ask()
            assert Machine(box).boots_until_decided() is Result.KEPT
        whole(box)
        assert (box.versions.current() or "").startswith(NEW)
        assert data(box) == known
    print(f"cut at {cuts} steps")
    assert cuts > 50


SICK = {"well": Result.KEPT, "never up": Result.WENT_BACK, "crash loop": Result.WENT_BACK}


@pytest.mark.parametrize("powerless", [False, True], ids=["kill -9", "power cut"])
@pytest.mark.parametrize("new", SICK)
def test_the_gate_cut_anywhere_still_decides_and_rightly(box: Box, new: str, *, powerless: bool) -> None:
    Update(box.root, Stand(), box.files).to_bundle(box.bundle(NEW), box.versions)
    known = data(box)
    cuts = 0
    for cuts in each_cut(box, lambda: Machine(box, new=new).gate().run(), powerless=powerless):  # noqa: B007
        whole(box)
        assert (box.versions.steady() or "").startswith(OLD) or new == "well"
        left = Machine(box, new=new, boot="boot-2").boots_until_decided()
        outcome = Trials(box.root).outcome()
        assert outcome is not None
        assert (left or outcome.result, outcome.result) == (SICK[new], SICK[new])
        whole(box)
        assert box.versions.current() == box.versions.steady()
        assert (box.versions.current() or "").startswith(NEW if new == "well" else OLD)
        assert Trials(box.root).trial() is None
        assert data(box) == known
    print(f"{new}: cut at {cuts} steps")
    assert cuts > 15


def test_a_gate_cut_anywhere_with_an_alert_open_by_the_next_boot_leaves_nothing_half_switched(box: Box) -> None:
    """Either nothing was switched and is called off, or it was and is judged: never the new one unjudged."""
    Update(box.root, Stand(), box.files).to_bundle(box.bundle(NEW), box.versions)
    results = set()
    for _ in each_cut(box, lambda: Machine(box).gate().run(), powerless=True):
        box.alert()
        Machine(box, boot="boot-2").boots_until_decided()
        outcome = Trials(box.root).outcome()
        assert outcome is not None
        assert box.versions.current() == box.versions.steady()
        assert (box.versions.current() or "").startswith(NEW if outcome.result is Result.KEPT else OLD)
        results.add(outcome.result)
        box.alert(ended=True)
    assert results == {Result.NOT_BEGUN, Result.KEPT}


def test_every_cut_in_a_row(box: Box) -> None:
    """The mains fail at each step of the gate, one after the other, in the same trial: it is decided all the same."""
    Update(box.root, Stand(), box.files).to_bundle(box.bundle(NEW), box.versions)
    step = 0
    while True:
        step += 1
        machine = Machine(box, boot=f"boot-{step}")
        if not cut_at(step, box.root, machine.gate().run, powerless=True):
            break
        whole(box)
    assert Trials(box.root).trial() is None
    outcome = Trials(box.root).outcome()
    assert outcome is not None
    assert outcome.result is Result.WENT_BACK, "four boots in a trial are too many"
    assert (box.versions.current() or "").startswith(OLD)
