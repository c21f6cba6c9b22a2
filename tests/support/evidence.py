"""A conversation's archive in memory, signed with keys of its own, and bundles of it."""

import json
import secrets
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256

from cli.evidence.bundling import write_bundle
from cli.evidence.holdings import FirstVersions, Object, Refusal
from cli.evidence.ordering import Keys, Order, Written
from cli.evidence.signing import PublicKey, checked_key
from parley.archive import keys
from parley.archive.chain import Committed, Link, commitments, digest, link_hash
from parley.archive.checkpoints import Statement, batch_root, checkpoints
from parley.archive.content import content_of, note_content
from parley.archive.entries import Entry, EntryError, event_entry, message_entry, read_entry
from parley.archive.exporting import export_facts
from parley.archive.records import EventKind, EventRecord, MessageRecord
from parley.archive.redaction import shares
from parley.archive.verdicts import Code
from parley.mail.structure import read
from parley.mail.text import decode_body
from parley.mail.walk import filename, parts

CONVERSATION = "c1"
START = datetime(2026, 9, 4, 16, 12, tzinfo=UTC)
EXPORTED_AT = START + timedelta(days=9)
BUYER, SELLER = "anna@privatmail.example", "shop@mueller.example"
SCREENING = {
    "policy": "1",
    "hits": ["iban"],
    "misses": ["phone"],
    "findings": [["iban", "note", "part:1", 1]],
}
PAGE = b"<!doctype html><title>the transcript</title>"


