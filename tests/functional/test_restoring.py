"""A table that was restored to an earlier time lacks what was done since."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.functional.test_sweep import sweep
from tests.support.market import Market

RUNBOOK = Path(__file__).parents[2] / "docs" / "operations.md"


def relayed_and_forgotten(market: Market) -> str:
    """The receipt of a mail that was relayed after the time to which the table is restored."""
    receipt = market.accept(market.from_buyer())
    assert market.work() == [True]
    dynamodb, table = market.deployment.clients.dynamodb, market.deployment.settings.table
    for item in market.deployment.items():
        key = {"pk": item["pk"], "sk": item["sk"]}
        if item["pk"]["S"].startswith("RECEIPT#") or item["sk"]["S"].startswith(("MESSAGE#", "EVENT#")):
            dynamodb.delete_item(TableName=table, Key=key)
        elif item["sk"]["S"] == "~HEAD":
            values = {":seq": {"N": "0"}, ":tip": {"S": ""}}
            dynamodb.update_item(
                TableName=table,
                Key=key,
                UpdateExpression="SET seq = :seq, tip = :tip",
                ExpressionAttributeValues=values,
            )
    return receipt


def test_the_sweep_asks_for_what_the_table_has_forgotten(market: Market) -> None:
    relayed_and_forgotten(market)
    assert sweep(market, timedelta(days=1)) == 1


def test_what_is_noted_as_the_runbook_says_is_not_sent_again(market: Market) -> None:
    receipt = relayed_and_forgotten(market)
    (form,) = re.findall(r"printf '(\{.*\})'", RUNBOOK.read_text())
    until = datetime.now(UTC) + timedelta(days=60)  # As `sweep` has it.
    note = json.loads(form % (receipt, f"{until:%Y-%m-%dT%H:%M:%S}.000000Z", int(until.timestamp())))
    deployment = market.deployment
    deployment.clients.dynamodb.put_item(TableName=deployment.settings.table, Item=note)
    assert [sweep(market, timedelta(days=age)) for age in (1, 9)] == [0, 0]
    assert (market.work(), len(market.sent)) == ([], 1)
