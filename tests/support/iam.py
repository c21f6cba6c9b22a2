"""Asks a template's policies what IAM would: may this be done to this resource, in this context?

As little of IAM's language as policies here could use (IAM User Guide, "Policy evaluation logic", "Condition
operators"); what is beyond that raises, so that no statement passes unread. Resources are written as
`tests.support.resources.text` shows them: `<logical id.Arn>/key`.

No package does this offline: moto's access control leaves resources and conditions out, and linters of
policies judge how a policy is written, not what it answers.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, cast

from tests.support.resources import Resource, Template, as_list, of_type, references, statements, text

Context = Mapping[str, str | Sequence[str]]
Statement = dict[str, Any]

ROOT = "arn:aws:iam::<AWS::AccountId>:root"
_ELEMENTS = {"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition", "Principal"}
# Which resources a policy is about, by type.
_POLICIES = {
    "AWS::S3::BucketPolicy": "Bucket",
    "AWS::SQS::QueuePolicy": "Queues",
    "AWS::SNS::TopicPolicy": "Topics",
}


class Iam:
    """Decides for the roles of one template. A role is told by its logical id."""

    def __init__(self, template: Template) -> None:
        self._template = template
        self._own: dict[str, list[Statement]] = {}
        self._about = dict(_policies_of_resources(template))

    def granted(self, role: str) -> list[Statement]:
        """The statements of the role's own policies."""
        if role not in self._own:
            self._own[role] = policy_of(self._template, role)
        return self._own[role]

    def grant(self, role: str, policy: list[Statement]) -> None:
        """Makes a role of these statements, besides the template's own."""
        self._own[role] = policy

    def allows(self, role: str, action: str, resource: str, context: Context | None = None) -> bool:
        """By the role's own policies and that of the resource, in one account; the request comes by TLS.

        A denial in any of them decides. A key is used only if its own policy lets the account's policies
        decide, or names the role (KMS Developer Guide, "Determining access"); elsewhere one permission is
        enough.
        """
        seen = {"aws:SecureTransport": "true", **(context or {})}
        own = _effects(self.granted(role), action, resource, seen)
        about = self._about.get(resource.partition("/")[0], [])
        named = _effects((each for each in about if _is_for(each, role)), action, resource, seen)
        account = _effects((each for each in about if _is_for_account(each)), action, resource, seen)
        if "Deny" in own | named | account:
            return False
        if action.startswith("kms:"):
            return "Allow" in named or ("Allow" in own and "Allow" in account)
        return "Allow" in own | named


def policy_of(template: Template, role: str) -> list[Statement]:
    """All statements of the role of this logical id."""
    policies = of_type(template, "AWS::IAM::Policy").values()
    attached = [each["Properties"] for each in policies if role in references(each["Properties"]["Roles"])]
    return [each for policy in attached for each in statements(policy["PolicyDocument"])]


def may(policy: Iterable[Statement], action: str, resource: str, context: Context | None = None) -> bool:
    """A denial beats any permission; without a permission there is none."""
    return _effects(policy, action, resource, context or {}) == {"Allow"}


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


def reached(statement: Statement, action: str, resource: str, context: Context) -> bool:
    """Whether the statement is about this request at all, whatever its effect."""
    if statement.keys() - _ELEMENTS:
        raise ValueError(f"cannot read {sorted(statement)}")
    actions, resources = "Action" in statement, "Resource" in statement
    named = as_list(statement["Action" if actions else "NotAction"])
    patterns = as_list(statement["Resource" if resources else "NotResource"])
    return (
        any(_matches(each.lower(), action.lower()) for each in named) is actions
        and any(_matches(text(each), resource) for each in patterns) is resources
        and all(
            _test(operator, key, [text(each) for each in as_list(wanted)], context)
            for operator, keys in statement.get("Condition", {}).items()
            for key, wanted in keys.items()
        )
    )


def _effects(policy: Iterable[Statement], action: str, resource: str, context: Context) -> set[str]:
    return {each["Effect"] for each in policy if reached(each, action, resource, context)}


def _policies_of_resources(template: Template) -> Iterator[tuple[str, list[Statement]]]:
    """By the ARN of the resource."""
    for kind, name in _POLICIES.items():
        for each in of_type(template, kind).values():
            document = statements(each["Properties"]["PolicyDocument"])
            for resource in references(each["Properties"][name]):
                yield f"<{resource}.Arn>", document
    for name, key in of_type(template, "AWS::KMS::Key").items():
        # In the policy of a key, `*` is that key.
        yield f"<{name}.Arn>", statements(key["Properties"]["KeyPolicy"])


def _is_for(statement: Statement, role: str) -> bool:
    principal = statement["Principal"]
    if principal == "*":
        return True
    named = [text(each) for each in as_list(principal.get("AWS", []))]
    return "*" in named or f"<{role}.Arn>" in named


def _is_for_account(statement: Statement) -> bool:
    principal = statement["Principal"]
    return principal != "*" and ROOT in [
        text(each).replace("<AWS::Partition>", "aws") for each in as_list(principal.get("AWS", []))
    ]


def _test(operator: str, key: str, wanted: Sequence[str], context: Context) -> bool:
    given = context.get(key)
    if operator == "Null":
        return wanted == ["true" if given is None else "false"]
    quantifier, _, plain = operator.rpartition(":")
    if quantifier == "ForAnyValue":
        return any(_compare(plain, each, wanted, context) for each in as_list(list(given or ())))
    if quantifier == "ForAllValues":
        # True of a request that has no such key.
        values = [given] if isinstance(given, str) else given or ()
        return all(_compare(plain, each, wanted, context) for each in values)
    if quantifier or (isinstance(given, Sequence) and not isinstance(given, str)):
        raise ValueError(f"cannot read the condition {operator} on {key}")
    if plain == "StringNotEquals":
        # True of a request that has no such key.
        return given is None or not _compare("StringEquals", cast(str, given), wanted, context)
    return given is not None and _compare(plain, cast(str, given), wanted, context)


def _compare(operator: str, given: str, wanted: Sequence[str], context: Context) -> bool:
    match operator:
        case "StringEquals" | "Bool":
            return any(given == _filled(each, context, str) for each in wanted)
        # An ARN is compared part by part, and a wildcard crosses no colon; both forms take wildcards.
        case "ArnLike" | "ArnEquals":
            patterns = [_filled(each, context, _literal) for each in wanted]
            return any(each is not None and _is_like_arn(each, given) for each in patterns)
        case "StringLike":
            patterns = [_filled(each, context, _literal) for each in wanted]
            return any(each is not None and _matches(each, given) for each in patterns)
    raise ValueError(f"cannot read the condition {operator}")


def _is_like_arn(pattern: str, given: str) -> bool:
    wanted, parts = pattern.split(":", 5), given.split(":", 5)
    return len(wanted) == len(parts) and all(map(_matches, wanted, parts))


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
    return _compiled(pattern).fullmatch(value) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = ({"*": ".*", "?": "."}.get(each) or re.escape(each) for each in pattern)
    return re.compile("".join(parts), re.DOTALL)
