"""Where a sandbox's files are: a temporary folder, and one that is kept from one start to the next.

A kept folder holds `kept`, the state at the end of the last run that ended in good order. A run works in a
copy of it, `working-...`, which takes the place of `kept` when that run ends in good order in turn. After a
crash the next start goes on from `kept`: mail since then is lost, but table, archive, queues and mailboxes
agree.

A part that has state has a folder in it, and leaves the file `saved` there once all of it is written.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from sandbox.emulator.deployment import Progress
from sandbox.loopback import HOST, listening
from sandbox.mailboxes.files import DamagedError, UnsavedError
from sandbox.starting import EMULATOR_PORT, StartError

EMULATOR, MAILBOXES = "emulator", "mailboxes"
SAVED = "saved"
_LOCK = "sandbox.lock"
_PREFIX = "parley-"
_KEPT, _WORKING, _COMPLETE, _PORT = "kept", "working-", "complete", "emulator-port"


@contextmanager
def temporary() -> Iterator[Path]:
    """A folder that is removed at the end; those of sandboxes that were killed are removed before."""
    _remove_stale(Path(tempfile.gettempdir()))
    folder, lock = _locked_temporary()
    with lock:
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _locked_temporary() -> tuple[Path, IO[str]]:
    while True:
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
        lock = (folder / _LOCK).open("w")
        fcntl.flock(lock, fcntl.LOCK_EX)
        # Another start may have taken it for a stale one just before it was locked.
        if os.fstat(lock.fileno()).st_nlink:
            return folder, lock
        lock.close()


def _remove_stale(parent: Path) -> None:
    """Those whose lock nobody holds; folders without a lock are not the sandbox's."""
    for path in parent.glob(f"{_PREFIX}*/{_LOCK}"):
        try:
            if path.parent.is_symlink() or path.parent.stat().st_uid != os.getuid():
                continue
            with path.open("r+") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(path.parent, ignore_errors=True)
        except OSError:
            # A living sandbox holds it, or another start has just removed it.
            continue


class Kept:
    """A folder that is kept, in use by one sandbox. working: where the state of this run is."""

    def __init__(self, folder: Path, working: Path, progress: Progress) -> None:
        self.working = working
        self._folder = folder
        self._progress = progress
        self._begun = False

    def emulator_port(self, asked: int | None) -> int:
        """The port for the emulator, which the addresses of its queues hold. asked: None or 0 for any.

        Raises `StartError` if the state was made with another one.
        """
        file = self.working / _PORT
        if not file.exists():
            file.write_text(str(_a_port(asked)))
        text = file.read_text().strip()
        if not text.isdigit():
            raise StartError(damaged(self._folder, f"{_KEPT}/{_PORT} holds no port"))
        if asked and asked != int(text):
            raise StartError(
                f"the state in {self._folder} was made with the emulator at port {text}, which the addresses"
                f" of its queues hold.\nLeave --emulator-port out (or give {text}), or start anew in another"
                " folder: --keep DIR."
            )
        return int(text)

    def begun(self) -> None:
        """The sandbox runs: from now on what it does is worth keeping."""
        self._begun = True

    def finish(self) -> None:
        """Keeps the state of this run if it ended in good order; otherwise that from before it stays."""
        saved = all((self.working / part / SAVED).exists() for part in (EMULATOR, MAILBOXES))
        if self._begun and saved:
            try:
                # The one step that decides. After a crash the rest is done by the next start.
                self.working.rename(self._folder / _COMPLETE)
                _put_in_place(self._folder)
            except OSError as error:
                raise UnsavedError(unusable(self._folder, error)) from error
            return
        if self._begun:
            self._progress("this run did not end in good order; the state from before it is kept")
        shutil.rmtree(self.working, ignore_errors=True)


@contextmanager
def kept(folder: Path, progress: Progress) -> Iterator[Kept]:
    """The folder, for one sandbox at a time. Raises `StartError` if it cannot be used or read, and at the end
    `UnsavedError`."""
    with _locked(folder):
        try:
            state = Kept(folder, _prepared(folder, progress), progress)
        except OSError as error:
            raise StartError(unusable(folder, error)) from error
        try:
            yield state
        except DamagedError as error:
            raise StartError(damaged(folder, f"{MAILBOXES}/{error}")) from error
        finally:
            state.finish()


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()) and not (folder / _LOCK).exists():
            raise StartError(
                f"{folder} holds files that are not a sandbox's; give --keep DIR an empty or a new folder"
            )
        lock = (folder / _LOCK).open("w")
    except OSError as error:
        raise StartError(unusable(folder, error)) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StartError(f"another sandbox runs in {folder}; stop it, or choose another folder") from None
        yield


def _prepared(folder: Path, progress: Progress) -> Path:
    """A new working copy of what is kept."""
    _put_in_place(folder)
    if leftover := list(folder.glob(f"{_WORKING}*")):
        progress("the last run did not end in good order; going on from the state before it")
    for each in leftover:
        shutil.rmtree(each)
    # Never the same path twice: an emulator whose sandbox was killed may still be writing into the last one.
    working = Path(tempfile.mkdtemp(prefix=_WORKING, dir=folder))
    if (folder / _KEPT).exists():
        shutil.copytree(folder / _KEPT, working, symlinks=True, dirs_exist_ok=True)
    for part in (EMULATOR, MAILBOXES):
        (working / part / SAVED).unlink(missing_ok=True)
    return working


def _put_in_place(folder: Path) -> None:
    """What is complete takes the place of what is kept. Can be repeated from wherever it was cut off."""
    if (folder / _COMPLETE).exists():
        shutil.rmtree(folder / _KEPT, ignore_errors=True)
        (folder / _COMPLETE).rename(folder / _KEPT)


def _a_port(asked: int | None) -> int:
    if asked is None:
        return EMULATOR_PORT
    if asked:
        return asked
    with listening(HOST, 0) as probe:
        return int(probe.getsockname()[1])


def unusable(folder: Path, error: OSError) -> str:
    """For people: the folder cannot be written or read."""
    what = f"{error.filename}: {error.strerror}" if error.filename else str(error)
    return f"{folder} cannot be used to keep state ({what}); choose another folder: --keep DIR"


def damaged(folder: Path, what: str) -> str:
    """For people: what is kept cannot be read."""
    return f"the state in {folder} is damaged: {what}.\nRemove that folder, or choose another one: --keep DIR"
