"""The keys in a bundle: which of them count, and whether the manifest's holds."""

import hashlib

from cli.evidence.signing import NoKeyError, Pins, PublicKey, read_pem
from cli.evidence.unpacking import Unpacked
from parley.archive import evidence
from parley.archive.evidence import Manifest
from parley.archive.evidence_files import FileCode

_MAX_SIGNATURE = 1024


def bundled_keys(
    unpacked: Unpacked, manifest: Manifest, raw: bytes, pins: Pins
) -> tuple[str, list[PublicKey]]:
    """The fingerprint of the manifest's key, "" if its signature does not hold; and the other keys, which may
    have signed checkpoints. raw: the manifest as it lies in the file."""
    found = _counting(unpacked, manifest, pins)
    # Who may sign manifests must not be able to sign a checkpoint: that key counts for nothing else.
    signer = found.pop(manifest.key, None)
    signature = unpacked.content(evidence.SIGNATURE, _MAX_SIGNATURE)
    holds = signer is not None and signer.signed(hashlib.sha256(raw).digest(), signature or b"")
    if signature is None:
        unpacked.fault(evidence.SIGNATURE, FileCode.MISSING)
    elif not holds:
        unpacked.fault(evidence.SIGNATURE, FileCode.FORGED)
    return manifest.key if holds else "", [*found.values()]


def _counting(unpacked: Unpacked, manifest: Manifest, pins: Pins) -> dict[str, PublicKey]:
    """By fingerprint; of every other key, a fault."""
    found = {}
    for name, content in unpacked.under(evidence.KEYS_PREFIX):
        try:
            key = read_pem(content)
        except NoKeyError:
            unpacked.fault(name, FileCode.MALFORMED)
            continue
        named = pins.exports if key.fingerprint == manifest.key else pins.checkpoints
        if evidence.key_path(key.fingerprint) != name:
            unpacked.fault(name, FileCode.ALTERED)
        elif named and key.fingerprint not in named:
            unpacked.fault(name, FileCode.UNTRUSTED)
        else:
            found[key.fingerprint] = key
    return found
