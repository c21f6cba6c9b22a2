"""The HTTP API: who may call it, what it may reach, and what it writes down."""

import json
from typing import Any

import pytest

from admin_api.description import OPERATIONS
from tests.support.resources import Template, of_type, one, properties, references, statements, text


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


def test_it_queries_the_indexes_and_never_a_conversations_messages(template: Template) -> None:
    table = one(template, "AWS::DynamoDB::Table")[0]
    indexes = [f"<{table}.Arn>/index/{name}" for name in ("by_buyer", "by_order", "by_seller")]
    assert reached(template, "dynamodb:Query") == indexes
    assert reached(template, "dynamodb:PutItem") == [f"<{table}.Arn>"]


@pytest.mark.parametrize("action", ["s3:GetObject", "s3:PutObject", "ses:SendRawEmail", "sqs:SendMessage"])
def test_it_reaches_no_mail(template: Template, action: str) -> None:
    assert reached(template, action) == []


def test_the_indexes_hold_keys_only_and_heads_only(template: Template) -> None:
    """Every mail changes its conversation's head: what an index held of it, each mail would write again."""
    indexes = properties(template, "AWS::DynamoDB::Table")["GlobalSecondaryIndexes"]
    keys = {each["IndexName"]: [key["AttributeName"] for key in each["KeySchema"]] for each in indexes}
    assert keys == {
        "by_order": ["order_id", "conversation_id"],
        "by_buyer": ["buyer_id", "conversation_id"],
        "by_seller": ["seller_id", "conversation_id"],
    }
    assert {each["Projection"]["ProjectionType"] for each in indexes} == {"KEYS_ONLY"}
