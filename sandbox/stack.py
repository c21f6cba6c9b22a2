"""The whole stack on this machine: deployed, connected to mail, seeded, and stopped as one.

    with running(ports=Ports()) as sandbox:
        sandbox.submit(sandbox.buyer.account, mail, [sandbox.buyer.writes_to])
        sandbox.mailboxes.messages(sandbox.seller.account.mailbox)

Everything listens on loopback, and nothing is left once it is closed but a folder that was given to keep.
"""

import fcntl
import smtplib
import socket
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, fields
from pathlib import Path

from cli.marketplace import MarketplaceApi
from parley.settings import RelaySettings
from sandbox.accounts import Account, Accounts
from sandbox.archive import ConversationArchive
from sandbox.emulator.assembly import region_of
from sandbox.emulator.deployment import Deployed, Progress, deploy
from sandbox.emulator.process import Emulator
from sandbox.emulator.synthesis import synthesise
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
from sandbox.ses.aws import object_store, publisher
from sandbox.ses.ports import AutomaticReply, Deliver
from sandbox.ses.receiving import Receiving
from sandbox.ses.sending import Sending
from sandbox.ses.template import (
    Resolve,
    configuration_sets,
    event_destinations,
    identities,
    receipt_rules,
    resolver,
)

SUBMITTING_SECONDS = 60.0


class StartError(RuntimeError):
    """The sandbox cannot start as it was asked to; the text says why and what can be done."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where programs find the sandbox. 0 is any free one."""

    smtp: int = 2525
    imap: int = 1143
    page: int = 8025
    emulator: int = 4566

    def require_free(self) -> None:
        """Raises `StartError` that names every port that is taken."""
        taken = [
            problem for each in fields(self) if (problem := _problem(each.name, getattr(self, each.name)))
        ]
        if taken:
            way_out = "Stop what uses it (another sandbox?), or choose others: --help names the options."
            raise StartError("\n".join([*taken, way_out]))


def _problem(name: str, port: int) -> str | None:
    try:
        listening(HOST, port).close()
    except OSError as error:
        return f"port {port}, for {name}, cannot be used: {error.strerror}."
    return None


FREE_PORTS = Ports(0, 0, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """A running one. api: the deployed admin API. first: the correspondence that is there from the start."""

    deployed: Deployed
    emulator: Emulator
    accounts: Accounts
    mailboxes: Mailboxes
    receiving: Receiving
    sending: Sending
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
        submit(self.receiving, account, raw, recipients, reverse_path)


def submit(
    receiving: Receiving,
    account: Account | None,
    raw: bytes,
    recipients: Sequence[str],
    reverse_path: str | None = None,
) -> None:
    """See `Sandbox.submit`."""
    if reverse_path is None:
        reverse_path = account.mailbox if account else ""
    host, port = receiving.host, receiving.port
    with smtplib.SMTP(host, port, local_hostname="localhost", timeout=SUBMITTING_SECONDS) as program:
        if account:
            program.login(account.mailbox, account.password)
        refused = program.sendmail(reverse_path or "<>", recipients, raw)
    if refused:
        raise smtplib.SMTPRecipientsRefused(refused)


@contextmanager
def running(
    folder: Path | None = None,
    *,
    ports: Ports = FREE_PORTS,
    assembly: Path | None = None,
    deliver: Callable[[Mailboxes], Deliver] = lambda mailboxes: mailboxes.deliver,
    progress: Progress = lambda _: None,
) -> Iterator[Sandbox]:
    """Starts it, and stops it at the end.

    folder: keeps its state from one start to the next, and wants fixed ports; without one, nothing is left.
    assembly: a cloud assembly in place of the one that is synthesised. deliver: where SES's mail goes.
    Raises `StartError`, `MissingToolError`, `EmulatorError`, `CommandError`, `AssemblyError`,
    `DeploymentError` or `ApiProblem`; each says what went wrong.
    """
    ports.require_free()
    with ExitStack() as stack:
        enter = stack.enter_context
        place = (
            enter(_locked(folder)) if folder else Path(enter(tempfile.TemporaryDirectory(prefix="parley-")))
        )
        if assembly is None:
            progress("synthesising the stack")
            assembly = synthesise(place / "cdk.out")
        accounts = Accounts([BUYER.account, SELLER.account])
        kept = place / "mailboxes" if folder else None
        mailboxes = enter(Mailboxes(accounts, port=ports.imap, folder=kept))
        # The functions are told where to send before the deployment tells what may be sent.
        outgoing = enter(listening(HOST, 0))
        progress("starting the local AWS emulator")
        emulator = enter(
            Emulator.start(
                place / "emulator",
                region=region_of(assembly),
                port=ports.emulator,
                sesv2=url_of(outgoing),
                keep=folder is not None,
            )
        )
        deployed = deploy(assembly, emulator, place, progress)
        settings = RelaySettings.from_environment(deployed.variables("receive_mail"))
        # Notices to the operator are read by IMAP like the parties' mail.
        mailboxes.add(Account(str(settings.operator_mailbox), PASSWORD))
        receiving = enter(_receiving(deployed, accounts, ports.smtp))
        sending = enter(_sending(deployed, accounts, deliver(mailboxes), receiving, outgoing))
        progress("registering a buyer and a seller, and opening their conversation")
        api = marketplace_api(deployed)
        yield Sandbox(
            deployed=deployed,
            emulator=emulator,
            accounts=accounts,
            mailboxes=mailboxes,
            receiving=receiving,
            sending=sending,
            api=api,
            settings=settings,
            first=correspondence(api, ORDER, BUYER, SELLER),
        )


def _receiving(deployed: Deployed, accounts: Accounts, port: int) -> Receiving:
    return Receiving(
        rules=receipt_rules(deployed.template, _resolver(deployed)),
        accounts=accounts,
        put_object=object_store(deployed.local.client("s3")),
        publish=publisher(deployed.local.client("sns")),
        region=deployed.local.region,
        port=port,
        tls=True,
    )


def _sending(
    deployed: Deployed, accounts: Accounts, deliver: Deliver, receiving: Receiving, bound: socket.socket
) -> Sending:
    def answer(reply: AutomaticReply) -> None:
        submit(receiving, accounts.of(reply.author), reply.raw, [reply.recipient], reverse_path="")

    resolve = _resolver(deployed)
    return Sending(
        identities=identities(deployed.template, resolve),
        configuration_sets=configuration_sets(deployed.template, resolve),
        destinations=event_destinations(deployed.template, resolve),
        deliver=deliver,
        publish=publisher(deployed.local.client("sns")),
        answer=answer,
        region=deployed.local.region,
        bound=bound,
    )


def _resolver(deployed: Deployed) -> Resolve:
    return resolver(deployed.physical_ids, deployed.pseudo)


@contextmanager
def _locked(folder: Path) -> Iterator[Path]:
    """The folder, for one sandbox at a time."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StartError(f"another sandbox runs in {folder}; stop it, or choose another folder") from None
        yield folder
