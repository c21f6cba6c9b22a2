"""Whether the archive proves itself after a load: entries, mails and checkpoints of each conversation."""

import time
from enum import StrEnum

from cli.aws import Clients
from cli.evidence.holdings import Holdings
from cli.evidence.signing import key_in_kms
from cli.evidence.verifying import read, verify_seen
from parley.archive.verdicts import Verdict
from parley.conversation.aliases import ConversationId
from parley.settings import variable
from parley.stores.items import read_head
from parley.stores.keys import head_key
from sandbox.stack import Sandbox


class Standing(StrEnum):
    """behind: some links had no signature yet when nobody waited any longer."""

    PROVED = "proved"
    FAULTY = "faulty"
    BEHIND = "behind"


_POLL_SECONDS = 1.0


class Prover:
    """Reads the archive as `parley verify` does, and of the table only how long each chain is. patience:
    seconds that the archive may lag behind, for all conversations together."""

    def __init__(self, sandbox: Sandbox, patience: float) -> None:
        self._clients = Clients(sandbox.deployed.local.client)
        self._table = sandbox.settings.table
        self._bucket = sandbox.settings.archive_bucket
        key = sandbox.deployed.variables("write_archive")[variable("signing_key")]
        self._signers = [key_in_kms(self._clients, key)]
        self._until = time.monotonic() + patience

    def standing(self, conversation: str) -> Standing:
        """Asked once every link is signed for, or nobody waits for that any longer."""
        while True:
            count, verdict = self._length(conversation), self._verdict(conversation)
            if verdict.signed >= count:
                return Standing.FAULTY if verdict.faults else Standing.PROVED
            if time.monotonic() > self._until:
                return Standing.BEHIND
            time.sleep(_POLL_SECONDS)

    def _length(self, conversation: str) -> int:
        key = head_key(ConversationId(conversation))
        answer = self._clients.dynamodb.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        return read_head(answer["Item"])[1].seq

    def _verdict(self, conversation: str) -> Verdict:
        holdings = Holdings(self._clients, self._bucket, conversation)
        seen = read(holdings, holdings.keys(), lambda: None)
        return verify_seen(seen, conversation, self._signers)
