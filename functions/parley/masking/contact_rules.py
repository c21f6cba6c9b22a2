"""What is to become of contact data that is not protected: of each kind, in each direction."""

from dataclasses import dataclass
from enum import StrEnum


class ContactKind(StrEnum):
    """Kinds of contact data. OBFUSCATED: written so that programs shall not see it; it has no certain end."""

    MAILBOX = "mailbox"
    PHONE = "phone"
    IBAN = "iban"
    HANDLE = "handle"
    LINK = "link"
    OBFUSCATED = "obfuscated"


class Treatment(StrEnum):
    """What happens to contact data of one kind."""

    MASK = "mask"
    FLAG = "flag"
    PASS = "pass"  # noqa: S105  # no password


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRules:
    """Treatment by kind, for one direction.

    Obfuscated data can be flagged or passed only: it is found with less certainty than it could be replaced.
    known_domains: lower-case hosts that pass with all below them, such as the marketplace's own. Carriers,
    the relay domain and what a trader declared public pass without being named here.
    """

    mailboxes: Treatment = Treatment.MASK
    phones: Treatment = Treatment.FLAG
    ibans: Treatment = Treatment.FLAG
    handles: Treatment = Treatment.FLAG
    links: Treatment = Treatment.PASS
    obfuscated: Treatment = Treatment.FLAG
    known_domains: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if self.obfuscated is Treatment.MASK:
            raise ValueError("obfuscated contact data cannot be masked; flag it or let it pass")

    def of(self, kind: ContactKind) -> Treatment:
        """The treatment of a kind."""
        match kind:
            case ContactKind.MAILBOX:
                return self.mailboxes
            case ContactKind.PHONE:
                return self.phones
            case ContactKind.IBAN:
                return self.ibans
            case ContactKind.HANDLE:
                return self.handles
            case ContactKind.LINK:
                return self.links
            case ContactKind.OBFUSCATED:
                return self.obfuscated

    def kinds(self, treatment: Treatment) -> frozenset[ContactKind]:
        """The kinds that are treated so."""
        return frozenset(kind for kind in ContactKind if self.of(kind) is treatment)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactPolicy:
    """The rules of both directions."""

    from_buyer: ContactRules = ContactRules()
    from_seller: ContactRules = ContactRules()


DEFAULT_CONTACT_POLICY = ContactPolicy()


def contact_code(kind: ContactKind, treatment: Treatment) -> str:
    """The code of a finding (`parley.screening.policy`): `contact-phone`, or `contact-phone-masked`."""
    return f"contact-{kind}-masked" if treatment is Treatment.MASK else f"contact-{kind}"
