"""A party's own mail server: Debian's Postfix and Dovecot, as two processes in a temporary folder.

    with own_server("party.example", accounts, relay_domain=..., relay_port=..., login=...) as server:
        server.smtp, server.imap        # where the party's programs log in

Postfix takes mail from who logs in (Dovecot checks the password), and mail for its own mailboxes from
everybody. It hands mail for the relay domain to `relay_port`, authenticated, and everything else to nobody.
The system's own Postfix and Dovecot, their settings and their queues, are left alone.
"""

import pwd
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from sandbox.accounts import Account
from sandbox.emulator.commands import end_group
from sandbox.loopback import HOST, listening
from tests.programs import needs
from tests.programs.running import ProgramError, environment, run, wait_for
from tests.programs.server_files import Plan, write_dovecot, write_postfix

STOPPING_SECONDS = 5.0
LIFETIME_SECONDS = 900
"""After which Postfix ends by itself, should nobody be left who could end it."""


@dataclass(frozen=True, slots=True)
class OwnServer:
    """smtp, imap: ports on the loopback."""

    domain: str
    smtp: int
    imap: int
    folder: Path

    def inject(self, raw: bytes, *, reverse_path: str, recipient: str) -> None:
        """Hands in a mail as programs on the server itself do, such as a forwarding: nothing is asked."""
        command = [
            *(needs.program("sendmail", package="postfix"), "-C", str(self.folder / "postfix")),
            *("-i", "-f", reverse_path, "--", recipient),
        ]
        run(command, home=self.folder, text=raw)

    def logs(self) -> str:
        return _logs(self.folder)


def _logs(folder: Path) -> str:
    """The ends of what both servers said."""
    files = sorted([*folder.glob("*.log"), *folder.glob("*.out")])
    return "\n".join(f"{file.name}:\n{file.read_text(errors='replace')[-3000:]}" for file in files)


def require() -> None:
    """Skips the test without root, or the servers' programs, or a Dovecot that reads these files."""
    needs.root()
    for name in ("postfix", "postconf", "sendmail"):
        needs.program(name, package="postfix")
    needs.part("*/sasl2/libplain.so", package="libsasl2-modules")
    needs.part("dovecot/imap-login", package="dovecot-imapd")
    version = run([_dovecot_program(), "--version"], home=Path("/")).split()[0]
    if not version.startswith("2.3."):
        pytest.skip(f"Dovecot {version} is configured in another way than 2.3")


def _dovecot_program() -> str:
    return needs.program("dovecot", package="dovecot-imapd")


@contextmanager
def own_server(
    domain: str, accounts: Sequence[Account], *, relay_domain: str, relay_port: int, login: Account
) -> Iterator[OwnServer]:
    """accounts: the mailboxes. login: the account by which Postfix authenticates to the relay.

    Wants what `require` asks for. Raises `ProgramError` with the servers' logs.
    """
    # Neither pytest's folders nor long paths will do: the servers' own users must get in, and the path of a
    # Unix socket has 108 octets at most.
    with tempfile.TemporaryDirectory(prefix="parley-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        plan = Plan(
            folder=folder,
            domain=domain,
            accounts=tuple(accounts),
            smtp=_free_port(),
            imap=_free_port(),
            relay_domain=relay_domain,
            relay_port=relay_port,
            login=login,
            owner=pwd.getpwnam("nobody"),
        )
        dovecot, postfix = _dovecot(plan), _postfix(plan)
        # Dovecot first: it checks the passwords of those who log in to Postfix.
        with _serving(dovecot, plan.imap, folder), _serving(postfix, plan.smtp, folder):
            yield OwnServer(domain, plan.smtp, plan.imap, folder)


def _dovecot(plan: Plan) -> list[str]:
    """The command that serves in the foreground."""
    return [_dovecot_program(), "-F", "-c", str(write_dovecot(plan))]


def _postfix(plan: Plan) -> list[str]:
    """As `_dovecot`. `postfix start-fg` would put a shell between, which passes no signal on."""
    configuration = str(write_postfix(plan))
    postfix, postconf = needs.program("postfix"), needs.program("postconf", package="postfix")
    run([postfix, "-c", configuration, "check"], home=plan.folder)  # makes the folders of the queue
    daemons = run([postconf, "-c", configuration, "-h", "daemon_directory"], home=plan.folder).strip()
    return [f"{daemons}/master", "-c", configuration, "-s", "-e", str(LIFETIME_SECONDS)]


def _free_port() -> int:
    with listening(HOST, 0) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def _serving(command: Sequence[str], port: int, folder: Path) -> Iterator[None]:
    """Until the end; it serves once somebody listens on the port."""
    name = Path(command[0]).name
    with (folder / f"{name}.out").open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment(folder),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_for(lambda: _greets(process, port) or None, f"{name} on port {port}")
        yield
    except ProgramError as error:
        raise ProgramError(f"{error}\n{_logs(folder)}") from None
    finally:
        _stop(process)


def _greets(process: subprocess.Popen[bytes], port: int) -> bool:
    if process.poll() is not None:
        raise ProgramError(f"the server ended with {process.returncode}")
    with suppress(OSError), socket.create_connection((HOST, port), timeout=1) as connection:
        return bool(connection.recv(1))
    return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Both servers end their helpers when they are told to end; what is left then is ended at once."""
    process.send_signal(signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(STOPPING_SECONDS)
    end_group(process.pid)
    process.wait()
