"""What must be so, and whether it is. Pure: everything that is judged is an argument."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from parley.archive.chain import Committed, commitment, digest, link_hash, nothing
from parley.conversation.conversations import Head
from parley.mail.address import parse_mailbox
from parley.masking.gate import leaks
from parley.masking.protected import Identity, Protected
from sandbox.demo.evidence import Filed
from sandbox.queues import Depth
from sandbox.seeding import Correspondence

NOTHING = "nothing"
_SHORT = 8


@dataclass(frozen=True, slots=True)
class Check:
    """A claim that holds if what was seen is what was expected. Both are shown if it fails."""

    claim: str
    expected: str
    seen: str

    @property
    def passed(self) -> bool:
        return self.expected == self.seen


def equal(claim: str, expected: object, seen: object) -> Check:
    return Check(claim, str(expected), str(seen))


def status(checks: Iterable[Check]) -> int:
    """The exit status: 1 if any check failed, or if there is none."""
    judged = [check.passed for check in checks]
    return 0 if judged and all(judged) else 1


def same_octets(claim: str, expected: bytes, seen: bytes | None) -> Check:
    return Check(claim, _digest(expected), _digest(seen))


def outcome(filed: Filed, expected: str, *codes: str, whose: str = "The") -> Check:
    """That table and archive agree on the outcome, and that it has these codes among others."""
    found = [code for code in codes if code in filed.entry["codes"]]
    recorded = sorted({filed.message.state.value, filed.entry["outcome"]})
    wanted = _outcome([expected], codes)
    return Check(f"{whose} outcome is on record: {wanted}.", wanted, _outcome(recorded, found))


def _outcome(states: Sequence[str], codes: Sequence[str]) -> str:
    return f"{' and '.join(states)} ({', '.join(codes) or 'no code'})"


def original_kept(filed: Filed, written: bytes, whose: str = "The") -> Check:
    """SES puts its own fields above the mail; below them it is the author's, octet for octet."""
    kept = filed.original[-len(written) :]
    return same_octets(f"{whose} archived original is what was written, octet for octet.", written, kept)


def no_leak(claim: str, heard: bytes, both: Correspondence, *, to: str, own_ids: Sequence[str] = ()) -> Check:
    """By the product's leak gate, which shares no decoder with the masking, on the delivered octets."""
    return Check(claim, NOTHING, _leaks(heard, both, to, own_ids))


def would_leak(written: bytes, both: Correspondence, *, to: str) -> Check:
    """That the check before can fail: it does on the mail as it was written."""
    found = _leaks(written, both, to, ())
    claim = "Unmasked, the same mail would have given a mailbox away."
    return Check(claim, "a leak", "a leak" if found != NOTHING else "no leak")


def answers(heard: bytes, *, in_reply_to: str, among: str) -> tuple[Check, Check]:
    """in_reply_to: the Message-ID that the reader knows. among: one that stands in References as well."""
    mail = parsed(heard)
    referred = among if among in str(mail["References"] or "").split() else str(mail["References"])
    return (
        equal("It answers the mail that its reader wrote (In-Reply-To).", in_reply_to, mail["In-Reply-To"]),
        Check("It stands in the thread that its reader knows (References).", among, referred),
    )


def files(raw: bytes) -> dict[str, bytes]:
    """The attachments by name, as the standard library reads them."""
    found = {}
    for part in parsed(raw).iter_attachments():
        content = part.get_payload(decode=True)
        found[part.get_filename() or ""] = content if isinstance(content, bytes) else b""
    return found


def chain(filed: Sequence[Filed], links: Sequence[str], head: Head) -> Check:
    """Every link recomputed, those of mails from what the archive holds, up to the tip that the table names.
    links: of mails and of what SES told of them, as the table has them, in order."""
    faults = list(_chain_faults(filed, links, head))
    name = f"{filed[0].message.conversation}"[:_SHORT] if filed else "a conversation without mails"
    told = len(links) - len(filed)
    claim = (
        f"{name}…: {len(filed)} mails and {told} events in a chain without a gap, and every hash fits the "
        "archived mails."
    )
    return Check(claim, NOTHING, "; ".join(faults) or NOTHING)


def queues_empty(depths: Sequence[Depth]) -> Check:
    full = [f"{each.label}: {each.messages}" for each in depths if each.messages]
    return Check(
        "Nothing waits: both queues and all dead-letter queues are empty.",
        NOTHING,
        ", ".join(full) or NOTHING,
    )


def parsed(raw: bytes) -> EmailMessage:
    mail = message_from_bytes(raw, policy=default)
    if not isinstance(mail, EmailMessage):
        raise TypeError("the default policy makes EmailMessage")
    return mail


def _leaks(raw: bytes, both: Correspondence, to: str, own_ids: Sequence[str]) -> str:
    protected = Protected(
        author=_identity(both.buyer.account.mailbox, both.seller.writes_to),
        recipient=_identity(both.seller.account.mailbox, both.buyer.writes_to),
    )
    ids = [each.strip("<>") for each in own_ids]
    found = leaks(raw, protected, parse_mailbox(to), ids)
    return ", ".join(f"{finding.code} in {finding.place}" for finding in found) or NOTHING


def _identity(mailbox: str, alias: str) -> Identity:
    own = parse_mailbox(mailbox)
    return Identity(
        mailboxes=frozenset({own}), private_domains=frozenset({own.domain}), alias=parse_mailbox(alias)
    )


def _chain_faults(filed: Sequence[Filed], links: Sequence[str], head: Head) -> Iterable[str]:
    previous = ""
    for place, text in enumerate(links, 1):
        link = json.loads(text)
        if link["seq"] != place or link["previous"] != previous:
            yield f"link {place} does not follow the one before"
        previous = link_hash(text)
    if (head.seq, head.tip) != (len(links), previous):
        yield f"the table's tip is link {head.seq}, that of what happened {len(links)}"
    for each in filed:
        text, place = each.message.link or "", each.message.seq
        if json.loads(text) != each.link or json.loads(each.message.record or "{}") != each.entry["record"]:
            yield f"entry {place} differs from the table"
        if each.entry["link_hash"] != link_hash(text) or text not in links:
            yield f"the hash of link {place} is another"
        yield from _commitment_faults(each, place)


def _commitment_faults(filed: Filed, place: int) -> Iterable[str]:
    salts = dict(filed.message.salts)
    record = (filed.message.record or "").encode("ascii")
    contents = {
        Committed.RECORD: record,
        Committed.ORIGINAL: filed.original,
        Committed.RELAYED: filed.relayed,
        Committed.CONTENT: filed.content,
    }
    for kind, committed in filed.link["commitments"].items():
        content = contents[Committed(kind)]
        absent = nothing(salts[Committed.RECORD], Committed(kind))
        if committed != (absent if content is None else commitment(salts.get(kind, ""), digest(content))):
            yield f"link {place} commits to another {kind}"


def _digest(content: bytes | None) -> str:
    if content is None:
        return NOTHING
    return f"{len(content):,} octets, SHA-256 {hashlib.sha256(content).hexdigest()[:16]}…"
