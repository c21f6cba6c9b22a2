"""The ports of `parley.reviewing` in memory, over the same memory as the relay's fakes."""

from parley.conversation.aliases import ConversationId
from parley.conversation.conversations import Conversation
from parley.conversation.events import Event, EventId
from parley.conversation.messages import UNDECIDED, Message, MessageId
from parley.reviewing.ports import CursorError, Desk, HeldPage, HistoryPage
from tests.support.fakes import FakeHistory, Memory
from tests.support.relay_world import World


class FakeReviews:
    """Cursors are places in the list."""

    def __init__(self, memory: Memory | None = None) -> None:
        self.memory = memory or Memory()

    def conversation(self, conversation: ConversationId) -> Conversation | None:
        found = self.memory.heads.get(conversation)
        return None if found is None else found[0]

    def event(self, conversation: ConversationId, event: EventId) -> Event | None:
        return self.memory.events.get((conversation, event))

    def message(self, conversation: ConversationId, message: MessageId) -> Message | None:
        found = (each for each in self.memory.messages.values() if each.conversation == conversation)
        return next((each for each in found if each.id == message), None)

    def history(self, conversation: ConversationId, *, after: str | None, limit: int) -> HistoryPage:
        everything = list(FakeHistory(self.memory).of(conversation))
        start, following = _place(after, limit, len(everything))
        return HistoryPage(everything[start : start + limit], following)

    def held(self, *, after: str | None, limit: int) -> HeldPage:
        waiting = [each for each in self.memory.messages.values() if each.state in UNDECIDED]
        waiting.sort(key=lambda message: (message.received_at, message.id))
        start, following = _place(after, limit, len(waiting))
        return HeldPage(waiting[start : start + limit], following)


def _place(after: str | None, limit: int, count: int) -> tuple[int, str | None]:
    if after is not None and not after.isdecimal():
        raise CursorError
    end = int(after or 0) + limit
    return end - limit, str(end) if end < count else None


class FakeAccesses:
    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def put(self, key: str, content: bytes, *, media_type: str) -> None:
        assert media_type == "application/json"
        self.objects[key] = content


def a_desk(world: World, accesses: FakeAccesses | None = None) -> Desk:
    """A desk over what the relay's world holds; what it asks of receive_mail is in `world.queue`."""
    return Desk(
        reviews=FakeReviews(world.memory),
        messages=world.messages,
        history=world.outside.history,
        archive=world.archive,
        accesses=accesses or FakeAccesses(),
        queue=world.queue,
        clock=world.clock,
        entropy=world.outside.entropy,
    )
