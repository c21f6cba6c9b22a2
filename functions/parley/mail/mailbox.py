"""One mailbox, one path (RFC 5321 §4.1.2, RFC 5322 §3.4.1)."""

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum
from typing import Final

MAX_LOCAL_PART = 256
"""Characters. RFC 5321 §4.5.3.1 allows 64; bounce addresses of real systems are longer."""
MAX_DOMAIN = 255


class AddressError(ValueError):
    """The text is not one mailbox."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An addr-spec (RFC 5322 §3.4.1): local-part as written, domain lower-case without a dot at its end.

    A quoted local-part that needs no quotes loses them: both forms name the same mailbox (RFC 5321 §4.1.2).
    Equality is by value; whether two mailboxes belong together is `parley.conversation.mailboxes`' to say.
    """

    local_part: str
    domain: str

    def __str__(self) -> str:
        return f"{self.local_part}@{self.domain}"


class NullReversePath(Enum):
    """The type of `NULL_REVERSE_PATH`."""

    NULL = "<>"


NULL_REVERSE_PATH: Final = NullReversePath.NULL
"""The reverse-path `<>` of RFC 5321 §4.5.5: a value, not the absence of one."""

ReversePath = Mailbox | NullReversePath


@dataclass(frozen=True, slots=True)
class NamedMailbox:
    """One mailbox of an address list and its display name (decoded, "" where there is none)."""

    name: str
    mailbox: Mailbox


_PLAIN = re.compile(r"([A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+)@([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*)")
_LOCAL = re.compile(r'[^\x00-\x20\x7f()<>\[\]:;@\\,"]+')
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_LABEL = re.compile(r"[a-z0-9_-]{1,63}")
_LITERAL = re.compile(r"\[[0-9A-Za-z.:-]{1,80}\]")
_DOTS = str.maketrans({"\u3002": ".", "\uff0e": ".", "\uff61": "."})


def parse_mailbox(text: str) -> Mailbox:
    """The mailbox that `text` is: `a@b.example`, surrounding blanks and one pair of angle brackets allowed.

    Domain is lower-cased; a non-ASCII domain becomes A-labels where IDNA allows it, else is kept lower-cased.
    Raises `AddressError`.
    """
    text = text.strip()
    if text.startswith("<") and text.endswith(">"):
        text = text[1:-1].strip()
    if len(text) > MAX_LOCAL_PART + MAX_DOMAIN + 1:
        raise AddressError("too long")
    if plain := _PLAIN.fullmatch(text):
        local, domain = plain.groups()
        domain = domain.lower()
    elif text.startswith('"'):
        quoted = _QUOTED.match(text)
        if quoted is None or text[quoted.end() : quoted.end() + 1] != "@":
            raise AddressError("not a quoted local-part")
        local, domain = _unquoted(quoted), _domain(text[quoted.end() + 1 :])
    else:
        local, _, rest = text.rpartition("@")
        if not _LOCAL.fullmatch(local) or not local.isprintable() or any(c.isspace() for c in local):
            raise AddressError("not a local-part")
        domain = _domain(rest)
    if len(local) > MAX_LOCAL_PART or len(domain) > MAX_DOMAIN:
        raise AddressError("too long")
    return Mailbox(local, domain)


def parse_reverse_path(text: str) -> ReversePath:
    """A reverse-path (RFC 5321 §4.1.2): `<>` and "" are NULL_REVERSE_PATH. Raises `AddressError`."""
    return NULL_REVERSE_PATH if text.strip() in ("", "<>") else parse_mailbox(text)


def _unquoted(quoted: re.Match[str]) -> str:
    """The local-part of a quoted string: bare where a dot-atom says the same, else as written."""
    if not quoted[0].isprintable():
        raise AddressError("control character in a local-part")
    content = re.sub(r"\\(.)", r"\1", quoted[1])
    return content if _LOCAL.fullmatch(content) else quoted[0]


def _domain(text: str) -> str:
    """A domain or domain-literal, lower-case, as A-labels where it can be. Raises `AddressError`."""
    text = text.strip()
    if _LITERAL.fullmatch(text):
        return text.lower()
    if len(text) > MAX_DOMAIN:
        raise AddressError("domain too long")
    if not text.isascii():
        # RFC 5891 §5.3, without the mappings of RFC 3490 that make another domain of ß.
        text = unicodedata.normalize("NFKC", text.translate(_DOTS))
    labels = text.lower().removesuffix(".").split(".")
    encoded = [label if label.isascii() else _a_label(label) for label in labels]
    if not all(_LABEL.fullmatch(label) for label in encoded):
        if all(label and (label.isalnum() or _LABEL.fullmatch(label)) for label in labels):
            return ".".join(labels)
        raise AddressError("not a domain")
    return ".".join(encoded)


def _a_label(label: str) -> str:
    if any(unicodedata.category(c)[0] not in "LMN" and c not in "-_\u200c\u200d\u00b7" for c in label):
        raise AddressError("not a domain")
    return "xn--" + label.encode("punycode").decode("ascii")
