"""The four roles at work: each runs every command on the deployed stack, and IAM has the last word.

The commands are the product's own, from `parley` down to the functions behind it; what a role may do is read
from the synthesised policies (`tests.support.staffed`).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cli import permissions
from parley.archive.keys import (
    attachment_key,
    checkpoint_key,
    content_key,
    entry_key,
    event_folder,
    folder,
    order_key,
    transcript_key,
)
from parley.conversation.messages import State
from parley.erasing.certificate import certificate_key
from parley.lake.views import VIEWS
from parley.reviewing.reads import access_key
from tests.support import canary
from tests.support.iam import reached
from tests.support.iam_calls import Need
from tests.support.mails import PASS
from tests.support.market import Market
from tests.support.resources import one, text
from tests.support.staffed import AUDITOR, NAMED, OFFICER, REVIEWER, ROLES, SENIOR, Ran, Staffed, staffed
from tests.support.template import assembly
from tests.support.template import template as template_in

CASE = ["--case", "case-17"]
WHY = ["--reason", "A claim.", *CASE]
READERS = {REVIEWER, SENIOR}
# Whose command it is. The order is that in which they are run: what ends something comes last.
WHOSE: dict[str, set[str]] = {
    "find by order": READERS,
    "find by flag": READERS,
    "show": READERS,
    "open": READERS,
    "open with originals": {SENIOR},
    "note": READERS,
    "hold place": READERS,
    "hold list": READERS,
    "hold lift": READERS,
    "held list": READERS,
    "verify": READERS,
    "query": READERS,
    "query a timeline": READERS,
    "query a view": READERS,
    "query entries": READERS,
    "query who read what": {AUDITOR},
    "report operations": READERS,
    "report a seller": READERS,
    "export": {SENIOR},
    "export for the buyer": {SENIOR},
    "access-export": {SENIOR},
    "held release": {SENIOR},
    "held refuse": {SENIOR},
    "held release of a receipt": {SENIOR},
    "held refuse of a receipt": {SENIOR},
    "replay": set(),
    "replay of dead letters": set(),
    "replay of undelivered": set(),
    "erasures": {OFFICER},
    "erase": {OFFICER},
}
# What a command goes on without: the table is for operators; originals, and what reviewers wrote, are kept
# back from a reviewer, who is told so.
DONE_WITHOUT: Mapping[tuple[str, str], set[str]] = {
    (REVIEWER, "show"): {"s3:GetObject"},
    (REVIEWER, "verify"): {"dynamodb:GetItem", "kms:Decrypt", "s3:GetObjectVersion"},
    (SENIOR, "verify"): {"dynamodb:GetItem", "kms:Decrypt"},
}


@dataclass(frozen=True)
class Worked:
    """ran: how each command ended, by person and command."""

    stack: Staffed
    ran: Mapping[tuple[str, str], Ran]
    commands: Mapping[str, list[str]]


def commands(market: Market, released: str, refused: str, out: Path) -> dict[str, list[str]]:
    """By the names in `WHOSE`."""
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    review = ["review"]
    return {
        "find by order": [*review, "find", "--order", "order-c1", "--json"],
        "find by flag": [*review, "find", "--since", yesterday, "--flag", "spam", "--json"],
        "show": [*review, "show", "c1", *CASE],
        "open": [*review, "open", "c1", *CASE, "--out", str(out / "page.html")],
        "open with originals": [
            *(*review, "open", "c1", *CASE, "--originals"),
            *("--out", str(out / "originals.html")),
        ],
        "note": [*review, "note", "c1", "Called the seller.", *CASE],
        "hold place": [*review, "hold", "place", "c1", *WHY],
        "hold list": [*review, "hold", "list", "c1"],
        "hold lift": [*review, "hold", "lift", "c1", "h1", "--reason", "Settled."],
        "held list": [*review, "held", "list"],
        "verify": ["verify", "c1", *CASE],
        "query": ["query", "response-times"],
        "query a timeline": ["query", "timeline", "--param", "conversation_id=c1", *CASE],
        "query a view": ["query", "--sql", "SELECT code, place FROM findings WHERE day = '2026-09-04'"],
        "query entries": ["query", "--sql", "SELECT kind FROM entries WHERE conversation_id = 'c1'", *CASE],
        "query who read what": ["query", "who-read-what"],
        "report operations": ["report", "operations", "--out", str(out / "operations.html")],
        "report a seller": ["report", "seller", "p-seller", "--out", str(out / "seller.html")],
        "export": ["export", "c1", *CASE, "--out", str(out / "all.zip")],
        "export for the buyer": ["export", "c1", *CASE, "--for", "buyer", "--out", str(out / "buyer.zip")],
        "access-export": ["access-export", str(market.buyer.id), *CASE, "--out", str(out / "own.zip")],
        "held release": [*review, "held", "release", "c1", released, *WHY, "--yes"],
        "held refuse": [*review, "held", "refuse", "c1", refused, *WHY, "--yes"],
        "replay": ["replay", "o8i2hkv5c4pgd7qp5s0krkh2cbpnv2gsm9kb0d01", "--yes"],
        "replay of dead letters": ["replay", "--dead-letters", "--yes"],
        "replay of undelivered": ["replay", "--undelivered", "--yes"],
        **{
            f"held {verb} of a receipt": [*review, "held", verb, *place, *CASE, "--yes"]
            for verb, place in zip(("release", "refuse"), loose(market), strict=True)
        },
        "erasures": ["erasures"],
        "erase": ["erase", str(market.buyer.id), *CASE, "--at-once", "--yes"],
    }


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worked]:
    """Every command in the hands of every role, on one conversation: a question, its answer, two held mails,
    a hold, and a mail in the inbox."""
    out = tmp_path_factory.mktemp("roles")
    with staffed(template_in(assembly(**NAMED))) as stack:
        market = stack.market
        released, *held = correspond(market)
        stack.ask_api(f"/conversations/c1/messages/{released}/release", {"case": "1", "reason": "Fine."})
        market.work()
        stack.ask_api("/conversations/c1/holds", {"id": "h1", "case": "1", "reason": "A claim."})
        wanted = commands(market, *held, out)
        ran = {(person, name): stack.run(person, *wanted[name]) for name in WHOSE for person in ROLES}
        yield Worked(stack, ran, wanted)


def correspond(market: Market) -> list[str]:
    """A question, its answer with an attachment, and three mails that are held, whose ids are returned; two
    to the operator are held besides."""
    market.accept(market.from_buyer())
    market.work()
    market.accept(market.from_seller(**with_attachment()))
    market.work()
    for number in (2, 3, 4):
        written = market.from_buyer(message_id=f"CA{number}@mail.zeisig-post.example")
        market.accept(written, verdicts={**PASS, "spam": "FAIL"})
        market.work()
    for _ in range(2):
        operator = (f"abuse@{market.relay_domain}",)
        market.accept(market.from_buyer(), recipients=operator, verdicts={**PASS, "virus": "GRAY"})
        market.work()
    return [str(each.id) for each in market.messages() if each.state is State.HELD]


def loose(market: Market) -> list[list[str]]:
    """Of each mail that is held without a conversation: its receipt, as it is listed, and its id."""
    found = (each for each in market.deployment.messages() if each.conversation is None)
    return sorted([f"receipt:{each.receipt_id}", str(each.id)] for each in found)


def with_attachment() -> dict[str, Any]:
    """Changes of a mail."""
    body = "--b\r\nContent-Type: text/plain\r\n\r\nThe bill.\r\n--b\r\n"
    body += 'Content-Type: application/pdf\r\nContent-Disposition: attachment; filename="bill.pdf"\r\n\r\n'
    body += "%PDF-1.4 a bill\r\n--b--\r\n"
    return {"body": body, "fields": {"Content-Type": 'multipart/mixed; boundary="b"'}}


CELLS = [(person, name) for name in WHOSE for person in ROLES]


@pytest.mark.parametrize(("person", "name"), CELLS, ids=[" ".join(each) for each in CELLS])
def test_a_command_is_answered_to_those_whose_it_is_and_to_nobody_else(
    worked: Worked, person: str, name: str
) -> None:
    ran = worked.ran[person, name]
    if person in WHOSE[name]:
        assert (ran.status, ran.refused) == (0, DONE_WITHOUT.get((person, name), set())), ran.output
    else:
        assert (ran.status, bool(ran.refused)) == (2, True), ran.output


def test_the_functions_behind_the_commands_may_do_what_they_do(worked: Worked) -> None:
    people = {worked.stack.role(person) for person in ROLES}
    by_functions = [each for each in worked.stack.guard.asked if each.role not in people]
    assert {each.role.rpartition("Role")[0] for each in by_functions} >= {
        *("ApiAdminApi", "ArchivingWriteArchive", "ErasingEraseData", "RelayReceiveMail")
    }
    assert [str(each) for each in by_functions if not each.allowed] == []


SECRETS = (canary.BODY_WORD, canary.SUBJECT_WORD, canary.BUYER_MAILBOX, canary.SELLER_MAILBOX)


@pytest.mark.parametrize(("person", "name"), CELLS, ids=[" ".join(each) for each in CELLS])
def test_who_is_refused_is_told_nothing_of_a_mail(worked: Worked, person: str, name: str) -> None:
    if person not in WHOSE[name]:
        assert not [word for word in SECRETS if word in worked.ran[person, name].output]


@pytest.mark.parametrize("person", ROLES)
def test_what_is_refused_to_a_role_says_which_role_has_it(worked: Worked, person: str) -> None:
    for name in WHOSE:
        ran = worked.ran[person, name]
        if ran.status and not name.startswith("replay"):
            assert "Assume the role of" in ran.output, name


def objects(worked: Worked, person: str, ending: str) -> set[bool]:
    """Whether what was read under keys that end so was handed over."""
    return {
        each.allowed
        for (who, _), ran in worked.ran.items()
        if who == person
        for each in ran.asked
        if each.need.action.startswith("s3:GetObject") and each.need.resource.endswith(ending)
    }


@pytest.mark.parametrize("ending", ["/original.eml", "/relayed.eml"])
def test_an_original_is_handed_to_a_senior_reviewer_alone(worked: Worked, ending: str) -> None:
    assert {person: objects(worked, person, ending) for person in ROLES} == {
        REVIEWER: {False},
        SENIOR: {True},
        OFFICER: set(),
        AUDITOR: set(),
    }


# An operator's rights are not a role of the stack: docs/reviewing.md lists them under "Let a mail be received
# again".

OPERATOR = "Operator"


def test_replay_needs_what_the_page_lists_and_nothing_else(worked: Worked) -> None:
    stack, market = worked.stack, worked.stack.market
    receipt = market.accept(market.from_buyer(message_id="CA9@mail.zeisig-post.example"), announced=False)
    market.deployment.stack.client("sqs").send_message(
        QueueUrl=stack.reference("AWS::SQS::Queue", "ReceiptsDeadLetters"), MessageBody="a letter"
    )
    actions = {action for each in permissions.REPLAY.values() for action in each}
    finding = {"cloudformation:DescribeStacks", "cloudformation:ListStackResources"}
    statement = {"Effect": "Allow", "Action": sorted(actions | finding), "Resource": ["*"]}
    stack.guard.iam.grant(OPERATOR, [statement])
    ran = [
        stack.run_as(OPERATOR, "replay", receipt, "--yes"),
        stack.run_as(OPERATOR, "replay", "--dead-letters", text="n\n"),
        stack.run_as(OPERATOR, "replay", "--dead-letters", "--yes"),
        stack.run_as(OPERATOR, "replay", "no-such-receipt", "--yes"),
    ]
    assert ([each.status for each in ran], [each.refused for each in ran]) == ([0, 2, 0, 2], [set()] * 4)
    assert {each.need.action for every in ran for each in every.asked} == actions | finding


# What the roles are for besides the command (docs/reviewing.md, docs/privacy.md).

AT = datetime(2026, 9, 4, 16, 12, tzinfo=UTC)
LOGS, ACCESS_LOGS = "TrailLogs", "StorageAccessLogs"
ARCHIVE, REVIEW = "StorageArchive", "StorageReview"
LOG_FILE = "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/09/04/a.json.gz"


def asking(workgroup: str, tables: list[str]) -> list[tuple[str, str, dict[str, Any]]]:
    """Service, operation and parameters of each call."""
    asked = {"Database": "parley_lake"}
    sql = "TABLE " + " UNION ALL TABLE ".join(tables)
    started = {"WorkGroup": workgroup, "QueryExecutionContext": asked, "QueryString": sql}
    named = {"WorkGroup": workgroup}
    query = {"QueryExecutionId": f"{workgroup}:1"}
    return [
        ("glue", "GetTables", {"DatabaseName": "parley_lake", "Tables": tables}),
        *(
            ("athena", operation, named)
            for operation in ("GetWorkGroup", "ListNamedQueries", "GetNamedQuery", "BatchGetNamedQuery")
        ),
        ("athena", "StartQueryExecution", started),
        *(
            ("athena", operation, query)
            for operation in ("GetQueryExecution", "GetQueryResults", "StopQueryExecution")
        ),
    ]


BESIDE: list[tuple[str, str, str, dict[str, Any]]] = [
    # The S3 console shows a transcript to who looks for it there, and what it leads to.
    *(
        (person, "s3", operation, asked)
        for person in READERS
        for operation, asked in (
            ("ListObjectsV2", {"Bucket": REVIEW, "Prefix": "transcripts/"}),
            ("GetObject", {"Bucket": REVIEW, "Key": transcript_key("c1")}),
            ("GetObject", {"Bucket": REVIEW, "Key": order_key("303-11", "c1")}),
            ("ListObjectsV2", {"Bucket": ARCHIVE, "Prefix": "conversations/c1/"}),
            ("GetObject", {"Bucket": ARCHIVE, "Key": entry_key("c1", 3, "m1")}),
            (
                "GetObject",
                {"Bucket": ARCHIVE, "Key": content_key(folder("c1", 3, AT, "buyer-to-seller", "m1"))},
            ),
            ("GetObject", {"Bucket": ARCHIVE, "Key": content_key(event_folder("c1", AT, "released", "x1"))}),
            ("GetObject", {"Bucket": ARCHIVE, "Key": checkpoint_key("c1", 4, "0" * 64)}),
            ("GetObject", {"Bucket": ARCHIVE, "Key": attachment_key("c1", "0" * 64, "bill.pdf")}),
        )
    ),
    # Athena's console: the named queries, the tables, a question and its answer. And before it, the latest
    # rows.
    *(
        (person, service, operation, asked)
        for person, workgroup, tables in (
            *(
                (each, "Parley-reviewing", ["messages", "delivery_events", "content", "entries", *VIEWS])
                for each in READERS
            ),
            (AUDITOR, "Parley-auditing", ["reviewer_actions", "errors"]),
        )
        for service, operation, asked in asking(workgroup, tables)
    ),
    # Athena asks where the bucket is whose contents are searched.
    *((person, "s3", "GetBucketLocation", {"Bucket": ARCHIVE}) for person in READERS),
    *((person, "lambda", "Invoke", {"FunctionName": "LakeKeepLake"}) for person in READERS),
    # The certificate of an erasure.
    *(
        (person, "s3", operation, {"Bucket": REVIEW, **asked})
        for person in (OFFICER, AUDITOR)
        for operation, asked in (
            ("ListObjectsV2", {"Prefix": "erasures/"}),
            ("GetObject", {"Key": certificate_key("e1")}),
        )
    ),
    # aws s3 sync of what readers said, of what AWS saw, and of the access logs.
    (AUDITOR, "cloudformation", "ListStackResources", {"StackName": "Parley"}),
    (AUDITOR, "cloudformation", "DescribeStacks", {"StackName": "Parley"}),
    (AUDITOR, "s3", "ListObjectsV2", {"Bucket": REVIEW, "Prefix": "accesses/2026/09"}),
    (AUDITOR, "s3", "GetObject", {"Bucket": REVIEW, "Key": access_key(AT, "r1")}),
    (AUDITOR, "s3", "ListObjectsV2", {"Bucket": LOGS, "Prefix": LOG_FILE.rpartition("/")[0]}),
    (AUDITOR, "s3", "GetObject", {"Bucket": LOGS, "Key": LOG_FILE}),
    (AUDITOR, "s3", "ListObjectsV2", {"Bucket": ACCESS_LOGS, "Prefix": "archive/"}),
    (AUDITOR, "s3", "GetObject", {"Bucket": ACCESS_LOGS, "Key": "archive/2026-09-04-16-12-00-0123"}),
    # aws cloudtrail validate-logs and lookup-events.
    (AUDITOR, "cloudtrail", "DescribeTrails", {}),
    (AUDITOR, "cloudtrail", "ListPublicKeys", {}),
    (AUDITOR, "cloudtrail", "LookupEvents", {}),
    (AUDITOR, "s3", "GetBucketLocation", {"Bucket": LOGS}),
    (AUDITOR, "s3", "ListObjects", {"Bucket": LOGS, "Prefix": "AWSLogs/"}),
]


# Parameters that are the name of a resource, by which it is found in the template.
KINDS = {"Bucket": "AWS::S3::Bucket", "FunctionName": "AWS::Lambda::Function"}


def beside(worked: Worked, person: str) -> list[Need]:
    """What the person's work besides the command needs."""
    stack = worked.stack
    found = []
    for who, service, operation, asked in BESIDE:
        if who == person:
            template = stack.market.deployment.template
            named = asked | {
                each: one(template, kind, asked[each])[0] for each, kind in KINDS.items() if each in asked
            }
            found += stack.guard.calls.needs(service, operation, named)
    return found


