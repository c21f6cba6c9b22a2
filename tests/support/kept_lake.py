"""The lake of a deployment on moto: a round of it, as keep_lake does it, and what is in it then."""

import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from parley.compacting.keeping import Kept, keep
from parley.compacting.ports import Budget, Outside
from parley.lake.tables import Table
from parley.relaying.ports import Clock
from parley.stores.lake import DynamoTurns, S3Lake
from tests.support.aws import Deployment
from tests.support.fake_lake import BUDGET, rows_in


def keep_lake(deployment: Deployment, clock: Clock, budget: Budget = BUDGET) -> Kept:
    clients, settings = deployment.clients, deployment.archive_settings
    with tempfile.TemporaryDirectory() as folder:
        kept = keep(
            Outside(
                objects=S3Lake(clients.s3, settings.review_bucket),
                turns=DynamoTurns(clients.dynamodb, settings.table),
                clock=clock,
                folder=Path(folder, "lake"),
                budget=budget,
                turn_length=timedelta(minutes=16),
            ),
            owner="the round of a test",
        )
    assert kept.failed == []
    return kept


def lake_rows(deployment: Deployment, table: Table) -> list[dict[str, Any]]:
    """Every row of the table's Parquet."""
    return rows_in(table, deployment.reviewed())