@dataclass
class Signer:
    """Signs as KMS does."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def sign(self, digested: bytes) -> bytes:
        return self.key.sign(digested, ec.ECDSA(utils.Prehashed(SHA256())))

    @property
    def public(self) -> PublicKey:
        return checked_key(self.key.public_key())


def mail(author: str, text: str, attachment: bytes | None = None) -> bytes:
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"], made["Subject"] = author, "alias@relay.example.com", "About the teapot"
    made.set_content(text)
    if attachment is not None:
        made.add_attachment(attachment, maintype="application", subtype="pdf", filename="bill.pdf")
    return bytes(made)


class FakeHoldings(FirstVersions):
    """Objects by key: content and salt. denied: keys that may not be read. disturbed: what was done to them
    since."""

    def __init__(
        self,
        objects: Mapping[str, tuple[bytes, str]],
        denied: frozenset[str] = frozenset(),
        disturbed: Mapping[str, Code] = MappingProxyType({}),
    ) -> None:
        self.disturbed = dict(disturbed)
        self.conversation = CONVERSATION
        self.width = 2
        self._objects = objects
        self._denied = denied

    def as_first_written(self) -> FirstVersions:
        return self

    def keys(self) -> list[str]:
        return sorted(self._objects)

    def checkpoint_keys(self) -> list[str]:
        return [key for key in self.keys() if key.startswith("checkpoints/")]

    def read(self, key: str) -> Object | Refusal:
        if key in self._denied:
            return Refusal(key, "access-denied")
        if key not in self._objects:
            return Refusal(key, "object-missing")
        return Object(key, *self._objects[key])


class Archived:
    """Grows link by link, as the relay and write_archive make it."""

    def __init__(self) -> None:
        self.objects: dict[str, tuple[bytes, str]] = {}
        self.checkpoints, self.exports = Signer(), Signer()
        self.seq, self.tip, self.at = 0, "", START
        self.pending: dict[str, str] = {}
        self.late: dict[str, tuple[bytes, str]] = {}
        self.export, self.made_at = "", EXPORTED_AT

    def message(
        self,
        author: str | None,
        recipient: str,
        text: str,
        outcome: str = "relayed",
        *,
        intended: str = "",
        attachment: bytes | None = None,
        done: bool = True,
    ) -> str:
        """Returns the message's id. intended: what its record says, if that is something else. done: whether
        it has its outcome, and so an entry."""
        id_ = f"m{self.seq + 1}"
        folder = keys.folder(CONVERSATION, self.seq + 1, self.at, keys.direction(author, recipient), id_)
        mailbox = BUYER if author == "buyer" else SELLER
        contents = {Committed.ORIGINAL: mail(mailbox, f"original: {text}", attachment)}
        if "relayed" in (outcome, intended):
            relayed = mail(f"{author}-alias@relay.example.com", f"relayed: {text}", attachment)
            contents |= {Committed.RELAYED: relayed, Committed.CONTENT: content_of(relayed)}
            self._extract(relayed)
        record = MessageRecord(
            author_role=author,
            recipient_role=recipient,
            outcome=intended or outcome,
            codes=(),
            screening=SCREENING,
        ).to_json()
        link, salt = self._chain(id_, record, contents, folder)
        entry = message_entry(
            link, record, salt, outcome=outcome, codes=(), folder=folder, outgoing_message_id=None
        )
        if done:
            self._file(id_, entry)
        else:
            self.pending[str(self.seq)] = self.tip
            self.late[keys.entry_key(CONVERSATION, self.seq, id_)] = (entry, "")
        return id_

    def event(
        self,
        kind: EventKind,
        message: str | None = None,
        *,
        contents: Any = None,
        facts: Mapping[str, str | int] = MappingProxyType({}),
    ) -> None:
        id_ = f"e{self.seq + 1}"
        folder = keys.event_folder(CONVERSATION, self.at, kind, id_) if contents else ""
        record = EventRecord(kind=kind, message=message, facts=dict(facts)).to_json()
        link, salt = self._chain(id_, record, contents or {}, folder)
        self._file(id_, event_entry(link, record, salt, folder=folder))

    def note(self, text: str) -> None:
        self.event(EventKind.NOTE, contents={Committed.CONTENT: note_content(text, "arn:of:staff")})

    def sign(self, signer: Signer | None = None) -> None:
        """A checkpoint of the chain as it is."""
        statement = Statement(
            conversation=CONVERSATION,
            count=self.seq,
            tip=self.tip,
            pending=dict(self.pending),
            at=self.at.isoformat(),
        )
        signature = (signer or self.checkpoints).sign(batch_root([statement]))
        (made,) = checkpoints([statement], "arn:of:key", signature)
        self.objects[keys.checkpoint_key(CONVERSATION, self.seq, digest(self.at.isoformat().encode()))] = (
            made.to_bytes(),
            "",
        )

    def exported(
        self,
        viewer: str | None = None,
        *,
        case: str = "case-17",
        signer: Signer | None = None,
        roles: Collection[str] = ("buyer", "seller"),
    ) -> "Archived":
        """A copy with the link of an export, and a checkpoint that counts it."""
        copy = Archived()
        copy.checkpoints, copy.exports, copy.objects = self.checkpoints, self.exports, dict(self.objects)
        copy.pending, copy.late = dict(self.pending), dict(self.late)
        copy.seq, copy.tip, copy.at = self.seq, self.tip, self.made_at
        contents = {Committed.CONTENT: note_content("", "arn:of:staff")}
        opened = shares(copy.entries(), viewer, roles=roles) if viewer else ()
        copy.event(EventKind.EXPORTED, contents=contents, facts=export_facts(case, viewer, opened))
        copy.sign(signer)
        copy.export, copy.made_at = f"e{copy.seq}", self.made_at
        return copy

    def entries(self) -> list[Entry]:
        """Those that can be read."""
        found = []
        for key, (raw, _) in self.objects.items():
            if key.startswith("entries/"):
                with suppress(EntryError):
                    found.append(read_entry(raw))
        return found

    def holdings(self, denied: frozenset[str] = frozenset()) -> FakeHoldings:
        return FakeHoldings(self.objects, denied)

    def bundle(
        self,
        out: Path,
        viewer: str | None = None,
        *,
        denied: frozenset[str] = frozenset(),
        page: bytes | None = PAGE,
        roles: Collection[str] = ("buyer", "seller"),
        disturbed: Mapping[str, Code] = MappingProxyType({}),
    ) -> Written:
        """Of the archive as it is where that has the link of an export, else of `exported(viewer)`."""
        if not self.export:
            return self.exported(viewer, roles=roles).bundle(
                out, viewer, denied=denied, page=page, roles=roles, disturbed=disturbed
            )
        order = Order(
            conversation=CONVERSATION,
            viewer=viewer,
            roles=frozenset(roles),
            case="case-17",
            made_by="arn:of:staff",
            exported=self.export,
            made_at=self.made_at,
            tool="parley test",
        )
        signing = Keys(
            manifest=self.exports.public,
            checkpoints=[self.checkpoints.public],
            sign=lambda content: self.exports.sign(sha256(content).digest()),
        )
        return write_bundle(
            order,
            FakeHoldings(self.objects, denied, disturbed),
            signing,
            lambda *_: page,
            out,
            lambda _: lambda: None,
        )

    def _chain(
        self, id_: str, record: str, contents: Mapping[Committed, bytes], folder: str
    ) -> tuple[str, str]:
        committed = {Committed.RECORD: record.encode(), **contents}
        salts = {kind: secrets.token_hex(16) for kind in committed}
        link = Link(
            conversation=CONVERSATION,
            seq=self.seq + 1,
            previous=self.tip,
            id=id_,
            at=self.at.isoformat(),
            commitments=commitments(salts, committed),
        ).to_json()
        for kind, each in contents.items():
            self.objects[keys.object_key(folder, kind)] = (each, salts[kind])
        self.seq, self.tip, self.at = self.seq + 1, link_hash(link), self.at + timedelta(minutes=1)
        return link, salts[Committed.RECORD]

    def _file(self, id_: str, entry: bytes) -> None:
        self.objects[keys.entry_key(CONVERSATION, self.seq, id_)] = (entry, "")

    def _extract(self, relayed: bytes) -> None:
        for _, part in parts(read(relayed)):
            if name := filename(part):
                octets = decode_body(part)
                self.objects[keys.attachment_key(CONVERSATION, digest(octets), name)] = (octets, "")


def archived() -> Archived:
    """A question with an attachment, its answer, a refused threat, a held mail, a note; all signed."""
    made = Archived()
    made.message("buyer", "seller", "Is it blue?", attachment=b"%PDF-1.4 of the buyer")
    made.message("seller", "buyer", "It is green.", attachment=b"%PDF-1.4 of the seller")
    made.message("buyer", "seller", "a threat", "refused")
    made.message("seller", "buyer", "a bank account", "held")
    made.note("called the seller")
    made.sign()
    return made


def signed_anew(
    made: Archived, bundle: Path, out: Path, changes: Mapping[str, bytes | None], **members: object
) -> Path:
    """As `rewritten`, by somebody who may sign manifests. members: of the manifest."""
    with ZipFile(bundle) as old:
        manifest = json.loads(old.read("manifest.json")) | members
    for name, content in changes.items():
        if content is None:
            del manifest["files"][name]
        else:
            manifest["files"][name] = {"sha256": digest(content), "size": len(content)}
    raw = json.dumps(manifest).encode()
    signature = made.exports.sign(sha256(raw).digest())
    return rewritten(bundle, out, {**changes, "manifest.json": raw, "manifest.sig": signature})


def cut_off(made: Archived, bundle: Path, out: Path, count: int, **members: object) -> Path:
    """A bundle without what came after a link, checkpoints included, by somebody who may sign manifests."""
    with ZipFile(bundle) as old:
        chain, names = json.loads(old.read("chain.json")), old.namelist()
    kept = [each for each in chain["links"] if each["link"]["seq"] <= count]
    folders = {each["folder"] for each in chain["links"] if each not in kept} - {""}
    gone = [name for name in names if name[: name.rfind("/") + 1] in folders]
    gone += [name for name in map(keys.content_key, folders) if name in names]
    told = [name for name in names if name.startswith(("entries/", "checkpoints/"))]
    gone += [name for name in told if int(name.split("/")[2].split("_")[0]) > count]
    changes = {**dict.fromkeys(gone), "chain.json": json.dumps({**chain, "links": kept}).encode()}
    end = {"count": count, "tip": kept[-1]["link_hash"]}
    return signed_anew(made, bundle, out, changes, **end | members)


def rewritten(bundle: Path, out: Path, changes: Mapping[str, bytes | None]) -> Path:
    """A copy in which files have another content, are new, or (None) are missing."""
    with ZipFile(bundle) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        for info in old.infolist():
            content = changes.get(info.filename, old.read(info))
            if content is not None:
                new.writestr(info.filename, content)
        for name, content in changes.items():
            if name not in old.namelist() and content is not None:
                new.writestr(ZipInfo(name), content)
    return out
