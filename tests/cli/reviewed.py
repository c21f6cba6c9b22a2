"""A conversation of the deployed sandbox, and the `parley` command that looks at it."""

import json
import uuid
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from typer.testing import CliRunner

from cli.main import app
from parley.archive import keys
from sandbox.seeding import Correspondence, Correspondent
from sandbox.stack import Sandbox
from tests.support.correspondences import correspond, wait

BILL = b"%PDF-1.4 a bill"
CASE = "case-17"
# Of an exchange: two mails, and of each that SES sent and delivered it.
LINKS = 6


@dataclass(frozen=True)
class Reviewed:
    """order: of the conversation."""

    sandbox: Sandbox
    both: Correspondence

    @property
    def id(self) -> str:
        return self.both.conversation

    def run(self, *arguments: str, text: str = "") -> Any:
        """The command, connected to the sandbox."""
        local = self.sandbox.deployed.local
        where = ["--endpoint-url", local.endpoint, "--region", local.region]
        return CliRunner().invoke(app, [*arguments, *where], input=text, env={"COLUMNS": "200"})

    def told(self, *arguments: str) -> Any:
        """What the command says with --json; it must have succeeded."""
        ended = self.run(*arguments, "--json")
        assert ended.exit_code == 0, ended.output
        return json.loads(ended.stdout)

    def archived(self, prefix: str) -> list[str]:
        s3 = self.sandbox.deployed.local.client("s3")
        listed = s3.list_objects_v2(Bucket=self.sandbox.settings.archive_bucket, Prefix=prefix)
        return [each["Key"] for each in listed.get("Contents", [])]

    def accesses(self) -> list[tuple[str, str]]:
        """What was read of this conversation, and for which case, as the API recorded it."""
        s3 = self.sandbox.deployed.local.client("s3")
        bucket = self.sandbox.deployed.variables("admin_api")["PARLEY_REVIEW_BUCKET"]
        listed = s3.list_objects_v2(Bucket=bucket, Prefix="accesses/")
        keys_ = sorted(each["Key"] for each in listed.get("Contents", []))
        read = [json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read()) for key in keys_]
        return [(each["what"], each["case"]) for each in read if each.get("conversation") == self.id]

    @staticmethod
    def contents(bundle: Path) -> list[bytes]:
        """Every file of a bundle, and every body part in its mails, decoded."""
        found = []
        with ZipFile(bundle) as files:
            for name in files.namelist():
                found.append(raw := files.read(name))
                if name.endswith(".eml"):
                    parts = message_from_bytes(raw).walk()
                    found += [part.get_payload(decode=True) or b"" for part in parts]
        return found

    def write(
        self, author: Correspondent, text: str, attachment: bytes | None = None, *, verdicts: str = ""
    ) -> None:
        """verdicts: what SES shall find, as `sandbox.ses.verdicts` reads it."""
        mail = EmailMessage()
        if verdicts:
            mail["X-Sandbox-Verdicts"] = verdicts
        mail["From"], mail["To"] = str(author.person.account.mailbox), author.writes_to
        mail["Subject"] = "About the teapot"
        mail["Message-ID"] = f"<{uuid.uuid4()}@{author.person.id}.example>"
        mail.set_content(text)
        if attachment is not None:
            mail.add_attachment(attachment, maintype="application", subtype="pdf", filename="Bill 1.pdf")
        self.sandbox.submit(author.person.account, bytes(mail), [author.writes_to])


def exchanged(sandbox: Sandbox) -> Reviewed:
    """A question with an attachment and its answer, both archived, delivered and signed."""
    reviewed = Reviewed(sandbox, correspond(sandbox))
    reviewed.write(reviewed.both.buyer, "Is it blue?", BILL)
    wait(lambda: reviewed.archived(keys.entry_prefix(reviewed.id)), "first entry")
    reviewed.write(reviewed.both.seller, "It is green.")
    checkpoints = keys.checkpoint_prefix(reviewed.id)
    wait(lambda: [key for key in reviewed.archived(checkpoints) if f"/{LINKS:04}_" in key], "checkpoint")
    return reviewed
