"""A conversation's chain, recomputed from what lies in the archive bucket."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Literal

from botocore.exceptions import ClientError

from cli.aws import Clients
from cli.evidence.holdings import Holdings, Object
from cli.evidence.signing import PublicKey, signed_by_one_of
from parley.archive import keys
from parley.archive.belonging import Listed
from parley.archive.chain import Committed, digest
from parley.archive.entries import Entry
from parley.archive.keys import object_key
from parley.archive.redaction import attachments_in, has_attachments
from parley.archive.verification import SIGNING_TIME, Code, Stored, Verdict, verify
from parley.conversation.aliases import ConversationId
from parley.conversation.conversations import Head
from parley.stores.attributes import UnreadableItemError
from parley.stores.items import read_head
from parley.stores.keys import head_key

Progress = Callable[[int], Callable[[], None]]
"""Given how much there is to do; returns what is called after each piece of it."""
Table = Literal["same", "as-many", "following", "ahead", "behind", "different", "not-compared"]
"""Where the relay's table stands beside the archive. as-many: it has as many links, and which is the last was
not asked, or cannot be read. following: it has links that are not in the archive yet and are a few minutes
old. ahead: it has older ones."""
_WRONG: frozenset[Table] = frozenset(("ahead", "behind", "different"))
Beside = Callable[[int, str], Table]
"""Given the place of the last link in the archive, and its hash or ""."""


@dataclass(slots=True)
class Seen:
    """What was read of the bucket. denied: what these credentials may not read. attachments: those whose
    content is not the one that their key names. attached: by the folder of a mail, the keys of its
    attachments."""

    entries: list[tuple[str, bytes]] = field(default_factory=list)
    checkpoints: list[tuple[str, bytes]] = field(default_factory=list)
    stored: dict[str, Stored] = field(default_factory=dict)
    denied: set[str] = field(default_factory=set)
    attachments: list[str] = field(default_factory=list)
    attached: dict[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """denied, attachments: as in `Seen`."""

    verdict: Verdict
    denied: tuple[str, ...]
    attachments: tuple[str, ...]
    table: Table

    @property
    def is_intact(self) -> bool:
        return self.verdict.is_intact and not self.attachments and self.table not in _WRONG


def read(holdings: Holdings, wanted: Sequence[str], done: Callable[[], None]) -> Seen:
    """wanted: keys of the conversation's objects. done: called after each."""
    seen, conversation = Seen(), holdings.conversation
    entries, checkpoints = keys.entry_prefix(conversation), keys.checkpoint_prefix(conversation)
    attachments = keys.attachment_prefix(conversation)
    attaching: dict[str, bytes] = {}
    for found in holdings.read_all(sorted(wanted), done=done):
        if not isinstance(found, Object):
            # What was there a moment ago and is gone now is missing to the verification, too.
            if found.code == "access-denied":
                seen.denied.add(found.key)
        elif found.key.startswith(entries):
            seen.entries.append((found.key, found.content))
        elif found.key.startswith(checkpoints):
            seen.checkpoints.append((found.key, found.content))
        elif found.key.startswith(attachments):
            if digest(found.content) != found.key.removeprefix(attachments).partition("/")[0]:
                seen.attachments.append(found.key)
        else:
            seen.stored[found.key] = Stored(digest(found.content), found.salt)
            _extract(found, attaching, conversation, seen)
    return seen


def _extract(found: Object, attaching: dict[str, bytes], conversation: str, seen: Seen) -> None:
    """Notes the attachments of a mail. attaching: by folder, contents whose mail comes behind them: that is
    the order of their keys."""
    folder = keys.folder_of(found.key)
    if found.key.startswith(keys.CONTENTS) and has_attachments(found.content):
        attaching[folder] = found.content
    elif found.key == folder + keys.RELAYED and (content := attaching.pop(folder, None)):
        seen.attached[folder] = attachments_in(conversation, found.content, content)


def verify_seen(
    seen: Seen,
    conversation: str,
    signers: Sequence[PublicKey],
    *,
    listed: Collection[str] | None = None,
    disturbed: Mapping[str, Code] = MappingProxyType({}),
    now: datetime | None = None,
) -> Verdict:
    """What was denied counts as kept back from this reader. listed: keys of all objects; None if none of them
    has to belong to a link. disturbed: as in `FirstVersions`. now: None if
    the end need not be signed yet."""

    def may_be_closed(entry: Entry, kind: Committed) -> bool:
        return object_key(entry.folder, kind) in seen.denied

    return verify(
        conversation,
        seen.entries,
        seen.checkpoints,
        seen.stored.get,
        lambda checkpoint: signed_by_one_of(signers, checkpoint),
        may_be_closed=may_be_closed,
        listed=None if listed is None else _listed(conversation, listed, seen),
        disturbed=disturbed,
        now=now,
    )


def _listed(conversation: str, listed: Collection[str], seen: Seen) -> Listed:
    told = (keys.entry_prefix(conversation), keys.checkpoint_prefix(conversation))
    # Without all mails nobody can say whose an attachment is.
    is_partial = any(key.startswith(keys.CONTENTS) or key.endswith(f"/{keys.RELAYED}") for key in seen.denied)
    return Listed([key for key in listed if not key.startswith(told)], None if is_partial else seen.attached)


def compared(
    clients: Clients,
    table: str,
    conversation: str,
    places: Callable[[], Iterable[tuple[int, datetime]]],
    now: datetime,
    count: int,
    tip: str,
) -> Table:
    """The table's own head, for credentials that may read it; else `places`: those of the history and their
    times, as the API tells them. count, tip: where the chain ends in the archive, as a `Verdict` tells."""
    key = head_key(ConversationId(conversation))
    try:
        answer = clients.dynamodb.get_item(TableName=table, Key=key, ConsistentRead=True)
        head = read_head(answer["Item"])[1] if "Item" in answer else Head(0, "")
    except UnreadableItemError:
        return "not-compared"  # Written by another version than this program's.
    except ClientError as error:
        if error.response["Error"]["Code"] != "AccessDeniedException":
            raise
        head = Head(max((seq for seq, _ in places()), default=0), "")
        if head.seq == count:
            return "as-many"
    if head.seq > count:
        later = [at for seq, at in places() if seq > count]
        return "following" if later and all(abs(now - at) < SIGNING_TIME for at in later) else "ahead"
    if head.seq < count:
        return "behind"
    if not tip:
        return "as-many"
    return "same" if head.tip == tip else "different"


def verify_archive(
    holdings: Holdings,
    signers: Sequence[PublicKey],
    beside: Beside,
    progress: Progress,
    *,
    now: datetime | None = None,
) -> Verified:
    """now: the present if None. Raises botocore's errors."""
    first = holdings.as_first_written()
    wanted = first.keys()
    seen = read(first, wanted, progress(len(wanted)))
    verdict = verify_seen(
        seen,
        holdings.conversation,
        signers,
        listed=wanted,
        disturbed=first.disturbed,
        now=now or datetime.now(UTC),
    )
    return Verified(
        verdict=verdict,
        denied=tuple(sorted(seen.denied)),
        attachments=tuple(sorted(seen.attachments)),
        table=beside(verdict.count, verdict.tip),
    )
