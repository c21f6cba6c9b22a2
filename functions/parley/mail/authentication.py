"""SES's Authentication-Results field, read as RFC 8601 writes it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from parley.mail.address import AddressError, parse_mailbox
from parley.mail.header import Header

AUTHSERV_ID = "amazonses.com"

_RECEIPT = "x-ses-receipt"
_AUTHORS = frozenset(
    ("from", "sender", "to", "subject", "date", "message-id", "mime-version", "content-type")
)
"""Fields of which one above SES's own shows that the order is not what SES writes."""


@dataclass(frozen=True, slots=True)
class Authentication:
    """What SES found. Domains lower-case.

    spf_domain: domain of the reverse-path if SPF passed; dkim_domains: domains of passing DKIM identities
    (header.i after the @, or header.d); dmarc_domain: header.from if DMARC passed.
    """

    spf_domain: str | None = None
    dkim_domains: frozenset[str] = frozenset()
    dmarc_domain: str | None = None


def ses_authentication(header: Header) -> Authentication | None:
    """Reads the one Authentication-Results field with authserv-id `amazonses.com` that SES itself wrote:
    it stands above the first X-SES-RECEIPT and above every field of the author's. None if there is none.

    Tokenised by RFC 8601 with quoted strings and comments respected, so that a quoted local-part in
    envelope-from cannot inject a result. If two such fields stand there, neither is believed (None).
    """
    candidates: list[list[Clause]] = []
    for field in header.fields:
        if field.name == _RECEIPT:
            break
        if field.name in _AUTHORS:
            return None
        if field.name == "authentication-results":
            clauses = _clauses(field.value.decode("utf-8", "replace"))
            # A field that cannot be tokenised might be the one: no other is believed beside it.
            if not clauses or clauses[0][:1] == [(AUTHSERV_ID, "")]:
                candidates.append(clauses)
    else:
        return None
    if len(candidates) != 1 or not candidates[0]:
        return None
    return _results(candidates[0][1:])


Clause = list[tuple[str, str]]
"""The `name=value` pairs of one clause, names lower-case; a name without a value has ""."""

# RFC 8601 §2.2: CFWS, quoted strings, and everything else up to a separator.
_TOKEN = re.compile(r'\s+|"(?:[^"\\]|\\.)*+"|[;=]|[^\s;="()]+', re.DOTALL)
_COMMENT = re.compile(r"[^()\\]*+(?:\\.|[()])", re.DOTALL)
_FLAT_TOKEN = re.compile(rf"{_TOKEN.pattern}|\([^()\\]*+\)", re.DOTALL)
"""The same with comments that hold no other comment: all that SES itself writes."""


def _clauses(value: str) -> list[Clause]:
    """The clauses between semicolons. Nothing at all if a quote or comment is not closed."""
    clause: Clause = []
    out = [clause]
    name: str | None = None
    """The name whose value is being read."""
    is_blank = True
    for lexeme in _tokens(value):
        if lexeme is None:
            return []
        if lexeme == " ":
            is_blank = True
            continue
        if lexeme == ";":
            clause = []
            out.append(clause)
            name = None
        elif lexeme == "=" and clause and not clause[-1][1] and name is None:
            name = clause[-1][0]
        elif name is not None and (not is_blank or not clause[-1][1]):
            # The value goes on until a blank: `"a b"@example.org` is two tokens.
            clause[-1] = (name, clause[-1][1] + lexeme)
        else:
            clause.append((lexeme.lower(), ""))
            name = None
        is_blank = False
    return out


def _tokens(value: str) -> Iterable[str | None]:
    """Separators, words and quoted strings (with their quotes), " " for blanks and comments; None where
    the value is malformed."""
    tokens = _FLAT_TOKEN.findall(value)
    # Nothing was skipped if the tokens are as long as the value.
    if len("".join(tokens)) == len(value):
        return [" " if token[0] == "(" or token.isspace() else token for token in tokens]
    return _nested_tokens(value)


def _nested_tokens(value: str) -> Iterator[str | None]:
    position = 0
    while position < len(value):
        if value[position] == "(":
            position = _behind_comment(value, position + 1)
            if not position:
                yield None
                return
            yield " "
            continue
        found = _TOKEN.match(value, position)
        if found is None:
            yield None
            return
        yield " " if found[0].isspace() else found[0]
        position = found.end()


def _behind_comment(value: str, position: int) -> int:
    depth = 1
    while found := _COMMENT.match(value, position):
        position = found.end()
        if found[0][-2:-1] != "\\":
            depth += 1 if found[0][-1] == "(" else -1
        if depth == 0:
            return position
    return 0


def _results(clauses: list[Clause]) -> Authentication | None:
    spf: list[str | None] = []
    dmarc: list[str | None] = []
    dkim: set[str] = set()
    properties: dict[str, str] = {}
    names = [name for clause in clauses for name, _ in clause]
    if names.count("helo") > 1 or names.count("envelope-from") > 1:
        return None
    in_envelope = False
    for clause in clauses:
        pairs = dict(reversed(clause))
        method = clause[0][0].partition("/")[0] if clause else ""
        passed = bool(clause) and _bare(clause[0][1]).lower() == "pass"
        if in_envelope and method in ("spf", "dkim", "dmarc"):
            # SES writes envelope-from and helo side by side: what stands between came out of a mailbox.
            return None
        in_envelope = (in_envelope or "envelope-from" in pairs) and "helo" not in pairs and "helo" in names
        properties = {**pairs, **properties}
        if method == "spf":
            spf.append("pass" if passed else None)
        elif method == "dkim" and passed:
            dkim.update(
                filter(None, [_domain(pairs.get("header.i", "")) or _domain(pairs.get("header.d", ""))])
            )
        elif method == "dmarc":
            dmarc.append(_domain(pairs.get("header.from", "")) if passed else None)
    # SES says each of them once; a second one was smuggled in.
    if len(spf) > 1 or len(dmarc) > 1:
        return None
    path = properties.get("smtp.mailfrom") or properties.get("envelope-from") or ""
    return Authentication(
        spf_domain=_domain(path) if spf == ["pass"] else None,
        dkim_domains=frozenset(dkim),
        dmarc_domain=dmarc[0] if dmarc else None,
    )


def _bare(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value


def _domain(identity: str) -> str | None:
    """The domain of `user@domain`, `@domain` or `domain`; None if it is no such thing."""
    identity = _bare(identity)
    if not identity:
        return None
    try:
        return parse_mailbox(identity if identity.find("@") > 0 else "x@" + identity.removeprefix("@")).domain
    except AddressError:
        return None
