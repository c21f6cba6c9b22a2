"""`preview`: runs mails through the whole pipeline without AWS or network and says what would happen.

It calls the same `decide` as receive_mail does; what it writes is what would be handed to SES.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from parley.conversation.aliases import AliasId, ConversationAlias, ConversationId
from parley.conversation.conversations import Conversation
from parley.conversation.messages import State, message_id
from parley.conversation.parties import Party, PartyId, Role
from parley.conversation.routing import AliasRoute, route
from parley.mail.address import (
    NULL_REVERSE_PATH,
    AddressError,
    Mailbox,
    ReversePath,
    address_list,
    parse_mailbox,
    parse_reverse_path,
)
from parley.mail.authentication import Authentication, ses_authentication
from parley.mail.header import Header
from parley.mail.structure import StructureError, read_header
from parley.mail.verdicts import Verdict, Verdicts
from parley.relaying.arrival import Arrival
from parley.relaying.decide import Relay, Stop, decide
from parley.relaying.reading import from_mailboxes
from parley.screening.policy import DEFAULT_POLICY

DIRECTIONS = {"seller_to_buyer": Role.SELLER, "buyer_to_seller": Role.BUYER, "auto": None}
ALL_PASS = Verdicts(**dict.fromkeys(("spf", "dkim", "dmarc", "spam", "virus"), Verdict.PASS))
EPILOG = """\
examples:
  what would become of these mails:
    python -m sandbox preview --out /tmp/out mails/*.eml
  the same, as if SES had called each of them spam:
    echo '{"spam": "FAIL"}' > spam.json
    python -m sandbox preview --out /tmp/out --verdicts spam.json mails/*.eml

For each FILE one JSON line: file, out, outcome, codes, direction, bytes_in, bytes_out, cpu_ms.
docs/outcomes.md explains the codes.
"""


class UsageError(ValueError):
    """An option does not make sense; the text says which and why."""


def add_command(commands: Any) -> None:
    parser = commands.add_parser(
        "preview",
        help="say what would happen to mails, and write what would be sent",
        description=__doc__,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("files", nargs="+", metavar="FILE", help="a mail as it arrived")
    add("--out", required=True, type=Path, metavar="DIR", help="where relayed mails are written")
    add("--buyer", default="anna.kaeufer@privatmail.example", metavar="MAILBOX", help="default: %(default)s")
    add("--buyer-name", default="Anna Käufer", metavar="NAME", help="default: %(default)s")
    add("--seller", default="shop@haendler-mueller.example", metavar="MAILBOX", help="default: %(default)s")
    add("--seller-name", default="Händler Müller GmbH", metavar="NAME", help="default: %(default)s")
    add("--buyer-alias", default="b-7K2M@relay.example", metavar="MAILBOX", help="default: %(default)s")
    add("--seller-alias", default="s-9Q4T@relay.example", metavar="MAILBOX", help="default: %(default)s")
    add("--direction", choices=DIRECTIONS, default="auto", help="auto: by the author (default)")
    add("--reverse-path", metavar="MAILBOX", help="<> for none; default: Return-Path, else From")
    add("--verdicts", default="pass", metavar="pass|FILE.json", help='e.g. {"dmarc": "GRAY"}; rest: PASS')
    parser.set_defaults(run=run)


def run(parser: argparse.ArgumentParser, arguments: argparse.Namespace) -> int:
    """Exit status: 0 if every file got its line, 2 on wrong usage."""
    try:
        setup = Setup.of(arguments)
        arguments.out.mkdir(parents=True, exist_ok=True)
    except (UsageError, OSError) as error:
        parser.error(str(error))
    for file in arguments.files:
        print(json.dumps(_preview(file, arguments.out, setup)), flush=True)
    return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """The options, read and checked. author_role: None where each mail's author decides. reverse_path: None
    to take each mail's. take_as_proved: whether the author counts as proved whatever the mail itself says."""

    parties: dict[Role, Party]
    aliases: dict[Role, Mailbox]
    author_role: Role | None
    reverse_path: ReversePath | None
    verdicts: Verdicts
    take_as_proved: bool

    @classmethod
    def of(cls, arguments: argparse.Namespace) -> "Setup":
        aliases = {
            Role.BUYER: _mailbox(arguments.buyer_alias, "--buyer-alias"),
            Role.SELLER: _mailbox(arguments.seller_alias, "--seller-alias"),
        }
        if len({alias.domain for alias in aliases.values()}) != 1:
            raise UsageError("--buyer-alias and --seller-alias must be at the same domain")
        if len({alias.local_part.lower() for alias in aliases.values()}) != 2:
            raise UsageError("--buyer-alias and --seller-alias must differ")
        for alias in aliases.values():
            _routed(alias)
        return cls(
            parties={
                Role.BUYER: _party(Role.BUYER, arguments.buyer, arguments.buyer_name),
                Role.SELLER: _party(Role.SELLER, arguments.seller, arguments.seller_name),
            },
            aliases=aliases,
            author_role=DIRECTIONS[arguments.direction],
            reverse_path=_given_reverse_path(arguments.reverse_path),
            verdicts=_verdicts(arguments.verdicts),
            take_as_proved=arguments.verdicts == "pass",
        )


def _mailbox(text: str, option: str) -> Mailbox:
    try:
        return parse_mailbox(text)
    except AddressError:
        raise UsageError(f"{option}: {text!r} is no mailbox") from None


def _given_reverse_path(text: str | None) -> ReversePath | None:
    try:
        return None if text is None else parse_reverse_path(text)
    except AddressError:
        raise UsageError(f"--reverse-path: {text!r} is neither a mailbox nor <>") from None


def _party(role: Role, mailbox: str, name: str) -> Party:
    own = _mailbox(mailbox, f"--{role}")
    return Party(
        id=PartyId(role),
        role=role,
        locale="de",
        display_name=name,
        mailboxes=(own,),
        own_domains=frozenset({own.domain}),
    )


def _verdicts(option: str) -> Verdicts:
    if option == "pass":
        return ALL_PASS
    try:
        stated = json.loads(Path(option).read_text(encoding="utf-8"))
        read = {name.removesuffix("Verdict"): _status(status) for name, status in stated.items()}
        return replace(ALL_PASS, **read)
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise UsageError(f'--verdicts: {option}: {error}; expected e.g. {{"spam": "FAIL"}}') from None


def _status(status: Any) -> Verdict:
    return Verdict(status["status"] if isinstance(status, dict) else status)


def _preview(file: str, out: Path, setup: Setup) -> dict[str, object]:
    try:
        raw = Path(file).read_bytes()
    except OSError as error:
        print(f"{file}: {error.strerror}", file=sys.stderr)
        raw = b""
    arrival = _arrival(raw, setup)
    started = time.process_time()
    decision = decide(arrival, DEFAULT_POLICY)
    cpu_ms = (time.process_time() - started) * 1000
    line: dict[str, object] = {
        "file": file,
        "out": None,
        "outcome": State.HELD,
        "codes": decision.codes,
        "direction": f"{arrival.author_role}_to_{arrival.author_role.other}",
        "bytes_in": len(raw),
        "bytes_out": 0,
        "cpu_ms": round(cpu_ms, 2),
    }
    match decision.outcome:
        case Relay(outgoing):
            line |= {"outcome": State.RELAYED, "bytes_out": len(outgoing)}
            try:
                line["out"] = str(_write(outgoing, out, Path(file).name))
            except OSError as error:
                print(f"{file}: what would be sent cannot be written: {error.strerror}", file=sys.stderr)
        case Stop(state):
            line["outcome"] = state
    return line


def _arrival(raw: bytes, setup: Setup) -> Arrival:
    try:
        header = read_header(raw)
    except StructureError:
        header = Header(())
    authors = from_mailboxes(header)
    role, parties = _sides(header, authors, setup)
    aliases = {side: AliasId(alias.local_part) for side, alias in setup.aliases.items()}
    forward_path = setup.aliases[role.other]
    alias = ConversationAlias(
        id=_routed(forward_path), conversation=ConversationId("preview"), stands_for=role.other
    )
    return Arrival(
        raw=raw,
        message_id=message_id("preview", alias.id),
        received_at=datetime(2026, 1, 1, 12, tzinfo=UTC),
        reverse_path=_reverse_path(header, authors) if setup.reverse_path is None else setup.reverse_path,
        verdicts=setup.verdicts,
        authentication=lambda read: _authentication(read, authors, setup.take_as_proved),
        alias=alias,
        conversation=Conversation(
            id=alias.conversation,
            order=None,
            parties={side: party.id for side, party in parties.items()},
            aliases=aliases,
        ),
        writer=parties[role],
        owner=parties[role.other],
        recent=(),
        relay_domain=forward_path.domain,
    )


def _routed(alias: Mailbox) -> AliasId:
    """The alias to which the relay would route its mailbox. Raises `UsageError` for one that is none."""
    routed = route(str(alias), alias.domain)
    if not isinstance(routed, AliasRoute):
        raise UsageError(f"{alias} cannot be an alias")
    return routed.alias


def _sides(header: Header, authors: tuple[Mailbox, ...], setup: Setup) -> tuple[Role, dict[Role, Party]]:
    """Who writes, and the parties; an author whom nobody knows is taken for the buyer."""
    if setup.author_role is not None:
        return setup.author_role, setup.parties
    for role, party in setup.parties.items():
        if authors and party.may_send_from(authors[0]):
            return role, setup.parties
    buyer = setup.parties[Role.BUYER]
    named = [*authors, *_mailboxes(header, "sender"), *_mailboxes(header, "reply-to")]
    writer = replace(buyer, mailboxes=tuple(dict.fromkeys([*buyer.mailboxes, *named])))
    return Role.BUYER, setup.parties | {Role.BUYER: writer}


def _mailboxes(header: Header, name: str) -> Iterator[Mailbox]:
    for value in header.all(name):
        for named in address_list(value.decode("utf-8", "replace")):
            yield named.mailbox


def _reverse_path(header: Header, authors: tuple[Mailbox, ...]) -> ReversePath:
    stated = header.first("return-path")
    try:
        if stated is not None:
            return parse_reverse_path(stated.decode("utf-8", "replace"))
    except AddressError:
        pass
    return authors[0] if authors else NULL_REVERSE_PATH


def _authentication(header: Header, authors: tuple[Mailbox, ...], take_as_proved: bool) -> Authentication:
    """A proof of the From domain, for the verdicts to qualify; or what SES says in the mail, if it does."""
    domain = authors[0].domain if authors else None
    proved = Authentication(
        spf_domain=domain,
        dkim_domains=frozenset({domain} if domain else ()),
        dmarc_domain=domain,
    )
    return proved if take_as_proved else ses_authentication(header) or proved


MAX_NAME_OCTETS = 200
"""Most file systems take 255; some room is left for a number."""


def _write(outgoing: bytes, out: Path, name: str) -> Path:
    """Writes under the first free name: `a.eml`, `a~2.eml`, `a~3.eml` …"""
    stem, suffix = Path(name).stem, Path(name).suffix[:20]
    while len(os.fsencode(stem + suffix)) > MAX_NAME_OCTETS:
        stem = stem[:-1]
    path, number = out / (stem + suffix), 1
    while True:
        try:
            with path.open("xb") as file:
                file.write(outgoing)
            return path
        except FileExistsError:
            number += 1
            path = out / f"{stem}~{number}{suffix}"
