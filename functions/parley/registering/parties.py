"""Registers parties and changes what may change of them."""

from dataclasses import dataclass, replace
from datetime import datetime

from parley.conversation.aliases import RANDOM_BITS, ContactAlias, ConversationId, alias_mailbox, new_alias
from parley.conversation.confirmations import ConfirmationRequest, confirmation_request
from parley.conversation.conversations import Conversation
from parley.conversation.mailboxes import same_for_admission
from parley.conversation.parties import Party, PartyId, Role
from parley.mail.mailbox import Mailbox
from parley.registering import checks
from parley.registering.ports import (
    AlreadyOpenError,
    ChangedMeanwhileError,
    MailboxTakenError,
    Office,
    PartyExistsError,
)
from parley.registering.refusals import RefusedError

_TRIES = 3
MAX_FORMER_MAILBOXES = 200
"""They all stand in the party's item, which every mail reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """A party as the marketplace describes it; None for an id that we choose."""

    id: PartyId | None
    role: Role
    locale: str
    display_name: str
    mailboxes: tuple[str, ...]
    public_contacts: tuple[str, ...]
    own_domains: tuple[str, ...]
    contact_alias: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What is to change of a party; None stays. A contact alias, once given, stays. opted_out: whether it is
    sent only answers."""

    locale: str | None = None
    display_name: str | None = None
    mailboxes: tuple[str, ...] | None = None
    public_contacts: tuple[str, ...] | None = None
    own_domains: tuple[str, ...] | None = None
    opted_out: bool | None = None
    contact_alias: bool = False


@dataclass(frozen=True, slots=True)
class Registered:
    """A party, and its public mailbox for first contact if it has one."""

    party: Party
    contact: Mailbox | None


def register(application: Application, office: Office) -> tuple[Registered, bool]:
    """The party, and whether it is new: the same application under the same id changes nothing.

    Raises `RefusedError`.
    """
    party = Party(
        id=application.id or PartyId(f"p{office.entropy.bits(RANDOM_BITS):017x}"),
        role=application.role,
        locale=application.locale,
        display_name=checks.read_display_name(application.display_name),
        mailboxes=checks.read_mailboxes(application.mailboxes, office.relay_domain),
        public_contacts=checks.read_public_contacts(application.public_contacts, office.relay_domain),
        own_domains=checks.read_own_domains(application.own_domains, office.relay_domain),
    )
    checks.check_party(party, contact_alias=application.contact_alias)
    new = True
    try:
        office.registry.add(party)
    except PartyExistsError as exists:
        if replace(exists.party, former_mailboxes=()) != party:
            raise RefusedError("party-exists", "id") from None
        new = False
    except MailboxTakenError as taken:
        raise _taken(taken) from None
    return _registered(party, office, wanted=application.contact_alias), new


def find(party_id: PartyId, office: Office) -> Registered:
    """Raises `RefusedError`."""
    return _registered(_existing(party_id, office), office, wanted=False)


def update(party_id: PartyId, changes: Changes, office: Office) -> Registered:
    """Raises `RefusedError`. Two updates at once both take effect, as far as they concern other fields."""
    for _ in range(_TRIES):
        old = _existing(party_id, office)
        new = _opted(_changed(old, changes, office.relay_domain), changes.opted_out, office.clock.now())
        checks.check_party(new, contact_alias=changes.contact_alias)
        try:
            if new != old or changes.opted_out is not None:
                office.registry.replace(old, new)
        except ChangedMeanwhileError:
            continue
        except MailboxTakenError as taken:
            raise _taken(taken) from None
        return _registered(new, office, wanted=changes.contact_alias)
    raise RefusedError("changed-meanwhile", "party")


def confirm(party_id: PartyId, office: Office) -> Registered:
    """Asks for a mail to the receiving mailbox of a party that is unreachable; its delivery makes the party
    reachable. Asks for nothing where mail reaches the party. Raises `RefusedError`."""
    party = _existing(party_id, office)
    if party.unreachable is not None:
        asked = ConfirmationRequest(party.id, f"r{office.entropy.bits(128):032x}")
        office.requests.send(confirmation_request(asked))
    return _registered(party, office, wanted=False)


def _existing(party_id: PartyId, office: Office) -> Party:
    party = office.registry.parties([party_id]).get(party_id)
    if party is None:
        raise RefusedError("unknown-party", "party")
    return party


def _changed(old: Party, changes: Changes, relay_domain: str) -> Party:
    new = old
    if changes.locale is not None:
        new = replace(new, locale=changes.locale)
    if changes.display_name is not None:
        new = replace(new, display_name=checks.read_display_name(changes.display_name))
    if changes.mailboxes is not None:
        mailboxes = checks.read_mailboxes(changes.mailboxes, relay_domain)
        new = replace(new, mailboxes=mailboxes, former_mailboxes=_former(old, mailboxes))
        if not same_for_admission(old.receiving_mailbox, new.receiving_mailbox):
            new = replace(new, unreachable=None)
    if changes.public_contacts is not None:
        contacts = checks.read_public_contacts(changes.public_contacts, relay_domain)
        new = replace(new, public_contacts=contacts)
    if changes.own_domains is not None:
        new = replace(new, own_domains=checks.read_own_domains(changes.own_domains, relay_domain))
    return new


def _opted(party: Party, out: bool | None, now: datetime) -> Party:
    """Opted out or in by the marketplace. One that is out stays so since when it was; who is to be written to
    is so from now on, whatever complaints of before are still on their way."""
    if out is False:
        return replace(party, opted_out_at=None, opted_in_at=now)
    return replace(party, opted_out_at=now) if out and party.opted_out_at is None else party


def _former(old: Party, mailboxes: tuple[Mailbox, ...]) -> tuple[Mailbox, ...]:
    """Those that the party had before, each once, and has no more. Raises `RefusedError` where they would be
    more than can be kept: none may be forgotten before the party is erased."""
    had = dict.fromkeys((*old.former_mailboxes, *old.mailboxes))
    former = tuple(each for each in had if each not in mailboxes)
    if len(former) > MAX_FORMER_MAILBOXES:
        raise RefusedError("too-many-mailboxes", "mailboxes")
    return former


def _taken(taken: MailboxTakenError) -> RefusedError:
    return RefusedError("mailbox-registered", f"mailboxes[{taken.position}]", party=taken.owner)


def _registered(party: Party, office: Office, *, wanted: bool) -> Registered:
    """With its contact alias, made now if it is wanted and not there."""
    if party.role is not Role.SELLER:
        return Registered(party, None)
    intake_id = ConversationId("i" + office.ids.derived("intake", party.id))
    intake = office.registry.conversation(intake_id)
    if intake is None and wanted:
        intake = _open_intake(intake_id, party.id, office)
    if intake is None:
        return Registered(party, None)
    return Registered(party, alias_mailbox(intake.aliases[Role.SELLER], office.relay_domain))


def _open_intake(intake_id: ConversationId, seller: PartyId, office: Office) -> Conversation | None:
    """The conversation that keeps the attempts at the seller's contact alias, and that alias."""
    contact = ContactAlias(
        id=new_alias("c", office.entropy.bits(RANDOM_BITS)), seller=seller, intake=intake_id
    )
    intake = Conversation(
        id=intake_id, order=None, parties={Role.SELLER: seller}, aliases={Role.SELLER: contact.id}
    )
    try:
        office.registry.open(intake, [contact])
    except AlreadyOpenError:
        return office.registry.conversation(intake_id)
    return intake
