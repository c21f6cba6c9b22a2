"""Objects of inbox and archive as proof: what is in them, by which key, locked until when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy

from botocore.exceptions import ClientError

from cli.checks.site import Site
from cli.deployment import Part
from cli.evidence.holdings import Holdings
from cli.evidence.signing import key_in_kms
from cli.evidence.verifying import read, verify_seen
from cli.smoke.journey import Journey
from parley.archive.keys import CONTENTS, ORIGINAL, RELAYED, erasable_prefixes
from parley.archive.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class StoredObject:
    """ours: encrypted with the stack's key. locked_until: None without Object Lock."""

    ours: bool
    locked_until: datetime | None


@dataclass(frozen=True, slots=True)
class Archived:
    """What receive_mail keeps of a conversation's only message. locked_until: the earliest, None if one of
    the objects is not locked."""

    relayed: bytes
    ours: bool
    locked_until: datetime | None


def state_of_object(site: Site, bucket: Part, key: str) -> StoredObject | None:
    """None if there is no such object."""
    try:
        told = site.clients.s3.head_object(Bucket=site.deployment.physical(bucket), Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] in ("404", "NoSuchKey"):
            return None
        raise
    ours = (told.get("SSEKMSKeyId") or "").endswith(site.deployment.physical(Part.KEY))
    locked = told.get("ObjectLockRetainUntilDate")
    return StoredObject(ours, locked)


def archived_objects(journey: Journey, site: Site) -> Archived | None:
    """None until original, relayed mail and content are all there."""
    keys = [key for prefix in erasable_prefixes(journey.conversation.id) for key in _keys(site, prefix)]
    by_name = {key.rpartition("/")[2]: key for key in keys}
    has_content = any(key.startswith(CONTENTS) for key in keys)
    if not has_content or not {ORIGINAL, RELAYED} <= by_name.keys():
        return None
    states = [state for key in keys if (state := state_of_object(site, Part.ARCHIVE, key))]
    locks = [state.locked_until for state in states]
    return Archived(
        relayed=_read(site, by_name[RELAYED]),
        ours=all(state.ours for state in states),
        locked_until=None if None in locks else min(lock for lock in locks if lock),
    )


def proof(journey: Journey, site: Site) -> Verdict | None:
    """What the conversation's objects prove; None until its entry and a checkpoint are there."""
    conversation = journey.conversation.id
    holdings = Holdings(site.clients, site.deployment.physical(Part.ARCHIVE), conversation)
    seen = read(holdings, holdings.keys(), lambda: None)
    if not seen.entries or not seen.checkpoints:
        return None
    signer = key_in_kms(site.clients, site.deployment.physical(Part.SIGNING_KEY))
    return verify_seen(seen, conversation, [signer])


def shows(raw: bytes, text: str) -> bool:
    """Whether a text can be read in the mail: in its bytes, a decoded header field or a decoded part."""
    return any(text.lower() in each.lower() for each in _readings(raw))


def _readings(raw: bytes) -> Iterator[str]:
    yield raw.decode("utf-8", "replace")
    mail = message_from_bytes(raw, policy=policy.default)
    for part in mail.walk():
        yield from (str(value) for value in part.values())
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            yield content.decode(part.get_content_charset("utf-8"), "replace")


def _keys(site: Site, prefix: str) -> list[str]:
    bucket = site.deployment.physical(Part.ARCHIVE)
    pages = site.clients.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    return [each["Key"] for page in pages for each in page.get("Contents", [])]


def _read(site: Site, key: str) -> bytes:
    answer = site.clients.s3.get_object(Bucket=site.deployment.physical(Part.ARCHIVE), Key=key)
    with answer["Body"] as body:
        return body.read()
