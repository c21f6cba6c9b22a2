"""The HTTP API: who may call it, what it may reach, and what it writes down."""

import fnmatch
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from admin_api.description import OPERATIONS
from parley.archive.keys import attachment_key, checkpoint_key, content_key, entry_key, event_folder, folder
from parley.reviewing.reads import access_key
from tests.support.resources import Template, of_type, one, properties, references, statements, text

MOMENT = datetime(2026, 9, 4, 16, 12, tzinfo=UTC)


def routes(template: Template) -> list[dict[str, Any]]:
    return [each["Properties"] for each in of_type(template, "AWS::ApiGatewayV2::Route").values()]


def test_every_route_asks_iam(template: Template) -> None:
    assert {each["AuthorizationType"] for each in routes(template)} == {"AWS_IAM"}


def test_the_routes_are_those_of_the_description(template: Template) -> None:
    described = sorted(f"{each.method} {each.path}" for each in OPERATIONS)
    assert sorted(each["RouteKey"] for each in routes(template)) == described


def test_every_route_leads_to_the_function_in_the_format_that_it_reads(template: Template) -> None:
    name, integration = one(template, "AWS::ApiGatewayV2::Integration")
    assert {text(each["Target"]) for each in routes(template)} == {f"integrations/<{name}>"}
    assert integration["Properties"]["PayloadFormatVersion"] == "2.0"
    function = one(template, "AWS::Lambda::Function", "AdminApi")[0]
    assert list(references(integration["Properties"]["IntegrationUri"])) == [function]


def test_only_this_api_may_invoke_the_function(template: Template) -> None:
    api = one(template, "AWS::ApiGatewayV2::Api")[0]
    permission = properties(template, "AWS::Lambda::Permission", "Api")
    assert permission["Principal"] == "apigateway.amazonaws.com"
    assert f":<{api}>/" in text(permission["SourceArn"])


def test_requests_are_throttled(template: Template) -> None:
    limits = properties(template, "AWS::ApiGatewayV2::Stage")["DefaultRouteSettings"]
    assert limits == {"ThrottlingBurstLimit": 20, "ThrottlingRateLimit": 20}


def test_the_function_ends_before_api_gateway_gives_up(template: Template) -> None:
    assert properties(template, "AWS::Lambda::Function", "AdminApi")["Timeout"] < 30


def test_accesses_are_logged_without_paths_and_callers(template: Template) -> None:
    settings = properties(template, "AWS::ApiGatewayV2::Stage")["AccessLogSettings"]
    group = one(template, "AWS::Logs::LogGroup", "AccessLogs")[0]
    assert list(references(settings["DestinationArn"])) == [group]
    logged = set(json.loads(settings["Format"]).values())
    assert {"$context.requestId", "$context.routeKey", "$context.status"} <= logged
    telling = ("path", "identity.user", "identity.caller", "authorizer", "sourceIp", "error.message")
    assert not [each for each in logged if any(word in each for word in telling)]


def test_it_can_be_called_at_the_address_in_the_outputs(template: Template) -> None:
    (output,) = [each for name, each in template["Outputs"].items() if name.startswith("ApiUrl")]
    assert one(template, "AWS::ApiGatewayV2::Api")[0] in references(output["Value"])


# What it reaches


def reached(template: Template, action: str) -> list[str]:
    document = properties(template, "AWS::IAM::Policy", "AdminApi")["PolicyDocument"]
    found = [each["Resource"] for each in statements(document) if action in each["Action"]]
    return sorted(text(resource) for each in found for resource in each)


def test_it_queries_the_table_and_its_indexes(template: Template) -> None:
    table = one(template, "AWS::DynamoDB::Table")[0]
    indexes = [f"<{table}.Arn>/index/{name}" for name in ("by_buyer", "by_held", "by_order", "by_seller")]
    assert reached(template, "dynamodb:Query") == [f"<{table}.Arn>", *indexes]
    assert reached(template, "dynamodb:PutItem") == [f"<{table}.Arn>"]


@pytest.mark.parametrize("action", ["s3:GetObject", "s3:ListBucket", "ses:SendRawEmail"])
def test_it_reads_and_sends_no_mail(template: Template, action: str) -> None:
    assert reached(template, action) == []


@pytest.mark.parametrize(
    ("key", "may"),
    [
        (content_key(event_folder("c1", MOMENT, "note", "note-1")), True),
        (content_key(event_folder("c1", MOMENT, "released", "e1")), False),
        (content_key(folder("c1", 3, MOMENT, "buyer-to-seller", "m1")), False),
        (f"{folder('c1', 3, MOMENT, 'buyer-to-seller', 'm1')}original.eml", False),
        (entry_key("c1", 3, "m1"), False),
        (checkpoint_key("c1", 3, "0" * 64), False),
        (attachment_key("c1", "0" * 64, "events.pdf"), False),
    ],
)
def test_it_writes_down_what_reviewers_say_and_cannot_touch_what_they_review(
    template: Template, key: str, may: bool
) -> None:
    archive = one(template, "AWS::S3::Bucket", "Archive")[0]
    patterns = reached(template, "s3:PutObject")
    assert any(fnmatch.fnmatchcase(f"<{archive}.Arn>/{key}", pattern) for pattern in patterns) is may


def test_of_the_review_bucket_it_writes_the_accesses_alone(template: Template) -> None:
    review = one(template, "AWS::S3::Bucket", "Review")[0]
    patterns = [each for each in reached(template, "s3:PutObject") if review in each]
    assert patterns == [f"<{review}.Arn>/accesses/*"]
    assert access_key(MOMENT, "r1").startswith("accesses/")


def test_it_asks_the_queues_that_feed_receive_mail_and_track_delivery(template: Template) -> None:
    queues = [one(template, "AWS::SQS::Queue", name)[0] for name in ("ReceiptsQueue", "DeliveryEventsQueue")]
    assert sorted(reached(template, "sqs:SendMessage")) == sorted(f"<{queue}.Arn>" for queue in queues)


def test_the_indexes_hold_keys_only_and_what_few_writes_change(template: Template) -> None:
    """Every mail changes its conversation's head: what an index held of it, each mail would write again.
    What is held alone is in the index of held messages."""
    indexes = properties(template, "AWS::DynamoDB::Table")["GlobalSecondaryIndexes"]
    keys = {each["IndexName"]: [key["AttributeName"] for key in each["KeySchema"]] for each in indexes}
    assert keys == {
        "by_order": ["order_id", "conversation_id"],
        "by_buyer": ["buyer_id", "conversation_id"],
        "by_seller": ["seller_id", "conversation_id"],
        "by_held": ["held", "received_at"],
        "by_author": ["author_hash", "received_at"],
    }
    assert {each["Projection"]["ProjectionType"] for each in indexes} == {"KEYS_ONLY"}
