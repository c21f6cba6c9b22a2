"""What the deployed functions recorded."""

from parley.conversation.aliases import ConversationId
from parley.conversation.messages import OUTCOMES, Message
from parley.stores.items import read_message
from parley.stores.keys import ATTEMPT, MESSAGE, conversation_pk
from sandbox.stack import Sandbox
from tests.programs.running import wait_for


def outcomes(sandbox: Sandbox, conversation: str, count: int) -> list[tuple[str, tuple[str, ...]]]:
    """State and codes of each message of the conversation, once `count` have an outcome."""

    def found() -> list[Message] | None:
        done = [each for each in _messages(sandbox, conversation) if each.state in OUTCOMES]
        return done if len(done) >= count else None

    decided = wait_for(found, f"{count} outcomes")
    assert len(decided) == count
    return [(str(message.state), message.codes) for message in sorted(decided, key=lambda each: each.seq)]


def _messages(sandbox: Sandbox, conversation: str) -> list[Message]:
    pages = (
        sandbox.deployed.local.client("dynamodb")
        .get_paginator("query")
        .paginate(
            TableName=sandbox.settings.table,
            KeyConditionExpression="pk = :conversation",
            ExpressionAttributeValues={":conversation": {"S": conversation_pk(ConversationId(conversation))}},
        )
    )
    items = [item for page in pages for item in page["Items"]]
    return [read_message(item) for item in items if item["sk"]["S"].startswith((MESSAGE, ATTEMPT))]


def archived(sandbox: Sandbox, conversation: str, name: str) -> bytes:
    """The conversation's one archived mail of this name: `original.eml` or `relayed.eml`."""
    s3, bucket = sandbox.deployed.local.client("s3"), sandbox.settings.archive_bucket
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=bucket, Prefix=f"conversations/{conversation}/"
    )
    keys = [each["Key"] for page in pages for each in page.get("Contents", ())]
    (key,) = [key for key in keys if key.endswith(name)]
    return bytes(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
