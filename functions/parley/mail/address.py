"""Mailboxes and paths as RFC 5321 and 5322 define them, read from hostile text in linear time."""

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum
from typing import Final

from parley.mail.words import decode_words

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


def address_list(value: str) -> tuple[NamedMailbox, ...]:
    """All mailboxes of an address-list field's unfolded, *not yet* word-decoded value (RFC 5322 §3.4).

    Comments, quoted strings, groups, routes and obsolete forms are understood; what is no mailbox is left
    out; never raises; linear in the value. Quoted display names are not split at commas.
    """
    return _ListReader(value).read()


_TOKEN = re.compile(r'[\s\x00-\x1f]+|[^\s\x00-\x1f"(),:;<>@\[\]\\]+|.', re.DOTALL)
_STRING_STEP = re.compile(r'[^"\\]*(?:\\(.)[^"\\]*)*+"', re.DOTALL)
_COMMENT_STEP = re.compile(r"[^()\\]*+(?:\\.|[()]|\\\Z)", re.DOTALL)
_MAX_COMMENT_DEPTH = 1_000


class _ListReader:
    """Reads an address list token by token. Each character is looked at a bounded number of times: a quote,
    comment or literal that never ends is looked for once, and taken as a plain character from then on."""

    def __init__(self, value: str) -> None:
        self.value = value
        self.out: list[NamedMailbox] = []
        self.words: list[str] = []
        """The phrase or the bare mailbox in front of `<`, "" for a run of blanks."""
        self.angle: list[str] | None = None
        """What stands between `<` and `>`; None outside."""
        self.comment = ""
        self.hopeless: set[str] = set()

    def read(self) -> tuple[NamedMailbox, ...]:
        position = 0
        while position < len(self.value):
            position = self._step(position)
        self._end_of_mailbox()
        return tuple(self.out)

    def _step(self, position: int) -> int:
        character = self.value[position]
        if character in '"([' and character not in self.hopeless:
            end = self._closed(character, position)
            if end > 0:
                token = self.value[position:end]
                if character == "(":
                    self.comment = token[1:-1]
                else:
                    self._add(token)
                return end
            self.hopeless.add(character)
        token = _TOKEN.match(self.value, position)[0]  # type: ignore[index]
        self._token(token)
        return position + len(token)

    def _closed(self, opening: str, position: int) -> int:
        """Where the quoted string, comment or domain-literal that begins here ends; 0 if it never does."""
        if opening == '"':
            found = _STRING_STEP.match(self.value, position + 1)
            return found.end() if found else 0
        if opening == "[":
            return self.value.find("]", position) + 1
        depth, position = 1, position + 1
        while found := _COMMENT_STEP.match(self.value, position):
            position = found.end()
            depth += {"(": 1, ")": -1}.get(found[0][-1] if found[0][-2:-1] != "\\" else "", 0)
            if depth == 0:
                return position
            if depth > _MAX_COMMENT_DEPTH:
                break
        return 0

    def _add(self, token: str) -> None:
        (self.words if self.angle is None else self.angle).append(token)

    def _token(self, token: str) -> None:
        match token:
            case "<":
                # `<<a@b>>` and `<x <a@b>`: the innermost counts.
                self.angle = []
            case ">":
                self._end_of_mailbox()
            case "," if self.angle and self.angle[0] == "@":
                pass  # RFC 5322 §4.4: an obsolete route, `<@a,@b:c@d>`
            case "," | ";":
                self._end_of_mailbox()
            case ":" if self.angle is not None:
                self.angle.clear()
            case ":":
                self.words.clear()
            case _ if token.isspace() or token[0] <= "\x1f":
                self._add("")
            case _:
                self._add(token)

    def _end_of_mailbox(self) -> None:
        words, angle, comment = self.words, self.angle, self.comment
        self.words, self.angle, self.comment = [], None, ""
        if angle is not None:
            mailbox = _mailbox("".join(angle))
            if mailbox is not None:
                self.out.append(NamedMailbox(_name(words) or _decoded(comment), mailbox))
            return
        for written in _bare(words):
            mailbox = _mailbox(written)
            if mailbox is not None:
                self.out.append(NamedMailbox(_decoded(comment), mailbox))


def _bare(words: list[str]) -> list[str]:
    """The words around each @ of a mailbox without angle brackets, blanks round dots and @ left out."""
    runs: list[list[str]] = [[]]
    for word in words:
        if word:
            if runs[-1] and runs[-1][-1] == "" and not (word[0] in ".@" or _joins(runs[-1])):
                runs.append([])
            runs[-1].append(word)
        elif runs[-1] and runs[-1][-1]:
            runs[-1].append("")
    return ["".join(run) for run in runs if "@" in run]


def _joins(run: list[str]) -> bool:
    """Whether what was written before the blank at the end of `run` goes on after it."""
    return len(run) > 1 and run[-2][-1] in ".@"


def _mailbox(written: str) -> Mailbox | None:
    try:
        return parse_mailbox(written)
    except AddressError:
        return None


def _name(words: list[str]) -> str:
    """A phrase as a person reads it (RFC 5322 §3.2.5)."""
    plain = (re.sub(r"\\(.)", r"\1", w[1:-1]) if _is_quoted(w) else w or " " for w in words)
    return _decoded("".join(plain))


def _is_quoted(word: str) -> bool:
    return len(word) > 1 and word[0] == word[-1] == '"'


def _decoded(text: str) -> str:
    return " ".join(decode_words(text.encode("utf-8", "surrogateescape")).split()) if text else ""
