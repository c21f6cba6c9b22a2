"""What holds in every cell when the work is done, whatever befell it on the way."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator

from parley.archive.chain import digest, link_hash
from parley.archive.checkpoints import Checkpoint, Statement, batch_root, checkpoints
from parley.archive.keys import ORIGINAL
from parley.archive.verification import Stored, Verdict, verify
from parley.archiving.filing import file_entry, is_final
from parley.conversation.conversations import Head
from parley.conversation.events import Event
from parley.conversation.messages import Message, State
from tests.support.fakes import FakeArchive
from tests.support.faults import peek
from tests.support.faults.peek import Peek
from tests.support.market import START, Market
from tests.support.wire import Sent

_AT_REST = frozenset(State) - {State.RECEIVED, State.ARCHIVED, State.SENDING, State.RELEASING}
MARK = "X-Parley-Message: "


def broken(market: Market, *, may_repeat: bool) -> Iterator[str]:
    """Each rule that does not hold. may_repeat: whether the cell is in the one window in which a mail may go
    out twice: SES has it, and nobody could record that."""
    looked = Peek(market.deployment)
    items = looked.items()
    messages, events = peek.messages(items), peek.events(items)
    waiting = "".join(looked.texts(market.deployment.queue_url))
    for message in messages:
        is_asked_for = message.state is State.RELEASING and message.id in waiting
        if message.lease is not None or not (message.state in _AT_REST or is_asked_for):
            yield f"a message is left {message.state}"
    yield from _sent(market, messages, may_repeat=may_repeat)
    stored = looked.objects(market.deployment.settings.archive_bucket)
    for conversation, head in peek.heads(items).items():
        happened = [each for each in (*messages, *events) if each.conversation == conversation]
        yield from _chained(conversation, head, happened, stored)


def unarchived(market: Market, sent: Iterable[Sent]) -> Iterator[str]:
    """Each of these mails that SES has although its original is not archived (invariant I2)."""
    looked = Peek(market.deployment)
    kept = looked.objects(market.deployment.settings.archive_bucket).keys()
    known = {each.id: each for each in peek.messages(looked.items())}
    for each in sent:
        if "conversation" in each.tags and known[each.tags["message"]].folder + ORIGINAL not in kept:
            yield "a mail went out before its original was archived"


def written_to(market: Market) -> list[str]:
    """Who got which kind of mail; how often does not matter."""
    return sorted({f"{sent.tags.get('kind', 'mail')} to {sent.recipients}" for sent in market.sent})


def _sent(market: Market, messages: list[Message], *, may_repeat: bool) -> Iterator[str]:
    versions: dict[tuple[str, tuple[str, ...], bytes], list[bytes]] = {}
    for sent in market.sent:
        mark = sent.tags.get("message") or sent.tags["request"]
        if f"{MARK}{mark}\r\n".encode() not in sent.raw:
            yield "a mail went out without its mark"
        # Of one mail, an author may be told that it is held, and later that it is refused.
        told_of = sent.raw if sent.tags.get("kind") == "notice" else b""
        versions.setdefault((mark, sent.recipients, told_of), []).append(sent.raw)
    for raws in versions.values():
        if len(raws) > (2 if may_repeat else 1):
            yield f"a mail went out {len(raws)} times"
        if len(set(raws)) > 1:
            yield "a mail was repeated with other octets"
    went = Counter(sent.tags.get("message") for sent in market.sent if sent.tags.get("kind") != "notice")
    for message in messages:
        if message.state is State.RELAYED and not went[message.id]:
            yield "a mail is recorded as relayed and was not sent"


def _chained(
    conversation: str, head: Head, happened: list[Message | Event], stored: dict[str, peek.Stored]
) -> Iterator[str]:
    happened.sort(key=lambda each: each.seq)
    tip = link_hash(happened[-1].link or "") if happened else ""
    if head != Head(len(happened), tip):
        yield "the head is not at the chain's end"
    verdict = verified_anew(conversation, happened, stored)
    if not verdict.is_intact or verdict.count != len(happened) or verdict.pending:
        yield f"the chain does not verify: {[(each.seq, str(each.code)) for each in verdict.faults]}"


def verified_anew(
    conversation: str, happened: list[Message | Event], stored: dict[str, peek.Stored]
) -> Verdict:
    """The verdict on the entries as they are written from the table, and on the objects as they lie there."""
    archive, final = FakeArchive(), [each for each in happened if is_final(each)]
    for each in final:
        file_entry(each, archive)
    statement = Statement(
        conversation=conversation,
        count=len(happened),
        tip=link_hash(happened[-1].link or "") if happened else "",
        pending={str(each.seq): link_hash(each.link or "") for each in happened if each not in final},
        at=START.isoformat(),
    )
    root = batch_root([statement])

    def is_signed(checkpoint: Checkpoint) -> bool:
        return checkpoint.root == root

    def object_at(key: str) -> Stored | None:
        found = stored.get(key)
        return None if found is None else Stored(digest(found.content), found.salt)

    signed = [("checkpoint", each.to_bytes()) for each in checkpoints([statement], "key", b"signature")]
    entries = [(key, kept.content) for key, kept in archive.objects.items()]
    return verify(conversation, entries, signed if happened else [], object_at, is_signed)


def told(market: Market) -> str:
    """What became of everything, without what is random: the same in every cell."""
    items = Peek(market.deployment).items()
    messages = sorted((str(each.alias), str(each.state), *each.codes) for each in peek.messages(items))
    happened = sorted((each.conversation, each.kind, _facts(each)) for each in peek.events(items))
    kinds = Counter(item["pk"]["S"].partition("#")[0] for item in items)
    # Failures that were counted on the way, and notices that were not sent, because their window was taken.
    kinds.pop("COUNT", None)
    return json.dumps([messages, [[kind, facts] for _, kind, facts in happened], sorted(kinds.items())])


def _facts(event: Event) -> list[str]:
    return sorted(json.loads(event.record)["facts"])
