"""Mailboxes and paths as RFC 5321 and 5322 define them, read from hostile text in linear time."""

import re
from functools import lru_cache

from parley.mail.mailbox import (
    NULL_REVERSE_PATH,
    AddressError,
    Mailbox,
    NamedMailbox,
    NullReversePath,
    ReversePath,
    parse_mailbox,
    parse_reverse_path,
)
from parley.mail.words import decode_words

__all__ = [
    "NULL_REVERSE_PATH",
    "AddressError",
    "Mailbox",
    "NamedMailbox",
    "NullReversePath",
    "ReversePath",
    "address_list",
    "parse_mailbox",
    "parse_reverse_path",
]


def address_list(value: str) -> tuple[NamedMailbox, ...]:
    """All mailboxes of an address-list field's unfolded, *not yet* word-decoded value (RFC 5322 §3.4).

    Comments, quoted strings, groups, routes and obsolete forms are understood; what is no mailbox is left
    out; never raises; linear in the value. Quoted display names are not split at commas.
    """
    return _short_list(value) if len(value) <= _SHORT else _list(value)


_SHORT = 300


def _list(value: str) -> tuple[NamedMailbox, ...]:
    # Nearly every From, Sender and Reply-To is one mailbox in its plainest form.
    if (plain := _PLAIN_FIELD.fullmatch(value)) is not None and (mailbox := _mailbox(plain[3])) is not None:
        return (NamedMailbox(_decoded(plain[1] or plain[2] or ""), mailbox),)
    return _ListReader(value).read()


# The field that names the author is read for several reasons, and people write more than one mail.
_short_list = lru_cache(maxsize=256)(_list)


_ATOM = r'[^\s\x00-\x1f"(),:;<>@\[\]\\]++'
_PLAIN_FIELD = re.compile(
    rf"""[ \t]*+(?:"([^"\\]*+)"|({_ATOM}(?:[ \t]++{_ATOM})*+))?+[ \t]*+"""
    r"<([A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+)>[ \t]*+"
)
_TOKEN = re.compile(r'[\s\x00-\x1f]+|[^\s\x00-\x1f"(),:;<>@\[\]\\]+|\(+|\)+|.', re.DOTALL)
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
