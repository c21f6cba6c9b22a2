"""Erasing a party of the deployed sandbox: asked for by the command, done by the function."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from parley.archive.keys import conversation_prefix, entry_prefix
from parley.erasing.steps import LATE
from parley.stores.keys import head_key, plan_key, stamp
from sandbox.stack import Sandbox
from tests.cli.reviewed import LINKS, Reviewed, exchanged
from tests.support.correspondences import wait

pytestmark = pytest.mark.slow

CASE = "dsr-17"


@pytest.fixture(scope="module")
def reviewed(sandbox: Sandbox) -> Reviewed:
    return exchanged(sandbox)


def run(reviewed: Reviewed) -> dict[str, Any]:
    """What the schedules do, as if everything before had happened two days ago."""
    local, long_ago = reviewed.sandbox.deployed.local, datetime.now(UTC) - LATE - timedelta(hours=1)
    function = reviewed.sandbox.deployed.function("erase_data")
    (plan,) = [each for each in reviewed.told("erasures")["erasures"] if each["case"] == CASE]
    move(reviewed, plan_key(plan["id"]), "next_at", long_ago)
    for name in ("closed_at", "erased_at"):
        move(reviewed, head_key(reviewed.both.conversation), name, long_ago)
    keeper = reviewed.sandbox.deployed.function("keep_lake")
    kept = json.loads(local.client("lambda").invoke(FunctionName=keeper, Payload=b"{}")["Payload"].read())
    assert kept.get("failed") == 0, kept
    answer = local.client("lambda").invoke(FunctionName=function, Payload=b"{}")
    told: dict[str, Any] = json.loads(answer["Payload"].read())
    assert "errorMessage" not in told, told
    return told


def move(reviewed: Reviewed, key: Any, name: str, moment: datetime) -> None:
    """Another value for an attribute that is there."""
    dynamodb = reviewed.sandbox.deployed.local.client("dynamodb")
    table = reviewed.sandbox.deployed.variables("erase_data")["PARLEY_TABLE"]
    item = dynamodb.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item", {})
    if name in item:
        dynamodb.update_item(
            TableName=table,
            Key=key,
            UpdateExpression="SET #name = :moment",
            ExpressionAttributeNames={"#name": name},
            ExpressionAttributeValues={":moment": {"S": stamp(moment)}},
        )


def test_a_party_of_the_deployed_stack_is_erased_and_its_conversation_still_verifies(
    reviewed: Reviewed,
) -> None:
    buyer = reviewed.both.buyer.person.id
    began = reviewed.told("erase", buyer, "--case", CASE, "--at-once", "--yes")
    assert began["found"]["conversations"] == 1
    assert reviewed.archived(conversation_prefix(reviewed.id))
    # Closed, erased, looked at again; and each time the lake has to have followed.
    for _ in range(3):
        assert run(reviewed)["failed"] == 0
    assert not reviewed.archived(conversation_prefix(reviewed.id))
    assert CASE not in {each["case"] for each in reviewed.told("erasures")["erasures"]}
    # The entry that says so follows the table's stream.
    wait(
        lambda: len(reviewed.archived(entry_prefix(reviewed.id))) == LINKS + 1 or None, "entry of the erasure"
    )
    verdict = reviewed.told("verify", reviewed.id, "--case", "case-17")
    assert verdict["intact"], verdict
    assert "There is no party" in reviewed.run("erase", buyer, "--case", CASE, "--yes").output
