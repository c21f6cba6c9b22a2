"""What every function does, under its own role: the stories that the functional tests play, each once.

Each is played on a stack of its own, whose functions' calls the judge of `tests.support.guard` sees.
"""

import io
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain, repeat
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from activate_rule_set import handler as activate_rule_set
from parley.archive.keys import ORIGINAL
from parley.conversation.messages import Message, State
from parley.lake.tables import ARRIVALS
from parley.mail.findings import Finding
from parley.relaying import prepare
from tests.support import canary
from tests.support.aws import deployed
from tests.support.deliveries import dies_and_is_confirmed, tell, work_on_events
from tests.support.erased import erase, lift_hold, place_hold, run_to_the_end, trace
from tests.support.guard import Asked, Guard, under_own_roles
from tests.support.http import ask
from tests.support.mails import PASS
from tests.support.market import Market
from tests.support.resources import Template
from tests.support.runtime import answers, event
from tests.support.scenarios import SCENARIOS, SPAM

Story = Callable[[Market], object]
_BUYER = {"role": "buyer", "locale": "de", "display_name": "B", "mailboxes": ["neu@bluthaenfling.example"]}

_PLAYED: list["Work"] = []


@dataclass(frozen=True, slots=True)
class Work:
    """asked: each need of each call, and whether the role had it. metrics: the names of those written.
    dimensions: the sets of names under which they were."""

    asked: tuple[Asked, ...]
    metrics: frozenset[str]
    dimensions: frozenset[tuple[str, ...]]


def worked(template: Template) -> Work:
    """Played once a run, whoever asks first. There is one template for all tests."""
    if not _PLAYED:
        _PLAYED.append(_play(template))
    return _PLAYED[0]


def _play(template: Template) -> Work:
    asked: list[Asked] = []
    with redirect_stdout(io.StringIO()) as printed:
        for story in (*(_followed(each) for each in SCENARIOS), *STORIES):
            with deployed(template) as deployment:
                # What no function's variables name is looked at too.
                deployment.stack.make_all()
                market = Market(deployment)
                with under_own_roles(market) as guard:
                    story(market)
                    if story is retention:
                        _rule_sets(market, guard)
                asked += guard.asked
    told = list(_directives(printed.getvalue()))
    return Work(
        tuple(asked),
        frozenset(metric["Name"] for each in told for metric in each["Metrics"]),
        frozenset(tuple(names) for each in told for names in each["Dimensions"]),
    )


def _directives(printed: str) -> Iterator[dict[str, Any]]:
    """What CloudWatch makes metrics of (Embedded metric format specification)."""
    for line in printed.splitlines():
        if '"_aws"' in line:
            yield from json.loads(line)["_aws"]["CloudWatchMetrics"]


def _followed(scenario: Story) -> Story:
    def story(market: Market) -> None:
        scenario(market)
        work(market)

    return story


def work(market: Market) -> None:
    """Until nothing waits any more, and the archive has followed."""
    while market.work():
        pass
    assert market.follow() == []


def pressed(market: Market) -> None:
    """SES throttles; the mail waits, and is sent when its lease has ended."""
    market.accept(market.from_buyer())
    market.fault = answers("SendEmail", 429, "TooManyRequestsException")
    assert market.work() == [False]
    market.fault = type(market.fault)()
    market.clock.pass_by(timedelta(minutes=5))
    work(market)


def failing(market: Market) -> None:
    """A mail fails for its own sake until it is a dead letter."""
    market.accept(market.from_buyer())
    market.spoil(market.main.buyer_writes_to)
    while market.work() == [False]:
        pass


def untracked(market: Market) -> None:
    """Something that is no event fails until it is a dead letter."""
    tell(market, "no event")
    while work_on_events(market) == [False]:
        pass


def leaking(market: Market) -> None:
    """The leak gate finds what masking left; the notice to the author passes it."""
    market.accept(market.from_buyer())
    found = chain([(Finding("leak"),)], repeat(()))
    with patch.object(prepare, "leaks", lambda *_, **__: next(found)):
        assert market.work() == [True]


def forgotten(market: Market) -> None:
    """SES's notification got lost. S3 stamps objects with the real time, which the clock follows."""
    market.accept(market.from_buyer(), announced=False)
    market.clock.pass_by(datetime.now(UTC) + timedelta(minutes=31) - market.clock.now())
    assert market.invoke("tend_archive", event("schedule.json"))["forgotten"] == 1
    work(market)


def told_late(market: Market) -> None:
    """SES's notification comes when a mail to two recipients is already held as a whole."""
    written = market.from_buyer()
    to = (written.to, f"abuse@{market.relay_domain}")
    receipt = market.accept(written, recipients=to, announced=False)
    market.clock.pass_by(datetime.now(UTC) + timedelta(minutes=31) - market.clock.now())
    assert market.invoke("tend_archive", event("schedule.json"))["forgotten"] == 1
    work(market)
    market.deployment.announce(market.notification(receipt, written, to, written.author, PASS))
    work(market)
    assert [each.state for each in market.deployment.messages()] == [State.RELAYED] * 2


