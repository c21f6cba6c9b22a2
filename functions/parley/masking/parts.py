"""Walks the parts of a mail and decides for each what goes out (RFC 2046)."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from parley.mail.compose import Label, MessagePart, MultipartPart, OutgoingPart, TextPart
from parley.mail.findings import Finding, Severity
from parley.mail.structure import Mail, Part
from parley.masking.attachments import mask_attachment
from parley.masking.enclosed import masked_fields
from parley.masking.hypertext import content_id_key
from parley.masking.kinds import Kind, kind_of
from parley.masking.labels import filename, label
from parley.masking.matcher import Matcher
from parley.masking.texts import MaskedLeaf, UnreadableLeaf, mask_leaf

_GONE: Final = {
    Kind.AMP: "amp-removed",
    Kind.SIGNATURE: "signature-removed",
    Kind.CERTIFICATE: "certificate-removed",
}
_HELD: Final = {
    Kind.ENCRYPTED: "encrypted",
    Kind.SIGNED: "signed-opaque",
    Kind.PARTIAL: "message-partial",
    Kind.EXTERNAL: "message-external-body",
}


class Unmaskable(ValueError):
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
    noted: Counter[tuple[str, str]] = field(default_factory=Counter)

    def note(self, code: str, place: str, count: int = 1) -> None:
        """Counts a finding; nothing if the count is 0."""
        if count:
            self.noted[code, place] += count

    def root(self, mail: Mail) -> OutgoingPart:
        """What goes out for the whole mail."""
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
        if kind is Kind.MULTIPART:
            return self._multipart(part, path)
        shown = self._label(part, place)
        if kind is Kind.ENCLOSED and part.enclosed is not None:
            return self._enclosed(part.enclosed, shown, path)
        try:
            if kind in (Kind.BINARY, Kind.TNEF):
                leaf = mask_attachment(part, shown, kind, self)
            else:
                leaf = mask_leaf(part, kind, shown, self.matcher, self.content_ids, self.mask_contacts)
        except UnreadableLeaf as unreadable:
            raise Unmaskable(Finding(unreadable.code, Severity.SERIOUS, place)) from None
        return self.counted(leaf, place)

    def counted(self, leaf: MaskedLeaf, place: str) -> OutgoingPart | None:
        """The leaf's part, its findings noted."""
        self.note("protected-masked", place, leaf.protected)
        self.note(self.contact_code, place, leaf.contacts)
        for code in leaf.codes:
            self.note(code, place)
        return leaf.part

    @property
    def contact_code(self) -> str:
        return "contact-mailbox-masked" if self.mask_contacts else "contact-mailbox"

    def _label(self, part: Part, place: str) -> Label:
        shown = label(part, self.matcher, self.content_ids)
        if (shown.filename or "") != filename(part):
            self.note("filename-masked", f"{place}:filename")
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

    def _enclosed(self, mail: Mail, shown: Label, path: str) -> OutgoingPart:
        place = f"part:{path}"
        fields, protected = masked_fields(mail.header, self.matcher, self.mask_contacts)
        self.note("enclosed-header-reduced", place)
        self.note("protected-masked", f"{place}:header", protected)
        body = self.part(mail.root, f"{path}.1") or _empty()
        shown = replace(shown, media_type="message/rfc822", parameters={})
        return MessagePart(shown, fields, body)


def _empty() -> TextPart:
    return TextPart(Label(media_type="text/plain"), "", "utf-8")


def new_content_ids(mail: Mail, seed: str, relay_domain: str) -> dict[str, str]:
    """Every Content-ID of the mail and of enclosed mails (`content_id_key`), and what replaces it."""
    known: dict[str, str] = {}
    for part in _all_parts(mail.root):
        raw = part.header.first("content-id")
        if raw is not None:
            known.setdefault(content_id_key(raw.decode("latin-1")), f"{seed}.{len(known) + 1}@{relay_domain}")
    return known


def _all_parts(part: Part) -> Iterator[Part]:
    yield part
    for child in part.children:
        yield from _all_parts(child)
    if part.enclosed is not None:
        yield from _all_parts(part.enclosed.root)
