"""Asks a template's policies what IAM would: may this action be done to this resource, in this context?

As little of IAM's language as the stack uses (IAM User Guide, "Policy evaluation logic" and "Condition
operators"); what is beyond that raises, so that no statement passes unread. Resources are written as
`tests.support.resources.text` shows them: `<logical id.Arn>/key`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tests.support.resources import Resource, Template, as_list, of_type, references, statements, text

Context = Mapping[str, str]
Statement = dict[str, Any]


def policy_of(template: Template, role: str) -> list[Statement]:
    """All statements of the role of this logical id."""
    policies = of_type(template, "AWS::IAM::Policy").values()
    attached = [each["Properties"] for each in policies if role in references(each["Properties"]["Roles"])]
    return [each for policy in attached for each in statements(policy["PolicyDocument"])]


def may(policy: Iterable[Statement], action: str, resource: str, context: Context | None = None) -> bool:
    """A denial beats any permission; without a permission there is none."""
    effects = {
        each["Effect"]
        for each in policy
        if any(_matches(pattern, action.lower()) for pattern in map(str.lower, each["Action"]))
        and any(_matches(text(pattern), resource) for pattern in each["Resource"])
        and _holds(each, context or {})
    }
    return effects == {"Allow"}


def may_assume(role: Resource, principal: str, context: Context, action: str = "sts:AssumeRole") -> bool:
    """What the trust policy says to the principal of this ARN."""
    trust = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    named = [each for each in trust if principal in map(text, as_list(each["Principal"].get("AWS", [])))]
    return may(
        [{**each, "Action": as_list(each["Action"]), "Resource": ["*"]} for each in named],
        action,
        "",
        context,
    )


def _holds(statement: Statement, context: Context) -> bool:
    if statement.keys() - {"Sid", "Effect", "Action", "Resource", "Condition", "Principal"}:
        raise ValueError(f"cannot read {sorted(statement)}")
    return all(
        _test(operator, context.get(key), [text(each) for each in as_list(wanted)], context)
        for operator, keys in statement.get("Condition", {}).items()
        for key, wanted in keys.items()
    )


def _test(operator: str, given: str | None, wanted: Sequence[str], context: Context) -> bool:
    if operator == "Null":
        return wanted == ["true" if given is None else "false"]
    if given is None:
        return False
    match operator:
        case "StringEquals" | "Bool":
            return any(given == _filled(each, context, str) for each in wanted)
        case "StringLike" | "ArnLike":
            patterns = (_filled(each, context, _literal) for each in wanted)
            return any(pattern is not None and _matches(pattern, given) for pattern in patterns)
    raise ValueError(f"cannot read the condition {operator}")


def _filled(value: str, context: Context, as_part: Any) -> str | None:
    """With policy variables; None if the request has no such key."""
    variables = re.findall(r"\$\{([\w:/]+)\}", value)
    if any(each not in context for each in variables):
        return None
    return re.sub(r"\$\{([\w:/]+)\}", lambda found: as_part(context[found[1]]), value)


def _literal(value: str) -> str:
    if "*" in value or "?" in value:
        raise ValueError(f"a wildcard in a variable: {value}")
    return value


def _matches(pattern: str, value: str) -> bool:
    """`*` is any text, slashes too, and `?` any one character; nothing else is special."""
    parts = ({"*": ".*", "?": "."}.get(each) or re.escape(each) for each in pattern)
    return re.fullmatch("".join(parts), value, re.DOTALL) is not None
