"""One question, from the site to the answer: the engine that belongs to it, and the record of a read."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cli.checks.site import Site
from cli.deployment import Part, PartMissingError
from cli.lake.athena import Athena
from cli.lake.engines import Engine
from cli.lake.local import LocalLake
from cli.lake.objects import S3Bucket
from cli.lake.places import conversations_of
from cli.lake.statements import Statement
from cli.options import case_of
from parley.lake.catalogue import Query
from parley.lake.parameters import MAX_DAYS

_WORKGROUPS: Final = {"reviewing": "ReviewingWorkgroup", "auditing": "AuditingWorkgroup"}
_NO_DAY: Final = "2026-01-01"
"""Of which there is little: for a conversation in which nothing happened."""
_DATABASE: Final = "LakeDatabase"
"""What the names of the stack's outputs begin with."""


@contextmanager
def engine_of(site: Site, workgroup: str) -> Iterator[Engine]:
    """Athena for a deployed stack, DuckDB for the sandbox, whose files are gone afterwards. Raises
    `PartMissingError`."""
    deployment = site.deployment
    if not deployment.local:
        yield Athena(
            clients=site.clients,
            workgroup=_output(site, _WORKGROUPS[workgroup]),
            database=_output(site, _DATABASE),
        )
        return
    review = S3Bucket(site.clients, deployment.physical(Part.REVIEW))
    archive = S3Bucket(site.clients, deployment.physical(Part.ARCHIVE))
    with tempfile.TemporaryDirectory(prefix="parley-lake-") as folder:
        yield LocalLake(review, archive, Path(folder).resolve())


def days_of(query: Query, given: Mapping[str, str], site: Site) -> Mapping[str, str]:
    """The days (UTC) on which something happened in the conversation that a query is about, as parameters, so
    that it opens no others: the first and the last, and each by itself unless there are too many. Nothing for
    a query that takes no days, or where a person gave any."""
    names = {each.name for each in query.parameters}
    if "days" not in names or "conversation_id" not in given or given.keys() & {"days", "from", "to"}:
        return {}
    if site.api is None:
        raise PartMissingError(Part.API.value[1])
    moments = (datetime.fromisoformat(each.at) for each in site.api.history(given["conversation_id"]))
    days = sorted({each.astimezone(UTC).date().isoformat() for each in moments}) or [_NO_DAY]
    each_day = {"days": ",".join(days)} if len(days) <= MAX_DAYS else {}
    return {"from": days[0], "to": days[-1], **each_day}


def record_reads(statement: Statement, case: str | None, site: Site) -> None:
    """Before content is read: who, which conversation, which case. Other statements are not recorded."""
    if not statement.reads_content:
        return
    conversations = sorted(conversations_of(statement.tree))
    known = case_of(case)
    if site.api is None:
        raise PartMissingError(Part.API.value[1])
    for conversation in conversations:
        site.api.record_read(conversation, case=known, what="transcript")


def _output(site: Site, prefix: str) -> str:
    found = next((each for name, each in site.deployment.outputs.items() if name.startswith(prefix)), None)
    if found is None:
        raise PartMissingError(prefix)
    return found
