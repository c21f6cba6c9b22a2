"""The public halves of keys: their form, their fingerprints, and what they signed."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
    load_pem_public_key,
)

from cli.aws import Clients
from cli.connecting import UsageError
from parley.archive.checkpoints import Checkpoint
from parley.archive.evidence import fingerprint


@dataclass(frozen=True, slots=True)
class Pins:
    """Fingerprints of the only keys that may have signed; where there are none, any may.

    By role: who exports could sign a checkpoint with the key for manifests, one that was retired too.
    """

    checkpoints: frozenset[str] = frozenset()
    exports: frozenset[str] = frozenset()


NO_PINS = Pins()


class NoKeyError(ValueError):
    """The octets are no public key of the curve P-256."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """fingerprint: SHA-256 of the key in DER, 64 hex digits."""

    fingerprint: str
    key: ec.EllipticCurvePublicKey

    def to_pem(self) -> bytes:
        return self.key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def signed(self, digest: bytes, signature: bytes) -> bool:
        """digest: SHA-256 of what was signed. signature: in DER."""
        try:
            self.key.verify(signature, digest, ec.ECDSA(utils.Prehashed(SHA256())))
        except InvalidSignature:
            return False
        return True


def read_der(octets: bytes) -> PublicKey:
    """Raises `NoKeyError`."""
    try:
        return checked_key(load_der_public_key(octets))
    except (ValueError, UnsupportedAlgorithm):
        raise NoKeyError from None


def read_pem(octets: bytes) -> PublicKey:
    """Raises `NoKeyError`."""
    try:
        return checked_key(load_pem_public_key(octets))
    except (ValueError, UnsupportedAlgorithm):
        raise NoKeyError from None


def key_in_file(path: Path) -> PublicKey:
    """Raises `UsageError`, `OSError`."""
    try:
        return read_pem(path.read_bytes())
    except NoKeyError:
        raise UsageError(f"{path} is no public key of the curve P-256 in PEM.") from None


def key_in_kms(clients: Clients, key: str) -> PublicKey:
    """key: the id of one of the deployment's. Never one that a checkpoint names: that could be anybody's."""
    return read_der(clients.kms.get_public_key(KeyId=key)["PublicKey"])


def signed_by_one_of(keys: Iterable[PublicKey], checkpoint: Checkpoint) -> bool:
    root = checkpoint.root
    return root is not None and any(key.signed(root, checkpoint.signature) for key in keys)


def signature_of(clients: Clients, key: str, content: bytes) -> bytes:
    """In DER, over the SHA-256 of the content."""
    answer = clients.kms.sign(
        KeyId=key,
        Message=hashlib.sha256(content).digest(),
        MessageType="DIGEST",
        SigningAlgorithm="ECDSA_SHA_256",
    )
    return answer["Signature"]


def checked_key(key: object) -> PublicKey:
    """Raises `NoKeyError`."""
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise NoKeyError
    return PublicKey(fingerprint(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)), key)
