"""What the command may do: its calls, the actions they need, and the policies that the page shows."""

import ast
import json
import re
from pathlib import Path

import boto3
import pytest
from botocore import xform_name

from cli import permissions
from infra import __path__ as infra_path

ROOT = Path(infra_path[0]).parent
PAGE = ROOT / "docs" / "deploying.md"
# Names of `cli.aws.Clients` that are not those of boto3.
SERVICES = {"functions": "lambda"}


def calls() -> set[tuple[str, str]]:
    """Service and method of each `clients.<service>.<method>(…)`, and of each paginator."""
    found = set()
    for path in (ROOT / "cli").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Attribute(attr=service, value=target), attr="get_paginator"),
                    args=[ast.Constant(value=str(method))],
                ) if ast.unparse(target).endswith("clients"):
                    found.add((service, method))
                case ast.Call(
                    func=ast.Attribute(value=ast.Attribute(attr=service, value=target), attr=method)
                ) if ast.unparse(target).endswith("clients") and method != "get_paginator":
                    found.add((service, method))
    return found


def operations() -> set[str]:
    made = set()
    for service, method in calls():
        client = boto3.session.Session(region_name="eu-west-1").client(  # type: ignore[call-overload]
            SERVICES.get(service, service)
        )
        names = {xform_name(name): name for name in client.meta.service_model.operation_names}
        made.add(names[method])
    return made


def test_the_operations_listed_are_those_that_are_called() -> None:
    listed = (
        permissions.DOCTOR,
        permissions.SMOKE,
        permissions.REVIEW,
        permissions.QUERY,
        permissions.REPLAY,
        permissions.ERASE,
    )
    assert operations() == {operation for each in listed for operation in each}


def test_clients_are_used_in_no_other_way() -> None:
    """Else a call could hide from the test above: nowhere is a client kept in a variable."""
    for path in (ROOT / "cli").rglob("*.py"):
        for line in path.read_text().splitlines():
            assert not re.search(r"= [\w.]*clients\.\w+$", line), f"{path.name}: {line}"


def policies() -> list[dict[str, list[dict[str, object]]]]:
    blocks = re.findall(r"```json\n(.*?)```", PAGE.read_text(), re.DOTALL)
    return [json.loads(block) for block in blocks if '"Statement"' in block]


def actions(policy: dict[str, list[dict[str, object]]]) -> set[str]:
    found: set[str] = set()
    for statement in policy["Statement"]:
        given = statement["Action"]
        found |= {given} if isinstance(given, str) else set(given)  # type: ignore[call-overload]
    return found


@pytest.mark.parametrize(("place", "needed"), [(0, [permissions.DOCTOR]), (1, [permissions.SMOKE])])
def test_the_policy_on_the_page_allows_what_is_called_and_nothing_else(
    place: int, needed: list[dict[str, tuple[str, ...]]]
) -> None:
    wanted = {action for each in needed for actions_ in each.values() for action in actions_}
    shown = actions(policies()[place])
    assert shown - set(permissions.API) == wanted
    assert set(permissions.API) <= shown


def test_no_policy_on_the_page_has_a_wildcard_action() -> None:
    assert not [action for policy in policies() for action in actions(policy) if "*" in action]
