"""The named queries over the very objects that the functions wrote, from the mail to the Parquet."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cli.aws import Clients
from cli.lake.engines import Answer
from cli.lake.local import LocalLake, cell
from cli.lake.objects import S3Bucket
from cli.lake.statements import named_statement
from parley.lake.catalogue import find_query
from parley.lake.tables import DELIVERY_EVENTS, MESSAGES
from tests.support import canary
from tests.support.deliveries import FULL, told, track
from tests.support.http import ask
from tests.support.kept_lake import keep_lake, lake_rows
from tests.support.mails import FORGED, PASS
from tests.support.market import START, Market

CASE = "case-17"
SPAM = {**PASS, "spam": "FAIL"}
Asked = Callable[..., list[Mapping[str, Any]]]


@pytest.fixture
def asked(market: Market, tmp_path: Path) -> Asked:
    """The rows of a query by column, over the days around the market's."""

    def run(name: str, **given: str) -> list[Mapping[str, Any]]:
        query = find_query(name)
        span = {"from": "2026-09-01", "to": "2026-09-30"}
        known = {each.name for each in query.parameters}
        bound = query.bind({k: v for k, v in span.items() if k in known} | given, START.date())
        deployment = market.deployment
        clients = Clients(lambda _service: deployment.clients.s3)
        review = S3Bucket(clients, deployment.archive_settings.review_bucket)
        archive = S3Bucket(clients, deployment.settings.archive_bucket)
        answer: Answer = LocalLake(review, archive, tmp_path).run(
            named_statement(query, bound), lambda _state, _scanned: None
        )
        return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]

    return run


def touched(market: Market, ask: Callable[[], object]) -> set[str]:
    """What is asked of S3 meanwhile: keys that are fetched, prefixes that are listed."""
    keys: set[str] = set()
    events = market.deployment.clients.s3.meta.events

    def note(params: Mapping[str, Any], **_others: object) -> None:
        keys.add(str(params.get("Key", params.get("Prefix"))))

    events.register("provide-client-params.s3", note)
    try:
        ask()
    finally:
        events.unregister("provide-client-params.s3", note)
    return keys


def write(market: Market, written: Any, verdicts: Mapping[str, str] = PASS) -> None:
    market.accept(written, verdicts=dict(verdicts))
    assert market.work() == [True]


def test_what_the_functions_wrote_answers_the_questions(market: Market, asked: Asked) -> None:
    """The buyer's first mail is held for a day and released; the seller answers a day later. Somebody who is
    not proved tries to write meanwhile."""
    write(market, market.from_buyer(), SPAM)
    held = market.messages()[-1]
    write(market, market.from_buyer(message_id="CA3@mail.zeisig-post.example"), FORGED)
    market.clock.pass_by(timedelta(days=1))
    decision = {"case": CASE, "reason": "A catalogue, no spam."}
    assert ask(market, "POST", f"/conversations/c1/messages/{held.id}/release", body=decision).status == 202
    assert market.work() == [True]
    market.clock.pass_by(timedelta(days=1))
    write(market, market.from_seller())
    read = {"case": CASE, "what": "transcript"}
    assert ask(market, "POST", "/conversations/c1/reads", body=read).status == 201
    assert market.follow() == []
    keep_lake(market.deployment, market.clock)

    (checked,) = asked("contact-check", order_id="order-c1")
    found = (checked["finding"], checked["buyer_wrote_first"])
    assert found == ("answered", True)
    assert (checked["refused_attempts"], checked["unproved_attempts"]) == (0, 1)
    assert checked["hours"] == pytest.approx(24, abs=0.05)
    (times,) = asked("response-times")
    assert (times["seller_id"], times["questions"], times["answered"]) == ("p-seller", 1, 1)
    assert asked("late-answers", hours="23")[0]["finding"] == "late"
    assert asked("late-answers", hours="25") == []
    assert [each["author_role"] for each in asked("refused-attempts")] == ["unproved"]
    happened = asked("timeline", conversation_id="c1")
    messages = [each for each in happened if each["author_role"]]
    assert [each["what"] for each in messages] == ["released", "refused", "relayed"]
    assert canary.BODY_WORD in messages[0]["text"]
    assert messages[1]["text"] is None
    keys = touched(market, lambda: asked("timeline", conversation_id="c1"))
    assert {"entries/c1/", "contents/c1/"} < keys
    assert [key for key in keys if key.split("/")[:2] not in (["entries", "c1"], ["contents", "c1"])] == []
    assert {each["kind"] for each in asked("who-read-what", case_id=CASE)} == {"release-asked", "read"}
    assert sum(each["messages"] for each in asked("volume")) == 3


def test_a_timeline_tells_of_entries_what_the_lakes_rows_tell(market: Market, asked: Asked) -> None:
    """The one reads entries, the other was told by the table: a mail that was released and arrived, one that
    a reviewer refused, one that bounced, and one of somebody who is not proved."""
    decision = {"case": CASE, "reason": "Looked at."}
    for number, verb in enumerate(("release", "refuse"), 2):
        write(market, market.from_buyer(message_id=f"CA{number}@mail.zeisig-post.example"), SPAM)
        path = f"/conversations/c1/messages/{market.messages()[-1].id}/{verb}"
        market.clock.pass_by(timedelta(hours=2))
        assert ask(market, "POST", path, body=decision).status < 300
        assert market.work() == [True]
    (released,) = (each for each in market.sent if "conversation" in each.tags)
    write(market, market.from_seller())
    bounced = market.sent[-1]
    write(market, market.from_buyer(message_id="CA9@mail.zeisig-post.example"), FORGED)
    now = market.clock.now() + timedelta(seconds=7, milliseconds=8)
    stated = [told(released, kind, now) for kind in ("Send", "Delivery")]
    assert track(market, *stated, told(bounced, "Bounce", now, **FULL)) == []
    assert market.follow() == []
    keep_lake(market.deployment, market.clock)

    def row(at: str, what: str, passed_on_at: str, told_of: Mapping[str, Any]) -> tuple[Any, ...]:
        moments = [cell(told_of.get(each)) for each in (at, passed_on_at)]
        codes = " ".join(sorted(told_of["codes"]))
        return told_of["seq"], moments[0], told_of["message_id"], told_of[what], moments[1], codes

    messages = [row("at", "state", "passed_on_at", each) for each in lake_rows(market.deployment, MESSAGES)]
    events = [row("occurred_at", "kind", "", each) for each in lake_rows(market.deployment, DELIVERY_EVENTS)]
    assert {each[3] for each in messages} == {"released", "refused", "relayed"}
    assert {each[3] for each in events} == {"sent", "delivered", "bounced"}
    columns = ("seq", "at", "message_id", "what", "passed_on_at", "codes")
    happened = [tuple(row[each] for each in columns) for row in asked("timeline", conversation_id="c1")]
    assert happened == sorted([*messages, *events])
