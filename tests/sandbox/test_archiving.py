"""Entries and checkpoints of the deployed stack: written from the table's stream, verified from S3 alone."""

from collections.abc import Iterator
from email.message import EmailMessage
from functools import cache

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from parley.archive import keys
from parley.archive.chain import digest
from parley.archive.checkpoints import Checkpoint
from parley.archive.verification import Stored, Verdict, verify
from sandbox.seeding import Correspondence, Correspondent
from sandbox.stack import Sandbox
from tests.support.correspondences import correspond, wait

pytestmark = pytest.mark.slow


def write(sandbox: Sandbox, author: Correspondent, subject: str, attachment: bytes | None = None) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = str(author.person.account.mailbox), author.writes_to, subject
    mail["Message-ID"] = f"<{subject.replace(' ', '.')}@{author.person.id}.example>"
    mail.set_content("Is it blue? Greetings")
    if attachment is not None:
        mail.add_attachment(attachment, maintype="application", subtype="pdf", filename="Bill 1.pdf")
    sandbox.submit(author.person.account, bytes(mail), [author.writes_to])


class Kept:
    """A conversation as it lies in the archive bucket."""

    def __init__(self, sandbox: Sandbox, conversation: str) -> None:
        self._s3 = sandbox.deployed.local.client("s3")
        self._kms = sandbox.deployed.local.client("kms")
        self._bucket = sandbox.settings.archive_bucket
        self.conversation = conversation

    def keys(self, prefix: str) -> list[str]:
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
        return [each["Key"] for page in pages for each in page.get("Contents", [])]

    def all(self, prefix: str) -> Iterator[tuple[str, bytes]]:
        for key in self.keys(prefix):
            yield key, self._s3.get_object(Bucket=self._bucket, Key=key)["Body"].read()

    def stored(self, key: str) -> Stored | None:
        try:
            answer = self._s3.get_object(Bucket=self._bucket, Key=key)
        except self._s3.exceptions.NoSuchKey:
            return None
        return Stored(digest(answer["Body"].read()), answer["Metadata"].get("salt", ""))

    def verdict(self) -> Verdict:
        @cache
        def public_key(key: str) -> ec.EllipticCurvePublicKey:
            read = load_der_public_key(self._kms.get_public_key(KeyId=key)["PublicKey"])
            assert isinstance(read, ec.EllipticCurvePublicKey)
            return read

        def is_signed(checkpoint: Checkpoint) -> bool:
            try:
                public_key(checkpoint.key).verify(
                    checkpoint.signature, checkpoint.root or b"", ec.ECDSA(utils.Prehashed(SHA256()))
                )
            except InvalidSignature:
                return False
            return True

        return verify(
            self.conversation,
            self.all(keys.entry_prefix(self.conversation)),
            self.all(keys.checkpoint_prefix(self.conversation)),
            self.stored,
            is_signed,
        )


# Of two mails: each, and that SES sent and delivered it.
LINKS = 6


def exchanged(sandbox: Sandbox) -> tuple[Correspondence, Kept]:
    both = correspond(sandbox)
    kept = Kept(sandbox, both.conversation)
    write(sandbox, both.buyer, "first", b"%PDF-1.4 a bill")
    wait(lambda: kept.keys(keys.entry_prefix(both.conversation)), "first entry")
    write(sandbox, both.seller, "second")
    wait(lambda: kept.verdict().signed == LINKS, "last checkpoint")
    return both, kept


def test_a_conversation_of_the_deployed_stack_verifies_from_its_objects_alone(sandbox: Sandbox) -> None:
    _, kept = exchanged(sandbox)
    verdict = kept.verdict()
    assert (verdict.count, verdict.signed, verdict.faults) == (LINKS, LINKS, ())


def test_attachments_lie_beside_the_mails_by_their_content(sandbox: Sandbox) -> None:
    both, kept = exchanged(sandbox)
    prefix = keys.conversation_prefix(both.conversation) + "attachments/"
    (key,) = wait(lambda: kept.keys(prefix), "attachment")
    assert key == f"{prefix}{digest(b'%PDF-1.4 a bill')}/attachment.pdf"
