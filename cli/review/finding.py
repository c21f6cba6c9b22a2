"""Finds conversations: by order or party from the API, by date in the review bucket, by flag in entries."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from cli.checks.site import Site
from cli.deployment import Part
from cli.marketplace import MarketplaceApi, OpenedConversation
from cli.review.reading import entries_of, holdings_of
from parley.archive.entries import Entry
from parley.archive.records import MessageRecord

_TRANSCRIPTS = "transcripts/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """order, party: one at most. since, until: a mail or event in this span, UTC. flags: codes, one of which
    must be there."""

    order: str | None = None
    party: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """latest: ISO 8601, UTC; it and messages are None where no entry was looked at. flags: of all of it."""

    conversation: OpenedConversation
    latest: str | None = None
    messages: int | None = None
    flags: tuple[str, ...] = ()


def find(wanted: Wanted, site: Site, api: MarketplaceApi) -> Iterator[Match]:
    """By date the latest first. Entries are read only where a date or a flag is asked for."""
    if wanted.order is not None or wanted.party is not None:
        candidates = api.conversations(order=wanted.order, party=wanted.party)
        if not (wanted.since or wanted.until or wanted.flags):
            yield from (Match(conversation=each) for each in candidates)
            return
        ids: Iterator[tuple[str, OpenedConversation | None]] = ((each.id, each) for each in candidates)
    else:
        ids = ((each, None) for each in _told_since(site, wanted.since))
    for id_, known in ids:
        entries = list(entries_of(holdings_of(site, id_)))
        flags = flags_of(entries)
        times = [at for each in entries if _within(wanted, at := datetime.fromisoformat(each.link.at))]
        if times and (not wanted.flags or set(wanted.flags) & set(flags)):
            yield Match(
                conversation=known or api.conversation(id_),
                latest=max(times).isoformat(),
                messages=sum(isinstance(each.record, MessageRecord) for each in entries),
                flags=flags,
            )


def flags_of(entries: list[Entry]) -> tuple[str, ...]:
    """The codes that messages ended with, and those of the findings in them."""
    found: set[str] = set()
    for each in entries:
        found.update(each.codes)
        if isinstance(each.record, MessageRecord):
            findings = each.record.screening.get("findings")
            found.update(str(finding[0]) for finding in (findings if isinstance(findings, list) else ()))
    return tuple(sorted(found))


def _within(wanted: Wanted, at: datetime) -> bool:
    return (wanted.since is None or wanted.since <= at) and (wanted.until is None or at < wanted.until)


def _told_since(site: Site, since: datetime | None) -> list[str]:
    """The conversations whose transcript was made since, the latest first. It is made anew after each mail,
    so none is missing."""
    bucket = site.deployment.physical(Part.REVIEW)
    pages = site.clients.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=_TRANSCRIPTS)
    told = [
        (each["LastModified"], each["Key"].removeprefix(_TRANSCRIPTS).removesuffix(".html"))
        for page in pages
        for each in page.get("Contents", [])
        if since is None or each["LastModified"] >= since
    ]
    return [conversation for _, conversation in sorted(told, reverse=True)]
