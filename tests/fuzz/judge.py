"""The judge: what of two parties can be read in an outgoing mail, by the standard library alone.

Shares nothing with the product: not its scanner, not its decoders, not its matcher. It is no more careful
than a curious recipient with a mail program, a browser and base64 at hand, and it has no limits of time.
"""

import email
import email.header
import email.policy
import email.utils
import hashlib
import re
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from email.message import Message

from tests.fuzz.decodings import forms, plainly

_ALIKE = str.maketrans("аеорсухіѕјԁкмт", "aeopcyxisjdkmt")
UNASKED_UTF7 = "text read as UTF-7"
_SAME_DOMAINS = (("gmail.com", "googlemail.com"), ("icloud.com", "me.com", "mac.com"))


@dataclass(frozen=True, slots=True)
class Sighting:
    """secret: the mailbox or domain that can be read. where: a field's name or a media type. context: what
    stands around it as it was read. opaque: in a file that is no text. deep: only as a digest, in letters
    that look alike, or encoded twice, which the masker takes out and the gate does not look for."""

    secret: str
    where: str
    context: str
    opaque: bool = False
    deep: bool = False


class Judge:
    """Knows the secrets of one mail."""

    def __init__(self, mailboxes: frozenset[str], domains: frozenset[str], addressee: str) -> None:
        self._addressee = addressee
        self._digests = {
            hashlib.new(name, mailbox.lower().encode(), usedforsecurity=False).hexdigest(): mailbox
            for mailbox in mailboxes
            for name in ("md5", "sha1", "sha256")
        }
        patterns = {mailbox: _mailbox_pattern(mailbox) for mailbox in sorted(mailboxes)}
        for domain in sorted(domains):
            spelled = "|".join(re.escape(form) for form in _spellings(domain))
            patterns[domain] = rf"(?<![a-z0-9\-])(?:{spelled})(?![a-z0-9\-]|\.[a-z0-9])"
        self._patterns = {secret: re.compile(pattern) for secret, pattern in patterns.items()}

    def sightings(self, mail: bytes) -> list[Sighting]:
        """Each secret once for each place where it shows."""
        found: dict[tuple[str, str], Sighting] = {}
        for where, text, opaque in _texts(mail, self._addressee):
            for sighting in self._in_text(where, text, opaque):
                key = (sighting.secret, where)
                if key not in found or (found[key].deep and not sighting.deep):
                    found[key] = sighting
        return list(found.values())

    def _in_text(self, where: str, text: str, opaque: bool) -> Iterator[Sighting]:
        for form, deep in dict(reversed(list(plainly(text) if opaque else forms(text)))).items():
            lower = unicodedata.normalize("NFKC", form).lower()
            # Nobody writes letters that look alike in a charset which is only guessed.
            alike = lower if where == UNASKED_UTF7 else lower.translate(_ALIKE)
            for read, deeper in ((lower, deep), (alike, True)):
                for secret, pattern in self._patterns.items():
                    if hit := pattern.search(read):
                        context = read[max(0, hit.start() - 30) : hit.end() + 30]
                        yield Sighting(secret, where, context, opaque, deeper)
            # A digest leads to somebody only as a whole: not with a blank or a tag inside it.
            whole = lower if deep else text.lower()
            for digest, mailbox in self._digests.items():
                if digest in whole and not opaque:
                    yield Sighting(mailbox, where, digest, opaque, deep=True)


def _mailbox_pattern(mailbox: str) -> str:
    """The mailbox on token boundaries, with a tag, and as VERP and gateways write it."""
    local, _, domain = mailbox.lower().rpartition("@")
    local = local.strip('"').split("+", 1)[0]
    if domain in _SAME_DOMAINS[0]:
        spelled = r"\.?".join(re.escape(char) for char in local.replace(".", ""))
    else:
        spelled = re.escape(local)
    same = next((group for group in _SAME_DOMAINS if domain in group), (domain,))
    domains = "|".join(re.escape(form) for one in same for form in _spellings(one))
    return (
        rf"(?<![a-z0-9._%+\-]){spelled}(?:\+[a-z0-9._\-]*)?(?:@|=|-40)(?:{domains})(?![a-z0-9\-]|\.[a-z0-9])"
    )


def _spellings(domain: str) -> set[str]:
    spellings = {domain.lower()}
    with suppress(UnicodeError):
        spellings.add(domain.encode("ascii").decode("idna").lower())
    with suppress(UnicodeError):
        spellings.add(domain.encode("idna").decode("ascii").lower())
    return spellings


def _texts(mail: bytes, addressee: str) -> Iterator[tuple[str, str, bool]]:
    """Every text of the mail: where it stands, and whether it is in a file that is no text."""
    root = email.message_from_bytes(mail, policy=email.policy.compat32)
    for part in root.walk():
        for name, raw in part.raw_items():
            value = str(raw).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
            if part is root and name.lower() == "to":
                value = value.replace(addressee, "")
            unfolded = re.sub(r"\r?\n[ \t]+", " ", value)
            for text in (f"{name}: {unfolded}", _without_words(unfolded), "".join(value.split())):
                yield name.lower(), text, False
        for parameter in (part.get_filename(), part.get_param("name")):
            if parameter:
                yield "file name", email.utils.collapse_rfc2231_value(parameter), False
        for outside in (part.preamble, part.epilogue):
            yield "outside of the parts", outside or "", False
        yield from _bodies(part)


def _without_words(value: str) -> str:
    pieces = email.header.decode_header(re.sub(r"(\?=)\s+(=\?)", r"\1\2", value))
    return "".join(
        piece.decode(codec or "utf-8", "replace") if isinstance(piece, bytes) else piece
        for piece, codec in pieces
    )


def _bodies(part: Message) -> Iterator[tuple[str, str, bool]]:
    body = part.get_payload(decode=True)
    if not isinstance(body, bytes) or not body:
        return
    where = part.get_content_type()
    if is_opaque(body) and part.get_content_maintype() != "text":
        yield where, body.decode("latin-1"), True
        return
    codecs = [part.get_content_charset(), "utf-8", "latin-1", "utf-16-le", "utf-16-be"]
    for codec in codecs:
        with suppress(LookupError, UnicodeError):
            yield where, body.decode(codec or "utf-8"), False
    if b"+A" in body:
        # Old programs read it unasked where it looks like that.
        with suppress(UnicodeError):
            yield UNASKED_UTF7, body.decode("utf-7"), False


def is_opaque(body: bytes) -> bool:
    """Whether the content of a file is no text."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    return body.startswith((b"%PDF", b"PK")) or re.search(rb"[\x00-\x08\x0e-\x1f]", body[:2_048]) is not None
