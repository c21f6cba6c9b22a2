"""Walks the parts of a mail and decides for each what goes out (RFC 2046)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final

from parley.mail.compose import Label, MessagePart, MultipartPart, OutgoingPart, TextPart
from parley.mail.findings import Finding, Severity
from parley.mail.structure import Mail, Part, StructureError, read
from parley.mail.text import decode_body
from parley.mail.walk import filename, parts
from parley.masking.budget import Budget
from parley.masking.content_ids import names_of
from parley.masking.kinds import Kind, kind_of
from parley.masking.labels import label
from parley.masking.matcher import Matcher
from parley.masking.smime import SignedDataError, signed_content
from parley.masking.text import mask_text
from parley.masking.texts import MaskedLeaf, UnreadableLeafError, mask_leaf

_GONE: Final = {
    Kind.AMP: "amp-removed",
    Kind.SIGNATURE: "signature-removed",
    Kind.CERTIFICATE: "certificate-removed",
}
_SEEN: Final = 1_000
MAX_PATH: Final = 40
"""Mails inside attachments and signatures are read anew, so their depth adds up here."""
_HELD: Final = {
    Kind.ENCRYPTED: "encrypted",
    Kind.PARTIAL: "message-partial",
    Kind.EXTERNAL: "message-external-body",
}


class Unmaskable(ValueError):  # noqa: N818  # an outcome more than an error
    """Something cannot be read with certainty (I5). `finding` says what and where; the mail must be held."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(f"{finding.code} at {finding.place}")
        self.finding = finding


@dataclass(slots=True)
class PartMasker:
    """Masks one mail's parts. noted: findings by code and place, counted."""

    matcher: Matcher
    mask_contacts: bool
    content_ids: dict[str, str]
    id_seed: str = ""
    has_text: bool = True
    budget: Budget = field(default_factory=Budget)
    noted: Counter[tuple[str, str]] = field(default_factory=Counter)

    def note(self, code: str, place: str, count: int = 1) -> None:
        """Counts a finding; nothing if the count is 0."""
        if count:
            self.noted[code, place] += count

    def note_all(self, codes: Iterable[str], place: str) -> None:
        """Counts a finding for each code."""
        for code in codes:
            self.noted[code, place] += 1

    def root(self, mail: Mail) -> OutgoingPart:
        """What goes out for the whole mail."""
        self.has_text = any(_is_text(part) for _, part in parts(mail))
        return self.part(mail.root, "1") or _empty()

    def part(self, part: Part, path: str) -> OutgoingPart | None:
        """What goes out for a part; None if it is left out. Raises `Unmaskable`."""
        place = f"part:{path}"
        name = filename(part)
        kind = kind_of(part, name)
        if code := _HELD.get(kind):
            raise Unmaskable(Finding(code, Severity.SERIOUS, place))
        if code := _GONE.get(kind):
            self.note(code, place)
            return None
        if path.count(".") > MAX_PATH:
            raise Unmaskable(Finding("nested-too-deep", Severity.SERIOUS, place))
        if kind in (Kind.SIGNED, Kind.UNSTATED_SMIME):
            return self._signed(part, path, "signed-opaque" if kind is Kind.SIGNED else "encrypted")
        if kind is Kind.MULTIPART:
            return self._multipart(part, path)
        shown = self._label(part, place)
        if kind is Kind.ENCLOSED and part.enclosed is not None:
            return self.enclosed(part.enclosed, shown, path)
        try:
            if kind in (Kind.BINARY, Kind.TNEF):
                # Few mails have files, and everything that reads them takes long to import.
                from parley.masking.attachments import mask_attachment

                leaf = mask_attachment(part, shown, kind, self, path)
            else:
                leaf = mask_leaf(part, kind, shown, self.matcher, self.content_ids, self.mask_contacts)
        except UnreadableLeafError as unreadable:
            raise Unmaskable(Finding(unreadable.code, Severity.SERIOUS, place)) from None
        return self.counted(leaf, place)

    def counted(self, leaf: MaskedLeaf, place: str) -> OutgoingPart | None:
        """The leaf's part, its findings noted."""
        self.note("protected-masked", place, leaf.protected)
        self.note_all((*leaf.contacts, *leaf.codes), place)
        return leaf.part

    def _label(self, part: Part, place: str) -> Label:
        shown = label(part, self.matcher, self.content_ids)
        name = filename(part)
        if (shown.filename or "") != name:
            self.note("filename-masked", f"{place}:filename")
        if name:
            self.note_all(mask_text(name, self.matcher).contacts, f"{place}:filename")
        return shown

    def _multipart(self, part: Part, path: str) -> OutgoingPart | None:
        children = []
        for index, child in enumerate(part.children, 1):
            outgoing = self.part(child, f"{path}.{index}")
            if outgoing is not None:
                children.append(outgoing)
        if not children:
            self.note("part-empty", f"part:{path}")
            return None if "." in path else _empty()
        if part.content_type.value == "multipart/signed":
            # RFC 1847 §2.1: what was signed comes first; the signature is gone with its part.
            self.note("signature-removed", f"part:{path}")
            if len(children) == 1:
                return children[0]
        return MultipartPart(label(part, self.matcher, self.content_ids), tuple(children))

    def _signed(self, part: Part, path: str, otherwise: str) -> OutgoingPart | None:
        """What an opaque signature encloses: a body part of its own. otherwise: the code if there is none."""
        place = f"part:{path}"
        try:
            inner = read(signed_content(decode_body(part)))
        except (SignedDataError, StructureError):
            raise Unmaskable(Finding(otherwise, Severity.SERIOUS, place)) from None
        self.note("signature-removed", place)
        add_content_ids(self.content_ids, inner, self.id_seed, self.matcher.relay_domain)
        return self.part(inner.root, f"{path}.1")

    def enclosed(self, mail: Mail, shown: Label, path: str) -> MessagePart:
        """An enclosed mail, masked, with its own header section reduced."""
        from parley.masking.enclosed import masked_fields

        place = f"part:{path}"
        fields, protected, contacts = masked_fields(mail.header, self.matcher, self.mask_contacts)
        self.note("enclosed-header-reduced", place)
        self.note("protected-masked", f"{place}:header", protected)
        self.note_all(contacts, f"{place}:header")
        body = self.part(mail.root, f"{path}.1") or _empty()
        shown = replace(shown, media_type="message/rfc822", parameters={})
        return MessagePart(shown, fields, body)


def _is_text(part: Part) -> bool:
    """Whether the part is text that a reader sees at once."""
    is_attached = part.disposition is not None and part.disposition.value == "attachment"
    is_text = part.content_type.value.startswith("text/") and not is_attached
    return is_text and not bytes(part.body[:_SEEN]).isspace() and part.body_end > part.body_start


def _empty() -> TextPart:
    return TextPart(Label(media_type="text/plain"), "", "utf-8")


def new_content_ids(mail: Mail, seed: str, relay_domain: str) -> dict[str, str]:
    """All `names_of` parts of the mail and of enclosed mails, and the new Content-ID of each."""
    known: dict[str, str] = {}
    add_content_ids(known, mail, seed, relay_domain)
    return known


def add_content_ids(known: dict[str, str], mail: Mail, seed: str, relay_domain: str) -> None:
    """Adds those of another mail to `new_content_ids`."""
    for _, part in parts(mail):
        names = [name for name in names_of(part) if name not in known]
        known.update(dict.fromkeys(names, f"{seed}.{len(known) + 1}@{relay_domain}"))
