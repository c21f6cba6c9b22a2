"""keep_lake at work: what arrived and what was read goes into its days, and what was erased out of them."""

import json
from datetime import timedelta

from parley.erasing.steps import LATE, SETTLING
from parley.lake.tables import ARRIVALS, PREFIX, TABLES
from tests.support import scenarios as receipts
from tests.support.erased import erase
from tests.support.fake_lake import rows_in
from tests.support.faults.peek import Peek
from tests.support.faults.receiving import worked
from tests.support.faults.scenario import Scenario
from tests.support.faults.tending import SCHEDULED
from tests.support.http import ask
from tests.support.market import Market

_READ = {"id": "r1", "case": "case-17", "what": "transcript"}
_NO_ROW = f"{ARRIVALS}2026-09-04/2026-09-04T161200Z_x.jsonl"


def _with_news(market: Market) -> None:
    """A mail is in. Another arrived, and what is no row, and what was read; and the buyer is erased."""
    receipts.relayed(market)
    assert worked(market)
    assert market.follow() == []
    assert _kept(market)
    market.accept(market.from_buyer(message_id="CA2@mail.zeisig-post.example"))
    assert worked(market)
    review = market.deployment.archive_settings.review_bucket
    market.deployment.clients.s3.put_object(Bucket=review, Key=_NO_ROW, Body=b"no row\n")
    assert ask(market, "POST", "/conversations/c1/reads", body=_READ).status == 201
    erase(market)
    for after in (timedelta(), SETTLING):
        market.clock.pass_by(after)
        market.invoke("erase_data", SCHEDULED)
        assert market.follow() == []


def _kept(market: Market) -> bool:
    answer = market.invoke("keep_lake", SCHEDULED)
    return not (answer["is_busy"] or answer["failed"] or answer["waiting"])


def _kept_later(market: Market) -> bool:
    market.clock.pass_by(LATE)
    return _kept(market)


def _rows(market: Market) -> str:
    """Of every table, and what else there is of the lake."""
    objects = Peek(market.deployment).objects(market.deployment.archive_settings.review_bucket)
    contents = {key: each.content for key, each in objects.items()}
    rows = {name: rows_in(table, contents) for name, table in TABLES.items()}
    return json.dumps([sorted(key for key in contents if key.startswith(PREFIX)), rows], default=str)


KEEPING = (Scenario(name="lake", prepare=_with_news, act=_kept, again=_kept_later, told=_rows),)
