"""Finding the stack: by what its resources are, as the synthesised template names them."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from cli import deployment
from cli.aws import Clients
from cli.deployment import Part, PartMissingError, StackNotFoundError, find_deployment
from tests.cli.sites import NOW, REGION, Refuses, Says, a_deployment, stubbed

STACK = {"StackName": "Parley", "CreationTime": NOW, "StackStatus": "CREATE_COMPLETE"}


def listed(template: dict[str, Any], status: str = "CREATE_COMPLETE") -> list[dict[str, Any]]:
    return [
        {
            "LogicalResourceId": name,
            "PhysicalResourceId": f"physical-{name}",
            "ResourceType": each["Type"],
            "ResourceStatus": status,
            "LastUpdatedTimestamp": NOW,
        }
        for name, each in template["Resources"].items()
    ]


def clients(resources: list[dict[str, Any]], *, pages: int = 1, **more: Any) -> Clients:
    size = -(-len(resources) // pages) or 1
    answers = [Says("cloudformation", "describe_stacks", {"Stacks": [{**STACK, **more}]})]
    for start in range(0, size * pages, size):
        page: dict[str, Any] = {"StackResourceSummaries": resources[start : start + size]}
        if start + size < size * pages:
            page["NextToken"] = f"more-{start}"
        answers.append(Says("cloudformation", "list_stack_resources", page))
    return Clients(stubbed(*answers))


@pytest.mark.parametrize("pages", [1, 3])
def test_every_part_is_found_in_the_synthesised_stack(template: dict[str, Any], pages: int) -> None:
    found = find_deployment(clients(listed(template), pages=pages), "Parley", REGION)
    assert found.missing == ()
    assert found.parts.keys() == set(Part)


def test_no_two_resources_of_the_stack_are_the_same_part(template: dict[str, Any]) -> None:
    parts = [
        part for name, each in template["Resources"].items() if (part := deployment._part(each["Type"], name))
    ]
    assert len(parts) == len(set(parts)) == len(Part)


def test_the_prefix_of_the_inbox_is_the_templates(template: dict[str, Any]) -> None:
    (rule,) = (each for each in template["Resources"].values() if each["Type"] == "AWS::SES::ReceiptRule")
    assert rule["Properties"]["Rule"]["Actions"][0]["S3Action"]["ObjectKeyPrefix"] == deployment.INBOX_PREFIX


def test_a_resource_that_was_deleted_is_missing(template: dict[str, Any]) -> None:
    found = find_deployment(clients(listed(template, "DELETE_COMPLETE")), "Parley", REGION)
    assert set(found.missing) == set(Part) - {Part.RULE_SET}


def test_the_emulator_lacks_no_receipt_rule() -> None:
    parts = dict.fromkeys(set(Part) - {Part.RULE, Part.RULE_SET}, "x")
    assert a_deployment(parts=parts, local=True).missing == ()
    assert a_deployment(parts=parts).missing == (Part.RULE,)


def test_a_stack_that_is_not_there_is_told() -> None:
    refusal = Refuses(
        "cloudformation", "describe_stacks", "ValidationError", "Stack with id Parley does not exist"
    )
    with pytest.raises(StackNotFoundError):
        find_deployment(Clients(stubbed(refusal)), "Parley", REGION)


def test_another_refusal_is_raised_as_it_is() -> None:
    refusal = Refuses("cloudformation", "describe_stacks", "AccessDenied", "User is not authorized")
    with pytest.raises(ClientError):
        find_deployment(Clients(stubbed(refusal)), "Parley", REGION)


def test_the_address_of_the_api_is_the_output(template: dict[str, Any]) -> None:
    outputs = [{"OutputKey": "ApiUrlDDEE0114", "OutputValue": "https://x.execute-api"}]
    found = find_deployment(clients(listed(template), Outputs=outputs), "Parley", REGION)
    assert found.api_url == "https://x.execute-api"
    assert any(name.startswith("ApiUrl") for name in template["Outputs"])
    assert a_deployment(outputs={}).api_url is None


def test_a_part_that_is_missing_is_named() -> None:
    with pytest.raises(PartMissingError, match="ReceiptsQueue"):
        a_deployment(parts={}).physical(Part.RECEIPTS_QUEUE)