@pytest.mark.parametrize("person", ROLES)
def test_a_role_may_do_what_its_work_besides_the_command_needs(worked: Worked, person: str) -> None:
    iam, role = worked.stack.guard.iam, worked.stack.role(person)
    needs = beside(worked, person)
    assert [
        str(each) for each in needs if not iam.allows(role, each.action, each.resource, each.context)
    ] == []


# Of the CDK, behind the name of a resource, and its attribute.
HASH = re.compile(r"[0-9A-F]{8}(\.Arn)?(?=>)")
# What nothing above uses, and why a role has it nevertheless.
UNUSED: dict[str, dict[str, str]] = {
    REVIEWER: {},
    SENIOR: {},
    OFFICER: {},
    AUDITOR: {},
}


@pytest.mark.parametrize("person", ROLES)
def test_a_role_has_nothing_that_its_work_does_not_use(worked: Worked, person: str) -> None:
    role = worked.stack.role(person)
    asked = [
        each.need
        for (who, name), ran in worked.ran.items()
        if who == person and person in WHOSE[name]
        for each in ran.asked
    ]
    asked += beside(worked, person)
    unused = {
        f"{action} on {HASH.sub('', text(resource))}"
        for statement in worked.stack.guard.iam.granted(role)
        for action in statement["Action"]
        for resource in statement["Resource"]
        if not any(
            reached(
                {**statement, "Action": [action], "Resource": [resource]},
                need.action,
                need.resource,
                need.context,
            )
            for need in asked
        )
    }
    assert unused == set(UNUSED[person])
