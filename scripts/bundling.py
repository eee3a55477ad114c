"""`scripts/bundle`: makes a signed bundle for one target, with all that a Pi without internet needs."""

import hashlib
import os
import sys
import tempfile
from pathlib import Path

import bundle_debs
import bundle_sbom
import bundle_wheels
import click
from bundle_wheels import ROOT, run

from gateway import VERSION
from gateway.cli.progress import progress
from gateway.errors import GatewayError, InputError
from gateway.release import making
from gateway.release.manifest import ARCHES, SUITES, Target

UNITS = ROOT / "systemd"


@click.command()
@click.option("--suite", type=click.Choice(sorted(SUITES)), required=True, help="The Debian release of the gateways.")
@click.option("--arch", type=click.Choice(sorted(ARCHES)), default="arm64", show_default=True, help="Their machine.")
@click.option(
    "--sign", "key", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True,
    help="The private ed25519 key of releases (`ssh-keygen -t ed25519`), or the public half of one in an agent.",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), default=Path("dist"), show_default=True,
    help="The folder for the bundle.",
)  # fmt: skip
@click.option("--allow-dirty", is_flag=True, help="Also of a tree that is no commit; never for a home.")
def bundle(suite: str, arch: str, key: Path, out: Path, *, allow_dirty: bool) -> None:
    """Make a signed bundle: wheels by the lock's hashes, Debian packages by apt's signatures, SBOM, units."""
    target = Target(suite, arch, SUITES[suite])
    if not allow_dirty and run(["git", "status", "--porcelain"]).strip():
        raise InputError(
            "The tree has changes that are in no commit.", advice="Commit them, or give --allow-dirty to try."
        )
    epoch = int(os.environ.get("SOURCE_DATE_EPOCH") or run(["git", "log", "-1", "--format=%ct"]))
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="wren-bundle-") as folder, progress(quiet=False) as (steps, tick):
        steps(5)
        path, files = _make(Path(folder), target, epoch, key, out, tick)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    click.echo(f"{path}: Wren {VERSION} for {target}, {files} files, {path.stat().st_size / 1e6:.1f} MB")
    click.echo(f"sha256 {digest}")


def _make(scratch: Path, target: Target, epoch: int, key: Path, out: Path, tick) -> tuple[Path, int]:  # noqa: ANN001
    tick("wheels by the lock's hashes")
    (scratch / "wheels").mkdir()
    bundle_wheels.download(target, scratch / "wheels")
    tick("Wren's own wheel")
    bundle_wheels.build(scratch / "wheels", epoch)
    wheels = sorted((scratch / "wheels").glob("*.whl"))
    tick("Debian packages by apt's signatures")
    debs = bundle_debs.download(target, scratch / "debs", scratch / "apt")
    tick("SBOM")
    (scratch / "sbom.cdx.json").write_text(bundle_sbom.sbom(VERSION, target, wheels, debs, epoch), encoding="utf-8")
    (scratch / "requirements.txt").write_text(bundle_wheels.requirements(wheels), encoding="ascii")
    tick("signing")
    files = {f"wheels/{one.name}": one for one in wheels} | {f"debs/{one.name}": one for one in debs}
    files |= {name: scratch / name for name in ("sbom.cdx.json", "requirements.txt")} | {"LICENSE": ROOT / "LICENSE"}
    files |= {f"systemd/{one.relative_to(UNITS)}": one for one in sorted(UNITS.rglob("*")) if one.is_file()}
    path, manifest = making.make(out, VERSION, target, files, key)
    return path, len(manifest.files)


def main() -> None:
    """Run it; an error is two lines and its exit code."""
    try:
        bundle(prog_name="scripts/bundle")
    except GatewayError as error:
        click.echo(f"scripts/bundle: {error.problem}\n  {error.advice}", err=True)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
