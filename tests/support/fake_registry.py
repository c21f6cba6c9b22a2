"""The ports of `parley.registering` in memory, over the same memory as the relay's fakes."""

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

from parley.conversation.aliases import Alias, ConversationId
from parley.conversation.conversations import Conversation, Head, Status
from parley.conversation.mailboxes import index_form
from parley.conversation.parties import Party, PartyId, Role
from parley.registering.ports import (
    AlreadyOpenError,
    ChangedMeanwhileError,
    MailboxTakenError,
    Page,
    PartyExistsError,
)
from tests.support.fakes import Memory


class FakeRegistry:
    def __init__(self, memory: Memory | None = None) -> None:
        self.memory = memory or Memory()

    def parties(self, ids: Collection[PartyId]) -> Mapping[PartyId, Party]:
        return {each: self.memory.parties[each] for each in ids if each in self.memory.parties}

    def add(self, party: Party) -> None:
        with self.memory.lock:
            if party.id in self.memory.parties:
                raise PartyExistsError(self.memory.parties[party.id])
            self._check_free(party)
            self._put(party)

    def replace(self, old: Party, new: Party) -> None:
        with self.memory.lock:
            known = self.memory.parties.get(old.id)
            if known != old or known.opted_out_at != old.opted_out_at:
                raise ChangedMeanwhileError(old.id)
            self._check_free(new)
            for mailbox in old.mailboxes:
                self.memory.mailboxes.pop(index_form(mailbox), None)
            self._put(new)

    def conversation(self, conversation: ConversationId) -> Conversation | None:
        found = self.memory.heads.get(conversation)
        return None if found is None else found[0]

    def open(self, conversation: Conversation, aliases: Collection[Alias]) -> None:
        with self.memory.lock:
            known = {alias.id for alias in aliases} & self.memory.aliases.keys()
            if conversation.id in self.memory.heads or known:
                raise AlreadyOpenError(conversation.id)
            self.memory.heads[conversation.id] = (conversation, Head(0, ""))
            self.memory.aliases.update({alias.id: alias for alias in aliases})

    def set_status(self, conversation: ConversationId, status: Status) -> bool:
        with self.memory.lock:
            if conversation not in self.memory.heads:
                return False
            known, head = self.memory.heads[conversation]
            self.memory.heads[conversation] = (replace(known, status=status), head)
            return True

    def of_order(self, order: str, *, after: ConversationId | None, limit: int) -> Page:
        return self._page(lambda conversation: conversation.order == order, after, limit)

    def of_party(self, party: PartyId, role: Role, *, after: ConversationId | None, limit: int) -> Page:
        return self._page(lambda conversation: conversation.parties.get(role) == party, after, limit)

    def _page(self, wanted: Callable[[Conversation], bool], after: ConversationId | None, limit: int) -> Page:
        conversations = sorted((each for each, _ in self.memory.heads.values()), key=lambda each: each.id)
        found = [each for each in conversations if wanted(each) and each.id > (after or "")]
        # As DynamoDB does: a page that is full names the next one even if there is nothing on it.
        return Page(tuple(found[:limit]), found[limit - 1].id if len(found) >= limit else None)

    def _check_free(self, party: Party) -> None:
        for place, mailbox in enumerate(party.mailboxes):
            owner = self.memory.mailboxes.get(index_form(mailbox), party.id)
            if owner != party.id:
                raise MailboxTakenError(place, owner)

    def _put(self, party: Party) -> None:
        self.memory.parties[party.id] = party
        forms = {index_form(mailbox) for mailbox in party.mailboxes}
        self.memory.mailboxes.update(dict.fromkeys(forms, party.id))


class FakeIds:
    def derived(self, *parts: str) -> str:
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:26]
