"""Waits until an export's own link is in the archive, and a checkpoint counts it.

`write_archive` files and signs moments after the API has recorded something. A bundle that is made before
that could not prove where it ends.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from cli.answers import Export
from cli.connecting import UsageError
from cli.evidence.holdings import Holdings, Object
from cli.evidence.signing import PublicKey, signed_by_one_of
from parley.archive.checkpoints import CheckpointError, read_checkpoint
from parley.archive.keys import entry_key
from parley.archive.proving import place_in

PATIENCE: Final = 180.0
"""Seconds. A batch of changes is filed within seconds; one that failed is tried again for some minutes."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 5.0
NOT_ARCHIVED: Final = "export-not-archived"


class NotArchivedError(UsageError):
    """The link did not come in time."""

    code = NOT_ARCHIVED

    def __init__(self, export: Export) -> None:
        super().__init__(
            f"Nothing was exported: link {export.seq}, which records this export, was not archived and signed"
            f" within {PATIENCE:.0f} seconds. Try again; if it stays so, write_archive fails"
            f" (parley doctor). [{NOT_ARCHIVED}]"
        )


@dataclass(frozen=True, slots=True)
class Waiting:
    """How time passes, in seconds."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


def await_signed(
    holdings: Holdings,
    export: Export,
    signers: Sequence[PublicKey],
    done: Callable[[], None],
    waiting: Waiting | None = None,
) -> None:
    """done: called once for the entry, once for the checkpoint. Raises `NotArchivedError`, botocore's
    errors."""
    waiting = waiting or Waiting()
    end = waiting.clock() + PATIENCE
    key = entry_key(holdings.conversation, export.seq, export.event)
    _until(lambda: isinstance(holdings.read(key), Object), export, waiting, end)
    done()
    looked_at: set[str] = set()
    _until(lambda: _is_counted(holdings, export.seq, signers, looked_at), export, waiting, end)
    done()


def _until(came: Callable[[], bool], export: Export, waiting: Waiting, end: float) -> None:
    pause = _FIRST_PAUSE
    while not came():
        if waiting.clock() + pause > end:
            raise NotArchivedError(export)
        waiting.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)


def _is_counted(holdings: Holdings, seq: int, signers: Sequence[PublicKey], looked_at: set[str]) -> bool:
    """Whether a signed checkpoint counts the link. looked_at: those that were read before."""
    new = [key for key in holdings.checkpoint_keys() if key not in looked_at and place_in(key) >= seq]
    looked_at.update(new)
    for found in holdings.read_all(new):
        if isinstance(found, Object):
            try:
                checkpoint = read_checkpoint(found.content)
            except CheckpointError:
                continue
            if checkpoint.statement.count >= seq and signed_by_one_of(signers, checkpoint):
                return True
    return False
