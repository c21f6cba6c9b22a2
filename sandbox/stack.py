"""The whole stack on this machine: deployed, connected to mail, seeded, and stopped as one.

    with running(ports=Ports()) as sandbox:
        sandbox.submit(sandbox.buyer.account, mail, [sandbox.buyer.writes_to])
        sandbox.mailboxes.messages(sandbox.seller.account.mailbox)

Everything listens on loopback, and nothing is left once it is closed but a folder that was given to keep.
"""

import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from cli.marketplace import MarketplaceApi
from parley.settings import RelaySettings, variable
from sandbox import connecting
from sandbox.accounts import Account, Accounts
from sandbox.archive import ConversationArchive
from sandbox.emulator.assembly import region_of
from sandbox.emulator.deployment import Deployed, Progress, deploy
from sandbox.emulator.process import Emulator
from sandbox.emulator.synthesis import synthesise
from sandbox.keeping import EMULATOR, MAILBOXES, Kept, kept, temporary
from sandbox.loopback import HOST, listening, url_of
from sandbox.mailboxes.mailboxes import Mailboxes
from sandbox.queues import Queues
from sandbox.seeding import (
    BUYER,
    ORDER,
    PASSWORD,
    SELLER,
    Correspondence,
    Person,
    correspondence,
    marketplace_api,
)
from sandbox.ses.ports import Deliver
from sandbox.ses.receiving import Receiving
from sandbox.ses.sending import Sending
from sandbox.starting import EMULATOR_PORT, FREE_PORTS, Listeners, Ports, bound, failing_for_people

Delivering = Callable[[Mailboxes], Deliver]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """A running one. api: the deployed admin API. page: a listening socket for who serves a page. first: the
    correspondence that is there from the start."""

    deployed: Deployed
    emulator: Emulator
    accounts: Accounts
    mailboxes: Mailboxes
    receiving: Receiving
    sending: Sending
    page: socket.socket
    api: MarketplaceApi
    settings: RelaySettings
    first: Correspondence

    def open(self, order: str, buyer: Person, seller: Person) -> Correspondence:
        """A conversation of two more people, who get accounts. Done twice it changes nothing."""
        for person in (buyer, seller):
            self.mailboxes.add(person.account)
        return correspondence(self.api, order, buyer, seller)

    def archive(self, conversation: str) -> ConversationArchive:
        """What the deployed stack keeps of a conversation."""
        return ConversationArchive(
            s3=self.deployed.local.client("s3"),
            dynamodb=self.deployed.local.client("dynamodb"),
            table=self.settings.table,
            bucket=self.settings.archive_bucket,
            review=self.deployed.variables("write_archive")[variable("review_bucket")],
            conversation=conversation,
        )

    def queues(self) -> Queues:
        """All of the stack, by logical id without the eight digits of a hash (AWS CDK, "Identifiers")."""
        urls = tuple(
            (name[:-8], self.deployed.physical_ids[name])
            for name, each in self.deployed.template["Resources"].items()
            if each["Type"] == "AWS::SQS::Queue"
        )
        return Queues(self.deployed.local.client("sqs"), urls)

    def submit(
        self, account: Account | None, raw: bytes, recipients: Sequence[str], reverse_path: str | None = None
    ) -> None:
        """Hands a mail to SES as the account's program does; without an account as somebody's server.

        reverse_path: "" for the null one; None for the account's mailbox. Raises `smtplib.SMTPException`
        with SES's reply.
        """
        smtp = (self.receiving.host, self.receiving.port)
        connecting.submit(smtp, account, raw, recipients, reverse_path)


@contextmanager
def running(
    folder: Path | None = None,
    *,
    ports: Ports = FREE_PORTS,
    assembly: Path | None = None,
    deliver: Delivering = lambda mailboxes: mailboxes.deliver,
    publishing: connecting.Publishing = lambda publish: publish,
    progress: Progress = lambda _: None,
) -> Iterator[Sandbox]:
    """Starts it, and stops it at the end.

    folder: keeps its state from one start to the next; without one, nothing is left. assembly: a cloud
    assembly in place of the one that is synthesised. deliver: where SES's mail goes. publishing: what stands
    between SES and the topic of receipts.
    Raises `StartError`, `MissingToolError`, `EmulatorError`, `CommandError`, `AssemblyError`,
    `DeploymentError` or `ApiProblem`, and at the end `UndeliveredError` or `UnsavedError`; each says what
    went wrong.
    """
    with ExitStack() as stack:
        with failing_for_people():
            state = stack.enter_context(kept(folder, progress)) if folder else None
            port = state.emulator_port(ports.emulator) if state else ports.emulator
            listeners = stack.enter_context(bound(replace(ports, emulator=port)))
            scratch = stack.enter_context(temporary())
            if assembly is None:
                progress("synthesising the stack")
                assembly = synthesise(scratch / "cdk.out")
            parts = _Parts(stack, listeners, state, scratch, publishing, progress)
            sandbox = parts.start(assembly, EMULATOR_PORT if port is None else port, deliver)
        if state:
            connecting.tell_of_taken(sandbox.queues(), progress)
            state.begun()
        try:
            yield sandbox
        finally:
            sandbox.receiving.close()
            if state:
                connecting.finish(sandbox.queues(), progress)
            # As long as the emulator runs, the events of these mails come to their queue.
            sandbox.sending.drain()


@dataclass(frozen=True, slots=True)
class _Parts:
    """stack: ends what was started, in the other order. state: None if nothing is kept."""

    stack: ExitStack
    listeners: Listeners
    state: Kept | None
    scratch: Path
    publishing: connecting.Publishing
    progress: Progress

    def start(self, assembly: Path, port: int, deliver: Delivering) -> Sandbox:
        enter, place = self.stack.enter_context, self.state.working if self.state else self.scratch
        accounts = Accounts([BUYER.account, SELLER.account])
        mailboxes = enter(
            Mailboxes(accounts, bound=self.listeners.imap, folder=place / MAILBOXES if self.state else None)
        )
        # The functions are told where to send before the deployment tells what may be sent.
        outgoing = enter(listening(HOST, 0))
        # SES out ends after the emulator, whose functions send through it to the last.
        after_emulator = enter(ExitStack())
        self.progress("starting the local AWS emulator")
        emulator = enter(
            Emulator.start(
                place / EMULATOR,
                region=region_of(assembly),
                port=port,
                sesv2=url_of(outgoing),
                keep=self.state is not None,
            )
        )
        deployed = deploy(assembly, emulator, self.scratch, self.progress)
        settings = RelaySettings.from_environment(deployed.variables("receive_mail"))
        # Notices to the operator are read by IMAP like the parties' mail.
        mailboxes.add(Account(str(settings.operator_mailbox), PASSWORD))
        smtp = self.listeners.smtp.getsockname()[:2]
        sending = after_emulator.enter_context(
            connecting.sending(deployed, accounts, deliver(mailboxes), outgoing, smtp)
        )
        receiving = enter(connecting.receiving(deployed, accounts, self.listeners.smtp, self.publishing))
        self.progress("registering a buyer and a seller, and opening their conversation")
        api = marketplace_api(deployed)
        return Sandbox(
            deployed=deployed,
            emulator=emulator,
            accounts=accounts,
            mailboxes=mailboxes,
            receiving=receiving,
            sending=sending,
            page=self.listeners.page,
            api=api,
            settings=settings,
            first=correspondence(api, ORDER, BUYER, SELLER),
        )