def gone(market: Market) -> None:
    """A mail is no longer in the inbox; the original of another, which a reviewer releases, is hidden."""
    s3, settings = market.deployment.clients.s3, market.deployment.settings
    receipt = market.accept(market.from_buyer())
    s3.delete_object(Bucket=settings.inbox_bucket, Key=settings.inbox_prefix + receipt)
    (waiting,) = market.deployment.queued()
    assert not market.deliver(waiting)
    held = _held(market, "CA1")
    s3.delete_object(Bucket=settings.archive_bucket, Key=held.folder + ORIGINAL)
    body = {"case": "case-1", "reason": "looked at"}
    assert ask(market, "POST", f"/conversations/c1/messages/{held.id}/release", body=body).status == 202
    assert market.work() == [True]
    assert market.messages()[-1].codes[-1] == "not-a-mail"


def resumed(market: Market) -> None:
    """write_archive missed a change, and files what has no entry when the next one comes."""
    market.accept(market.from_buyer())
    market.work()
    missed = market.stream.records(market.deployment.items())
    market.stream.taken(missed)
    market.accept(market.from_buyer(message_id="CA2@mail.zeisig-post.example"))
    work(market)


def reviewed(market: Market) -> None:
    """Notes, holds, reads; one held mail released, another refused."""
    released, refused = _held(market, "CA1").id, _held(market, "CA2").id
    why = {"case": "case-1", "reason": "looked at"}
    for path, body in (
        ("/conversations/c1/notes", {"case": "case-1", "text": "telephoned"}),
        (f"/conversations/c1/messages/{released}/release", why),
        (f"/conversations/c1/messages/{refused}/refuse", why),
        ("/conversations/c1/reads", {"case": "case-1", "what": "transcript"}),
    ):
        reply = ask(market, "POST", path, body=body)
        assert reply.status < 300, reply.body
    lift_hold(market, place_hold(market))
    work(market)
    for path in ("/held", "/conversations/c1/history", "/conversations/c1", "/openapi.json"):
        assert ask(market, "GET", path).status == 200


def _held(market: Market, message_id: str) -> Message:
    """A message that waits for a reviewer."""
    market.accept(market.from_buyer(message_id=f"{message_id}@mail.zeisig-post.example"), verdicts=SPAM)
    assert market.work() == [True]
    held = market.messages()[-1]
    assert held.state is State.HELD
    return held


def registered(market: Market) -> None:
    """Parties come and change, conversations open, close and are looked for."""
    assert ask(market, "POST", "/parties", body={"id": "kunde-2", **_BUYER}).status == 201
    changes = {"mailboxes": ["anders@bluthaenfling.example"], "locale": "fr"}
    assert ask(market, "PATCH", "/parties/kunde-2", body=changes).status == 200
    assert ask(market, "GET", "/parties/kunde-2").status == 200
    opening = {"order": "303-11", "buyer": "kunde-2", "seller": "p-seller"}
    opened = ask(market, "POST", "/conversations", body=opening)
    assert opened.status == 201
    assert ask(market, "POST", "/conversations", body=opening).status == 200
    for status in ("closed", "open"):
        path = f"/conversations/{opened.body['id']}"
        assert ask(market, "PATCH", path, body={"status": status}).status == 200
    for query in ({"order": "303-11"}, {"party": "kunde-2"}, {"party": "p-seller"}):
        assert len(ask(market, "GET", "/conversations", query=query).body["conversations"]) >= 1


def erased(market: Market) -> None:
    """A party with traces everywhere."""
    trace(market)
    market.wire.suppressed.add(canary.BUYER_MAILBOX)
    erase(market)
    run_to_the_end(market)
    assert market.invoke("erase_data", {"task": "list"})


def retention(market: Market) -> None:
    """What is old loses its contents, all but what a hold keeps."""
    market.accept(market.from_buyer())
    work(market)
    market.clock.pass_by(timedelta(days=800))
    run_to_the_end(market)


def kept(market: Market) -> None:
    """The lake takes in what arrived and what was read, sets aside what is no row, and lets go of what was
    erased."""
    reviewed(market)
    review = {"Bucket": market.deployment.archive_settings.review_bucket}
    market.deployment.clients.s3.put_object(
        **review, Key=f"{ARRIVALS}2026-09-04/2026-09-04T161200Z_x.jsonl", Body=b"no row\n"
    )
    told = market.invoke("keep_lake", event("schedule.json"))
    assert (told["failed"], told["malformed"], told["waiting"]) == (0, 1, 0)
    erase(market)
    run_to_the_end(market)
    assert market.invoke("keep_lake", event("schedule.json"))["failed"] == 0


STORIES: tuple[Story, ...] = (
    dies_and_is_confirmed,
    *(
        pressed,
        failing,
        untracked,
        leaking,
        forgotten,
        told_late,
        gone,
        resumed,
        kept,
        registered,
        erased,
        retention,
    ),
)


def _rule_sets(market: Market, guard: Guard) -> None:
    """What CloudFormation asks activate_rule_set; moto's SES knows rule sets."""
    market.deployment.stack.client("ses").create_receipt_rule_set(RuleSetName="Parley")
    told: list[Mapping[str, Any]] = []
    with (
        patch.dict("os.environ", {"AWS_DEFAULT_REGION": market.deployment.settings_region}),
        patch.object(activate_rule_set, "respond", lambda _event, **answer: told.append(answer)),
        guard.acting(guard.role_of("activate_rule_set")),
    ):
        for kind in ("Create", "Delete"):
            asked = {
                "RequestType": kind,
                "PhysicalResourceId": "Parley",
                "ResourceProperties": {"RuleSetName": "Parley"},
            }
            activate_rule_set.handler(asked, SimpleNamespace(log_stream_name="log"))
    assert [each["status"] for each in told] == ["SUCCESS", "SUCCESS"], told
