"""Signing with a key of KMS that never leaves it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parley.archive.checkpoints import ALGORITHM
from parley.archiving.ports import Signature

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient


class KmsSigner:
    """Implements the port `Signer`. key: ARN of a key of the spec ECC_NIST_P256."""

    def __init__(self, client: KMSClient, key: str) -> None:
        self._client = client
        self._key = key

    def sign(self, digest: bytes) -> Signature:
        answer = self._client.sign(
            KeyId=self._key, Message=digest, MessageType="DIGEST", SigningAlgorithm=ALGORITHM
        )
        return Signature(answer["KeyId"], answer["Signature"])
