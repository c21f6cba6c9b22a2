"""A mail on trial: what an arrival would be for two given parties, without AWS."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from parley.conversation.aliases import AliasId, ConversationAlias, ConversationId
from parley.conversation.conversations import Conversation
from parley.conversation.messages import message_id
from parley.conversation.parties import Party, Role
from parley.conversation.routing import AliasRoute, route
from parley.mail.address import (
    NULL_REVERSE_PATH,
    AddressError,
    Mailbox,
    ReversePath,
    address_list,
    parse_reverse_path,
)
from parley.mail.authentication import Authentication, ses_authentication
from parley.mail.header import Header
from parley.mail.structure import StructureError, read_header
from parley.mail.verdicts import Verdicts
from parley.relaying.arrival import Arrival
from parley.relaying.reading import from_mailboxes


class UsageError(ValueError):
    """An option does not make sense; the text says which and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """The circumstances of every mail on trial.

    author_role: None where each mail's author decides. reverse_path: None to take each mail's.
    take_as_proved: whether the author counts as proved whatever the mail itself says.
    """

    parties: dict[Role, Party]
    aliases: dict[Role, Mailbox]
    author_role: Role | None
    reverse_path: ReversePath | None
    verdicts: Verdicts
    take_as_proved: bool


def arrival_of(raw: bytes, setup: Setup) -> Arrival:
    """The arrival that this mail would be at the alias which its author may write to."""
    try:
        header = read_header(raw)
    except StructureError:
        header = Header(())
    authors = from_mailboxes(header)
    role, parties = _sides(header, authors, setup)
    aliases = {side: AliasId(alias.local_part) for side, alias in setup.aliases.items()}
    forward_path = setup.aliases[role.other]
    alias = ConversationAlias(
        id=routed(forward_path), conversation=ConversationId("preview"), stands_for=role.other
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


def routed(alias: Mailbox) -> AliasId:
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
