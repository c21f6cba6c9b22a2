"""Mail that opened no conversation, at the intakes of contact aliases.

An intake never ends, and its mails have nothing to do with each other: they go one by one, when their own
time is over, or when the person who wrote them is erased. Of a first contact that a reviewer released, the
intake keeps the original as it came; the conversation that it opened has one of its own.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from parley.conversation.aliases import ConversationId
from parley.conversation.events import Event
from parley.conversation.messages import Message
from parley.erasing.contents import erase_pages
from parley.erasing.lake import LAKE, has_followed
from parley.erasing.mails import erase_message, is_erased
from parley.erasing.matters import Plan
from parley.erasing.ports import ChangedMeanwhileError, HeldError, Outside
from parley.erasing.steps import BUSY, Finished, Held, Kept, Step, Wait
from parley.erasing.unheld import Facts, check_hold
from parley.relaying.ports import BusyError


def erase_mails(
    intake: ConversationId,
    mails: Sequence[Message],
    facts: Facts,
    outside: Outside,
    *,
    plan: Plan | None = None,
) -> Step:
    """Erases some mails of an intake, each with what was written about it; `Finished` if they are gone, also
    from the lake. Until then they are found by their authors again. plan: the erasure that counts them."""
    if not mails:
        return Finished()
    left = [each for each in mails if not is_erased(each)]
    try:
        check_hold(outside.records.read(intake))
        if left:
            _erase(intake, left, facts, outside)
        if not has_followed(intake, outside):
            return Wait(outside.clock.now() + LAKE)
        for message in mails:
            outside.records.strip(message, plan)
    except HeldError as held:
        return Held(held.cases)
    except BusyError as busy:
        return Wait(outside.clock.now() + BUSY, busy.code)
    except ChangedMeanwhileError:
        return Wait(outside.clock.now() + BUSY)
    return Finished()


def _erase(intake: ConversationId, mails: Sequence[Message], facts: Facts, outside: Outside) -> None:
    """Pages and exports tell of all mails of the intake and go first; the transcript is made anew once a
    mail's item has changed."""
    about: dict[str, list[Event]] = {each.id: [] for each in mails}
    for each in outside.history.of(intake):
        if isinstance(each, Event) and each.message in about:
            about[each.message].append(each)
    erase_pages(intake, outside)
    for message in mails:
        erase_message(message, about[message.id], facts, outside)


def erase_first_contacts(
    plan: Plan, facts: Facts, outside: Outside, *, kept_for: timedelta
) -> tuple[list[Step], list[str]]:
    """Erases what the plan's party wrote to contact aliases, found by its mailboxes; what is to be done then,
    and the types of errors. kept_for: how long a mail stays after SES received it. One intake's failure
    touches no other."""
    steps: list[Step] = []
    failed: list[str] = []
    for intake, mails in _by_intake(outside.records.first_contacts(plan.party)):
        now = outside.clock.now()
        if not outside.has_time():
            steps.append(Wait(now))
            break
        ends = {each.id: each.received_at + kept_for for each in mails}
        over = [each for each in mails if ends[each.id] <= now]
        kept = [end for end in ends.values() if now < end]
        try:
            steps.append(erase_mails(intake, over, facts, outside, plan=plan))
        except Exception as error:  # Whatever it is: it is told, and tried again.
            failed.append(type(error).__name__)
            steps.append(Wait(now + BUSY))
        steps += [Kept(min(kept))] if kept else []
    return steps, failed


def _by_intake(messages: Iterable[Message]) -> list[tuple[ConversationId, list[Message]]]:
    found: dict[ConversationId, list[Message]] = {}
    for each in messages:
        if each.conversation is not None:
            found.setdefault(each.conversation, []).append(each)
    return list(found.items())
