"""What signed checkpoints prove of a conversation's links: how many there are, and the hashes of some."""

from collections.abc import Callable, Iterable, Sequence

from parley.archive.checkpoints import Checkpoint, CheckpointError, Statement, read_checkpoint
from parley.archive.verdicts import Code, Fault


def place_in(key: str) -> int:
    """The place that the name of an entry, a checkpoint or a message's folder begins with, 0 if none."""
    number = key.rpartition("/")[2].partition("_")[0]
    return int(number) if number.isascii() and number.isdecimal() and len(number) < 10 else 0


def signed_statements(
    conversation: str,
    checkpoints: Iterable[tuple[str, bytes]],
    is_signed: Callable[[Checkpoint], bool],
    faults: list[Fault],
) -> Iterable[Statement]:
    """Those whose signature holds; of every other checkpoint, a fault."""
    for key, raw in checkpoints:
        try:
            checkpoint = read_checkpoint(raw)
        except CheckpointError:
            faults.append(Fault(seq=place_in(key), code=Code.CHECKPOINT_MALFORMED, key=key))
            continue
        statement = checkpoint.statement
        if statement.conversation != conversation:
            faults.append(Fault(seq=place_in(key), code=Code.OTHER_CONVERSATION, key=key))
        elif checkpoint.root is None or not is_signed(checkpoint):
            faults.append(Fault(seq=place_in(key), code=Code.CHECKPOINT_FORGED, key=key))
        else:
            yield statement


def proved_hashes(signed: Iterable[Statement], faults: list[Fault]) -> dict[int, str]:
    """The hashes that checkpoints name, by place."""
    proved: dict[int, str] = {}
    for statement in signed:
        told = {int(seq): each for seq, each in statement.pending.items()} | {statement.count: statement.tip}
        for seq, each in told.items():
            if proved.setdefault(seq, each) != each:
                faults.append(Fault(seq=seq, code=Code.CHECKPOINT_CONTRADICTED))
    return proved


def pending_places(signed: Sequence[Statement]) -> set[int]:
    """The places whose entries need not be there: every checkpoint that counts them says so. A message never
    loses its outcome again."""
    waiting = {seq for each in signed for seq in each.pending}
    return {
        int(seq) for seq in waiting if all(seq in each.pending for each in signed if each.count >= int(seq))
    }
