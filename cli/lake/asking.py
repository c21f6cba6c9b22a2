"""One question, from the site to the answer: the engine that belongs to it, and the record of a read."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
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
from cli.reviewing import What
from parley.lake.tables import CONTENT, ENTRIES, ConversationTable

_WORKGROUPS: Final = {"reviewing": "ReviewingWorkgroup", "auditing": "AuditingWorkgroup"}
_READS: Final[Mapping[ConversationTable, What]] = {ENTRIES: "entries", CONTENT: "transcript"}
"""How a read is recorded; of both, the latter."""
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


def record_reads(statement: Statement, case: str | None, site: Site) -> None:
    """Before a conversation's own objects are read: who, which conversation, which case; once for each, its
    transcript where text is read and else its entries. Other statements are not recorded."""
    reads = {
        conversation: what
        for table, what in _READS.items()
        if table.name in statement.tables
        for conversation in conversations_of(statement.tree, table.name)
    }
    if not reads:
        return
    known = case_of(case)
    if site.api is None:
        raise PartMissingError(Part.API.value[1])
    for conversation, what in sorted(reads.items()):
        site.api.record_read(conversation, case=known, what=what)


def _output(site: Site, prefix: str) -> str:
    found = next((each for name, each in site.deployment.outputs.items() if name.startswith(prefix)), None)
    if found is None:
        raise PartMissingError(prefix)
    return found
