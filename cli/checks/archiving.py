"""What writes the archive's entries: the table's stream, the function that follows it, the key that signs."""

from collections.abc import Iterator

from cli.checks.site import Site
from cli.checks.working import depth, enabling, taking
from cli.deployment import Part
from cli.findings import Finding, Status, fail, ok, warn

_LOG = "Look at the log group of write_archive."


def following(site: Site) -> Iterator[Finding]:
    """Whether write_archive is told of what changes in the table."""
    uuid = site.deployment.physical(Part.ARCHIVING_MAPPING)
    told = site.clients.functions.get_event_source_mapping(UUID=uuid)
    taken = taking(told["State"], uuid, code="following", what="changes from the table's stream")
    if taken.status is not Status.OK:
        yield taken
        return
    table = site.clients.dynamodb.describe_table(TableName=site.deployment.physical(Part.TABLE))["Table"]
    is_on = table.get("StreamSpecification", {}).get("StreamEnabled", False)
    if not is_on or table.get("LatestStreamArn") != told["EventSourceArn"]:
        yield fail(
            "stream-off",
            "The table has no stream, or another one than write_archive follows: no entry is written.",
            "Deploy the stack again. The next change of a conversation files what it lacks of the last day.",
        )
    elif told.get("LastProcessingResult", "").startswith("PROBLEM"):
        yield warn("following-fails", "The last batch of changes failed; it is tried again.", _LOG)
    else:
        yield taken


def unfollowed(site: Site) -> Iterator[Finding]:
    """Nothing may have been given up."""
    if count := sum(depth(site, Part.ARCHIVING_DEAD_LETTERS)):
        yield fail(
            "unfollowed",
            f"write_archive gave up {count} batches of changes; they are told of in "
            f"{Part.ARCHIVING_DEAD_LETTERS.value[1]} for 14 days.",
            f"{_LOG} The next change of a conversation files what it lacks of the last day; `parley verify` "
            "names what is missing.",
        )
    else:
        yield ok("followed", "write_archive has given up nothing.")


def signing_key(site: Site) -> Iterator[Finding]:
    """Whether checkpoints can be signed and verified."""
    told = site.clients.kms.describe_key(KeyId=site.deployment.physical(Part.SIGNING_KEY))["KeyMetadata"]
    if told["KeyState"] == "Enabled":
        yield ok("signing-key", "The key that signs checkpoints is enabled.")
    else:
        text = f"The key that signs checkpoints is {told['KeyState']}: the archive cannot be proved complete."
        yield fail("signing-key-off", text, enabling(told["KeyId"], told["KeyState"]))
