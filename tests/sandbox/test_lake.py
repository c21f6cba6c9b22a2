"""keep_lake in the deployed stack: a mail that went through is a row of Parquet afterwards."""

import json
from typing import Any

import pytest

from parley.lake.tables import MESSAGES, Table
from parley.settings import LakeSettings
from sandbox.stack import Sandbox
from tests.sandbox.test_archiving import exchanged
from tests.support.correspondences import wait
from tests.support.fake_lake import rows_in

pytestmark = pytest.mark.slow


def kept(sandbox: Sandbox) -> dict[str, Any]:
    """What the deployed function answers."""
    client = sandbox.deployed.local.client("lambda")
    answer = client.invoke(FunctionName=sandbox.deployed.function("keep_lake"), Payload=b"{}")
    told: dict[str, Any] = json.loads(answer["Payload"].read())
    return told


def rows(sandbox: Sandbox, table: Table) -> list[dict[str, Any]]:
    s3 = sandbox.deployed.local.client("s3")
    bucket = LakeSettings.from_environment(sandbox.deployed.variables("keep_lake")).review_bucket
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=table.prefix)
    keys = [each["Key"] for page in pages for each in page.get("Contents", [])]
    return rows_in(table, {key: s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys})


def test_a_mail_that_was_relayed_is_a_row_of_the_lake(sandbox: Sandbox) -> None:
    both, _ = exchanged(sandbox)

    def told() -> list[dict[str, Any]] | None:
        answer = kept(sandbox)
        assert answer.get("failed") == 0, answer
        assert answer["malformed"] == 0
        found = [row for row in rows(sandbox, MESSAGES) if row["conversation_id"] == both.conversation]
        return found if len(found) == 2 else None

    first, second = sorted(wait(told, "rows of both mails"), key=lambda row: row["seq"])
    assert (first["author_role"], first["state"], second["author_role"]) == ("buyer", "relayed", "seller")
    assert first["passed_on_at"] == first["at"]
    assert first["day"] == first["at"].date().isoformat()
