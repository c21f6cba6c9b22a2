"""Starts the emulator on loopback, waits until it serves, and stops it with everything that it started."""

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from sandbox.emulator.commands import end_group, tail
from sandbox.emulator.environment import ACCOUNT, Local, local_environment
from sandbox.emulator.launcher import NONCE_VARIABLE
from sandbox.emulator.readiness import Answerer, ask, is_served
from sandbox.emulator.tools import EMULATOR
from sandbox.loopback import HOST, listening

STARTING_SECONDS = 60.0
# Saving its state is what takes long; on a busy machine it took 29 s.
STOPPING_SECONDS = 90.0
SAVED = "saved"
"""The file in an emulator's folder that is there if it stopped with all of its kept state saved."""
_POLL_SECONDS = 0.05
_LOG = "emulator.log"
# The functions' code, unpacked anew by every emulator.
_UNPACKED = "tmp"
_LAUNCHER = Path(__file__).with_name("launcher.py")


class EmulatorError(RuntimeError):
    """The emulator did not start; the text says why and what can be done."""


@dataclass(slots=True)
class Emulator:
    """A running emulator. environment: that of a program which may reach it and nothing else of AWS."""

    local: Local
    environment: dict[str, str]
    folder: Path
    _keep: bool
    _process: subprocess.Popen[bytes] = field(repr=False)
    _stopped: bool = False

    @classmethod
    def start(
        cls,
        folder: Path,
        *,
        region: str,
        port: int = 0,
        sesv2: str | None = None,
        keep: bool = False,
        seconds: float = STARTING_SECONDS,
    ) -> Self:
        """Starts it in `folder`, which is made, and returns when it serves.

        port: 0 for any free one. sesv2: the URL of the stand-in that the functions send mail through.
        keep: its state is saved in the folder when it stops, and found there when it starts; it wants a port
        of its own then, which the addresses of queues hold.
        Raises `MissingToolError`, or `EmulatorError` with the end of its log.
        """
        if keep and not port:
            raise ValueError("state that is kept holds the port: give one")
        python = EMULATOR.found()
        port = _free(port)
        endpoint = f"http://{HOST}:{port}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / SAVED).unlink(missing_ok=True)
        nonce = secrets.token_urlsafe(16)
        environment = local_environment(
            os.environ, endpoint=endpoint, region=region, home=_made(folder / "home"), sesv2=sesv2
        )
        with (folder / _LOG).open("wb") as output:
            process = subprocess.Popen(
                # -I: neither the working folder nor the user's packages are on its path.
                [python, "-I", _LAUNCHER],
                cwd=folder,
                env={**environment, **_settings(folder, port, region, keep=keep), NONCE_VARIABLE: nonce},
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                # A group of its own: Ctrl-C does not reach it, and its workers end with it.
                start_new_session=True,
            )
        emulator = cls(Local(endpoint, region), environment, folder, keep, process)
        try:
            emulator._wait_until_ready(nonce, seconds)
        except BaseException:
            emulator.stop()
            raise
        return emulator

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    @property
    def process_id(self) -> int:
        return self._process.pid

    def stop(self, seconds: float = STOPPING_SECONDS) -> None:
        """Ends it and its workers, also if it has ended itself. Stopping twice does nothing.

        State that is kept is saved first; only if that went well the file `SAVED` is in the folder then.
        """
        if self._stopped:
            return
        self._stopped = True
        self._process.send_signal(signal.SIGTERM)
        orderly = False
        try:
            with contextlib.suppress(subprocess.TimeoutExpired):
                orderly = self._process.wait(seconds) == 0
        finally:
            # Its workers too, which may be in the middle of something.
            end_group(self._process.pid)
            self._process.wait()
            if self._process.stdin:
                self._process.stdin.close()
            shutil.rmtree(self.folder / _UNPACKED, ignore_errors=True)
        if orderly and self._keep:
            (self.folder / SAVED).touch()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def _wait_until_ready(self, nonce: str, seconds: float) -> None:
        until = time.monotonic() + seconds
        while (answerer := ask(self.local.endpoint, nonce)) is not Answerer.READY or not self.alive:
            # One that does not speak HTTP is found by the emulator, which ends then.
            if answerer is Answerer.ANOTHER or (not self.alive and is_served(self.local.endpoint)):
                port = urlsplit(self.local.endpoint).port
                raise EmulatorError(
                    f"port {port} is taken by another program; stop it, or choose another port"
                )
            if not self.alive:
                raise EmulatorError(f"the emulator ended while it started.\n{self.last_words()}")
            if time.monotonic() > until:
                raise EmulatorError(
                    f"the emulator did not serve within {seconds:.0f} s.\n{self.last_words()}"
                )
            time.sleep(_POLL_SECONDS)

    def last_words(self) -> str:
        """The end of its log."""
        return tail(self.log.read_text(errors="replace"))

    @property
    def log(self) -> Path:
        """What the emulator says, and the functions in it."""
        return self.folder / _LOG


def _settings(folder: Path, port: int, region: str, *, keep: bool) -> dict[str, str]:
    """ministack's own variables. Without BIND_HOST it would listen on every interface."""
    saved = "1" if keep else "0"
    return {
        "BIND_HOST": HOST,
        "GATEWAY_PORT": str(port),
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "MINISTACK_REGION": region,
        # Functions work under their roles, whose policies are asked (not SES's, nor those of keys).
        "AUTH": "true",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "PERSIST_STATE": saved,
        "STATE_DIR": str(_made(folder / "state")),
        "S3_PERSIST": saved,
        "S3_DATA_DIR": str(_made(folder / "objects")),
        "TMPDIR": str(_made(folder / _UNPACKED)),
        "PYTHONUNBUFFERED": "1",
    }


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder.resolve()


def _free(port: int) -> int:
    try:
        with listening(HOST, port) as probe:
            return int(probe.getsockname()[1])
    except OSError as error:
        raise EmulatorError(
            f"port {port} is taken ({error.strerror}); stop what uses it, or choose another port"
        ) from None
