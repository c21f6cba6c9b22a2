"""What tracking needs from outside, in memory."""

from dataclasses import replace

from parley.archive.chain import link_hash
from parley.conversation.aliases import ConversationId
from parley.conversation.conversations import Head
from parley.conversation.delivery import Delivery
from parley.conversation.events import Event
from parley.conversation.messages import Message, MessageId
from parley.conversation.parties import Party, PartyId
from parley.mail.address import Mailbox
from parley.relaying.ports import AlreadyExistsError, HeadMovedError
from parley.tracking.ports import Known, Outside
from tests.support.fakes import Memory
from tests.support.relay_world import World


class FakeDeliveries:
    def __init__(self, memory: Memory) -> None:
        self.memory = memory

    def find(self, conversation: ConversationId, message: MessageId) -> Known | None:
        with self.memory.lock:
            found = self._place(message)
            if found is None or conversation not in self.memory.heads:
                return None
            return Known(*self.memory.heads[conversation], self.memory.messages[found])

    def append(self, event: Event, *, known: Known, after: Head, delivery: Delivery) -> None:
        assert link_hash(event.link) == after.tip
        with self.memory.lock:
            place = (event.conversation, event.id)
            if place in self.memory.events:
                if self.memory.events[place] == event:
                    return
                raise AlreadyExistsError
            now = self.find(event.conversation, known.message.id)
            stood = known.message.delivery
            if now is None or (now.head, now.message.delivery) != (known.head, stood):
                raise HeadMovedError
            self.note(known.message, delivery)
            self.memory.events[place] = event
            self.memory.heads[event.conversation] = now.conversation, after

    def note(self, message: Message, delivery: Delivery) -> bool:
        with self.memory.lock:
            place = self._place(message.id)
            if place is None:
                return False
            stands = self.memory.messages[place].delivery
            if stands not in (message.delivery, delivery):
                return False
            self.memory.messages[place] = replace(self.memory.messages[place], delivery=delivery)
            return True

    def _place(self, message: MessageId) -> tuple[str, MessageId] | None:
        return next((place for place in self.memory.messages if place[1] == message), None)


class FakeReachability:
    def __init__(self, memory: Memory) -> None:
        self.memory = memory

    def party(self, party: PartyId) -> Party | None:
        return self.memory.parties.get(party)

    def write(self, old: Party, new: Party) -> bool:
        with self.memory.lock:
            if self.memory.parties[old.id] is not old:
                return False
            self.memory.parties[old.id] = new
            return True


class PlainIndex:
    def keyed_hash(self, mailbox: Mailbox) -> str:
        return str(mailbox)


class FakeSuppressions:
    def __init__(self) -> None:
        self.mailboxes: set[str] = set()

    def remove(self, mailbox: str) -> None:
        self.mailboxes.discard(mailbox)


def tracking_of(world: World) -> Outside:
    """track_delivery over the same memory, SES, clock and chance."""
    return Outside(
        deliveries=FakeDeliveries(world.memory),
        reachability=FakeReachability(world.memory),
        notices=world.messages,
        index=PlainIndex(),
        suppressions=FakeSuppressions(),
        mailer=world.mailer,
        clock=world.clock,
        entropy=world.outside.entropy,
    )
