"""Reading each conversation once a batch: the lake's rows and its transcript need the same."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from parley.archiving.ports import Conversations
from parley.conversation.aliases import ConversationId
from parley.conversation.conversations import Conversation
from parley.conversation.parties import Party, PartyId


@dataclass(frozen=True, slots=True)
class Once:
    """Implements the port `Conversations`."""

    conversations: Conversations
    _read: dict[ConversationId, Conversation] = field(default_factory=dict)

    def alone(self, conversation: ConversationId) -> Conversation | None:
        if conversation not in self._read:
            found = self.conversations.alone(conversation)
            if found is None:
                return None
            self._read[conversation] = found
        return self._read[conversation]

    def parties(self, ids: Collection[PartyId]) -> Mapping[PartyId, Party]:
        return self.conversations.parties(ids)
