"""Where it is played: a running sandbox, its people, and what scenes hand on to later ones."""

from dataclasses import dataclass, field

from parley.conversation.parties import Role
from sandbox.accounts import Account
from sandbox.demo.checks import parsed
from sandbox.demo.events import Listener
from sandbox.demo.evidence import Books, Filed, MissingError, inbox
from sandbox.demo.letters import Author
from sandbox.seeding import PASSWORD, Correspondence, Correspondent, Person
from sandbox.stack import Sandbox


@dataclass(frozen=True, slots=True)
class Exchanged:
    """A mail as it was written, and as the other side got it."""

    written: bytes
    heard: bytes

    @property
    def written_id(self) -> str:
        """The Message-ID under which its author knows it."""
        return str(parsed(self.written)["Message-ID"])

    @property
    def heard_id(self) -> str:
        """The Message-ID under which the other side knows it."""
        return str(parsed(self.heard)["Message-ID"])


@dataclass
class Stage:
    """exchanged: mails that later scenes answer, by name."""

    sandbox: Sandbox
    listener: Listener
    exchanged: dict[str, Exchanged] = field(default_factory=dict)
    correspondences: list[Correspondence] = field(default_factory=list)

    @property
    def first(self) -> Correspondence:
        return self.sandbox.first

    def recall(self, name: str) -> Exchanged:
        """A mail of an earlier scene. Raises `MissingError`."""
        try:
            return self.exchanged[name]
        except KeyError:
            raise MissingError(f"the mail of the earlier scene ({name}) did not arrive") from None

    def shop(self, order: str, name: str, mailbox: str) -> Correspondence:
        """The buyer's conversation with another shop."""
        number = len(self.correspondences) + 2
        seller = Person(
            id=f"seller-{number}",
            role=Role.SELLER,
            locale="en",
            display_name=name,
            account=Account(mailbox, PASSWORD),
        )
        opened = self.sandbox.open(order, self.first.buyer.person, seller)
        self.correspondences.append(opened)
        return opened

    def books(self, both: Correspondence) -> Books:
        return Books(self.sandbox, both.conversation)

    @property
    def all(self) -> tuple[Correspondence, ...]:
        return (self.first, *self.correspondences)

    def is_quiet(self) -> bool:
        """Whether nothing waits in any queue or is being worked on."""
        return not any(each.messages for each in self.sandbox.queues().depths())

    def all_books(self) -> tuple[Books, ...]:
        return tuple(map(self.books, self.all))

    def post(
        self,
        account: Account | None,
        raw: bytes,
        *to: tuple[Correspondence, str],
        reverse_path: str | None = None,
        messages: int = 1,
    ) -> tuple[tuple[Filed, ...], ...]:
        """Sends one mail to aliases, and waits until all is done. What came of it, for each alias.

        messages: how many the mail makes in each conversation, what is answered included. Raises
        `MissingError` or smtplib.SMTPException.
        """
        before = [self.books(both).head().seq for both, _ in to]
        self.sandbox.submit(account, raw, [alias for _, alias in to], reverse_path)
        found = [
            self.books(both).await_filed(last, messages) for (both, _), last in zip(to, before, strict=True)
        ]
        self.sandbox.sending.settle()
        return tuple(found)

    def inbox(self, person: Correspondent | Account) -> tuple[bytes, ...]:
        return inbox(self.sandbox, person.account if isinstance(person, Correspondent) else person)

    def arrived(self, person: Correspondent, before: int, filed: Filed) -> bytes:
        """The mail that the person got after the first `before` ones, for this message.

        All is done by now, so there is nothing to wait for. Raises `MissingError`, which says what the relay
        did instead.
        """
        mails = self.inbox(person)[before:]
        if not mails:
            became = f"{filed.entry['outcome']} ({', '.join(filed.entry['codes'])})"
            raise MissingError(f"no mail came to {person.person.display_name}; the outcome is {became}")
        return mails[0]


def author(person: Correspondent) -> Author:
    return Author.of(person.person.display_name, person.account)
