"""The SBOM of a bundle: what is really in it, with hashes and licences, as CycloneDX JSON that its schema accepts."""

import email.message
import email.parser
import hashlib
import uuid
import zipfile
from datetime import UTC, datetime
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output import OutputFormat, make_outputter
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

from gateway.errors import GatewayError
from gateway.release.manifest import Target

SCHEMA = SchemaVersion.V1_6
_LICENCES = LicenseFactory()
LONGEST_WORD = 60
"""Of a `License` that names one; some wheels have its whole text there."""


def sbom(version: str, target: Target, wheels: list[Path], debs: list[Path], epoch: int) -> str:
    """The SBOM of these files, the same text for the same files. Raises GatewayError if its schema refuses it."""
    bom = Bom()
    wren = Component(
        name="wren-gateway", version=version, type=ComponentType.APPLICATION, bom_ref="wren-gateway",
        purl=PackageURL("pypi", None, "wren-gateway", version), licenses=[_LICENCES.make_from_string("Apache-2.0")],
        properties=[Property(name=f"wren:{key}", value=getattr(target, key)) for key in ("suite", "arch", "python")],
    )  # fmt: skip
    parts = [_of_wheel(wheel) for wheel in wheels if not wheel.name.startswith("wren_gateway-")]
    parts += [_of_deb(deb, target) for deb in debs]
    for part in parts:
        bom.components.add(part)
    (own,) = [wheel for wheel in wheels if wheel.name.startswith("wren_gateway-")]
    wren.hashes.add(_hash(own))
    bom.metadata.component = wren
    bom.metadata.timestamp = datetime.fromtimestamp(epoch, UTC)
    bom.register_dependency(wren, parts)
    all_hashes = "".join(sorted(hashlib.sha256(one.read_bytes()).hexdigest() for one in (*wheels, *debs)))
    bom.serial_number = uuid.uuid5(uuid.NAMESPACE_OID, f"wren {version} {target} {all_hashes}")
    text = make_outputter(bom, OutputFormat.JSON, SCHEMA).output_as_string(indent=1) + "\n"
    if complaint := JsonStrictValidator(SCHEMA).validate_str(text):
        raise GatewayError(f"The SBOM is not as CycloneDX has it: {complaint}", advice="Mend scripts/bundle_sbom.py.")
    return text


def _of_wheel(wheel: Path) -> Component:
    with zipfile.ZipFile(wheel) as archive:
        (path,) = [name for name in archive.namelist() if name.count("/") == 1 and name.endswith(".dist-info/METADATA")]
        told = email.parser.Parser().parsestr(archive.read(path).decode("utf-8"), headersonly=True)
    name, version = str(told["Name"]).lower().replace("_", "-"), str(told["Version"])
    return Component(
        name=name, version=version, type=ComponentType.LIBRARY, bom_ref=f"pypi:{name}",
        purl=PackageURL("pypi", None, name, version), hashes=[_hash(wheel)],
        licenses=_licences(told),
        properties=[Property(name="wren:file", value=f"wheels/{wheel.name}")],
    )  # fmt: skip


def _licences(told: email.message.Message) -> list:
    """As the wheel says them: by PEP 639; before that by its classifiers, or in a word."""
    if expression := told["License-Expression"]:
        return [_LICENCES.make_from_string(str(expression))]
    named = [one.rpartition(" :: ")[2] for one in told.get_all("Classifier", []) if one.startswith("License :: ")]
    if not named and (word := str(told["License"] or "").strip()) and len(word) <= LONGEST_WORD:
        return [_LICENCES.make_from_string(word)]
    return [_LICENCES.make_with_name(name) for name in named]


def _of_deb(deb: Path, target: Target) -> Component:
    name, version, arch = deb.stem.split("_")
    version = version.replace("%3a", ":")
    return Component(
        name=name, version=version, type=ComponentType.LIBRARY, bom_ref=f"deb:{name}", hashes=[_hash(deb)],
        purl=PackageURL("deb", "debian", name, version, {"arch": arch, "distro": target.suite}),
        properties=[Property(name="wren:file", value=f"debs/{deb.name}")],
    )  # fmt: skip


def _hash(path: Path) -> HashType:
    return HashType(alg=HashAlgorithm.SHA_256, content=hashlib.sha256(path.read_bytes()).hexdigest())
