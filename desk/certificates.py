"""The desk's own certificate authority and certificate, made at the first start.

A gateway trusts this authority alone (`ca_file` in its [uplink]), so no public authority is involved. Its
certificate may only vouch for this machine: should its key ever leak, it is of no use against anybody else.
"""

import datetime as dt
import ipaddress
import os
from pathlib import Path
from typing import Final, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from gateway.errors import InputError

_NAMES: Final = ("localhost",)
_ADDRESSES: Final = ("127.0.0.1", "::1")
_NETWORKS: Final = ("127.0.0.0/8", "::1/128")

_AUTHORITY_LIVES: Final = dt.timedelta(days=3650)
_CERTIFICATE_LIVES: Final = dt.timedelta(days=825)
"""A new certificate is made at every start, so no desk that is ever updated reaches this."""

_CLOCKS_DIFFER: Final = dt.timedelta(days=1)


class Files(NamedTuple):
    """Where the certificates are, as PEM. `ca` is for the gateways, the other two stay with the desk."""

    ca: Path
    certificate: Path
    key: Path


def prepare(folder: Path, *, now_s: float) -> Files:
    """Make what is missing in `folder` and a new certificate; `now_s` is UTC.

    Raises InputError if the folder cannot be used.
    """
    files = Files(folder / "ca.pem", folder / "desk.pem", folder / "desk.key")
    try:
        ca, ca_key = _authority(files.ca, folder / "ca.key", now_s)
        key = ec.generate_private_key(ec.SECP256R1())
        _write(files.key, _private(key), 0o600)
        _write(files.certificate, _sign(ca, ca_key, key, now_s).public_bytes(serialization.Encoding.PEM), 0o644)
    except (OSError, ValueError, TypeError) as error:
        raise InputError(
            f"{folder}: the desk's certificates cannot be made or read there: {error}.",
            advice="Give the desk a folder of its own that this user may write; if ca.pem or ca.key there is "
            "damaged, remove both and copy the new ca.pem to the gateways.",
        ) from error
    return files


def _authority(path: Path, key_path: Path, now_s: float) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    now = dt.datetime.fromtimestamp(now_s, dt.UTC)
    if path.exists() and key_path.exists():
        ca = x509.load_pem_x509_certificate(path.read_bytes())
        ca_key = serialization.load_pem_private_key(key_path.read_bytes(), password=None)
        if not isinstance(ca_key, ec.EllipticCurvePrivateKey) or ca_key.public_key() != ca.public_key():
            raise ValueError("ca.key does not belong to ca.pem")
        if now + _CERTIFICATE_LIVES < ca.not_valid_after_utc:
            return ca, ca_key
    ca_key = ec.generate_private_key(ec.SECP256R1())
    name = _name("Wren desk authority")
    constraints: list[x509.GeneralName] = [x509.DNSName(each) for each in _NAMES]
    constraints += [x509.IPAddress(ipaddress.ip_network(each)) for each in _NETWORKS]
    ca = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(ca_key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCKS_DIFFER)
        .not_valid_after(now + _AUTHORITY_LIVES)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key()), critical=False)
        .add_extension(x509.NameConstraints(constraints, None), critical=True)
        .sign(ca_key, hashes.SHA256())
    )
    _write(key_path, _private(ca_key), 0o600)
    _write(path, ca.public_bytes(serialization.Encoding.PEM), 0o644)
    return ca, ca_key


def _sign(
    ca: x509.Certificate, ca_key: ec.EllipticCurvePrivateKey, key: ec.EllipticCurvePrivateKey, now_s: float
) -> x509.Certificate:
    now = dt.datetime.fromtimestamp(now_s, dt.UTC)
    names: list[x509.GeneralName] = [x509.DNSName(each) for each in _NAMES]
    names += [x509.IPAddress(ipaddress.ip_address(each)) for each in _ADDRESSES]
    return (
        x509.CertificateBuilder()
        .subject_name(_name("Wren desk"))
        .issuer_name(ca.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCKS_DIFFER)
        .not_valid_after(now + _CERTIFICATE_LIVES)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
        .sign(ca_key, hashes.SHA256())
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(path: Path, content: bytes, mode: int) -> None:
    """Write all or nothing, never for a moment readable by others than `mode` says."""
    temporary = path.with_name(f"{path.name}.new")
    temporary.unlink(missing_ok=True)
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
    temporary.replace(path)
