"""Mailboxes as files: a numbered folder for each IMAP folder, with one file a mail, octets unchanged.

What people call their folders stands in the index only, so that no name leads elsewhere or is too long.
The file `saved` is there if all of them are.
"""

import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

SAVED = "saved"
_INDEX = "index.json"


class UnsavedError(RuntimeError):
    """Folders could not be written; the text says which and why. All others were."""


class DamagedError(ValueError):
    """What was written before cannot be read; the text says which file, from the mailboxes' folder on."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A mail in a folder. flags: such as `\\Seen`."""

    uid: int
    raw: bytes
    flags: frozenset[str]
    at: datetime


@dataclass(frozen=True, slots=True)
class Held:
    """What an IMAP folder of a mailbox holds, in the order in which it came."""

    mailbox: str
    name: str
    messages: tuple[Stored, ...]


def save(folder: Path, held: Iterable[Held]) -> None:
    """Puts all in place of what is there: what a killed process leaves is the old state or the new one.

    Raises `UnsavedError` once all that can be written is.
    """
    new, old = (folder.with_name(f"{folder.name}.{each}") for each in ("new", "old"))
    for each in (new, old):
        shutil.rmtree(each, ignore_errors=True)
    failed = []
    for number, one in enumerate(held):
        try:
            _write(new / f"{number:04d}", one)
        except OSError as error:
            shutil.rmtree(new / f"{number:04d}", ignore_errors=True)
            failed.append(f"{one.name} of {one.mailbox}: {error.strerror}")
    new.mkdir(parents=True, exist_ok=True)
    if not failed:
        (new / SAVED).touch()
    if folder.exists():
        folder.rename(old)
    new.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
    if failed:
        raise UnsavedError("\n".join(["these folders could not be saved:", *failed]))


def load(folder: Path) -> list[Held]:
    """What `save` wrote, nothing if there is none. It counts as unsaved then. Raises `DamagedError`."""
    if not folder.exists():
        return []
    (folder / SAVED).unlink(missing_ok=True)
    return [_read(each) for each in sorted(folder.iterdir())]


def _write(folder: Path, held: Held) -> None:
    folder.mkdir(parents=True)
    messages = []
    for number, message in enumerate(held.messages):
        (folder / _file(number)).write_bytes(message.raw)
        at = message.at.astimezone(UTC).isoformat()
        messages.append({"at": at, "flags": sorted(message.flags)})
    index = {"mailbox": held.mailbox, "folder": held.name, "messages": messages}
    (folder / _INDEX).write_text(json.dumps(index, indent=1))


def _read(folder: Path) -> Held:
    try:
        index = json.loads((folder / _INDEX).read_text())
        messages = tuple(
            Stored(
                number + 1,
                (folder / _file(number)).read_bytes(),
                frozenset(str(flag) for flag in each["flags"]),
                datetime.fromisoformat(each["at"]),
            )
            for number, each in enumerate(index["messages"])
        )
        return Held(str(index["mailbox"]), str(index["folder"]), messages)
    except (OSError, ValueError, KeyError, TypeError) as error:
        what = f"{folder.name}/{_INDEX} or a mail beside it cannot be read ({error!r})"
        raise DamagedError(what) from error


def _file(number: int) -> str:
    return f"{number:06d}.eml"
