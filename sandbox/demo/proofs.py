"""What proves the archive to somebody who has nothing else: its objects, the key that signed, the page."""

import re
from dataclasses import dataclass

from cli.aws import Clients
from cli.evidence.holdings import Holdings
from cli.evidence.signing import key_in_kms
from cli.evidence.verifying import read, verify_seen
from parley.archive.verdicts import Verdict
from parley.settings import variable
from sandbox.demo.checks import NOTHING, Check
from sandbox.demo.evidence import Books, awaited
from sandbox.seeding import Correspondence
from sandbox.stack import Sandbox

_SHORT = 8
_MESSAGE = re.compile(rb'<article id="m(\d+)"')


@dataclass(frozen=True, slots=True)
class Proof:
    """Of one conversation. transcript: the page for reviewers, b"" if there is none. mails: the places of its
    mails in the chain; the others are events."""

    both: Correspondence
    verdict: Verdict
    transcript: bytes
    mails: tuple[int, ...]


def proof(sandbox: Sandbox, both: Correspondence) -> Proof:
    """Once everything that the table has is signed for. Raises `MissingError`."""
    books = Books(sandbox, both.conversation)
    count = books.head().seq
    variables = sandbox.deployed.variables("write_archive")
    clients = Clients(sandbox.deployed.local.client)
    holdings = Holdings(clients, sandbox.settings.archive_bucket, both.conversation)
    signer = key_in_kms(clients, variables[variable("signing_key")])

    def all_signed() -> Verdict | None:
        seen = read(holdings, holdings.keys(), lambda: None)
        verdict = verify_seen(seen, both.conversation, [signer])
        return verdict if verdict.signed >= count else None

    verdict = awaited(all_signed, f"a checkpoint for all {count} of a conversation")
    transcript = sandbox.archive(both.conversation).transcript() or b""
    return Proof(both, verdict, transcript, tuple(each.message.seq for each in books.filed()))


def proved(found: Proof) -> Check:
    """By the same code as `parley verify`."""
    faults = [f"{each.code} at {each.seq}" for each in found.verdict.faults]
    claim = (
        f"{found.both.conversation[:_SHORT]}…: its entries, mails and signed checkpoints prove each other, "
        "without the table."
    )
    return Check(claim, NOTHING, ", ".join(faults) or NOTHING)


def told(found: Proof) -> Check:
    """Every message of the chain, whatever became of it, and neither party's mailbox."""
    people = (found.both.buyer, found.both.seller)
    shown = [each.account.mailbox for each in people if each.account.mailbox.encode() in found.transcript]
    seqs = sorted(int(each) for each in _MESSAGE.findall(found.transcript))
    claim = f"{found.both.conversation[:_SHORT]}…: its transcript tells every mail, and no mailbox."
    expected = _told(list(found.mails), [])
    return Check(claim, expected, _told(seqs, shown))


def _told(seqs: list[int], mailboxes: list[str]) -> str:
    numbers = ", ".join(map(str, seqs)) or "none"
    return f"mails {numbers}; mailboxes: {', '.join(mailboxes) or NOTHING}"
