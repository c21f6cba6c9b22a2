"""Takes out of a template what the emulator refuses, with all that refers to it. All else stays,
but for references that the emulator resolves otherwise than CloudFormation."""

import copy
from collections.abc import Iterator
from typing import Any

Template = dict[str, Any]

# Types that the emulator does not know: with one of them a deployment fails as a whole. Mail is received by
# SES's stand-in, which reads the rule from the original template; the others are proved on the template.
REFUSED = frozenset(
    {
        "AWS::Athena::NamedQuery",
        "AWS::CloudTrail::Trail",
        "AWS::CloudWatch::CompositeAlarm",
        "AWS::SES::ReceiptRule",
        "AWS::SES::ReceiptRuleSet",
    }
)
# A custom resource answers to an https address of AWS, and the emulator would wait for that.
REFUSED_PREFIX = "Custom::"
# The emulator's identities have no DKIM tokens, which only DNS records want.
REFUSED_ATTRIBUTES = {"AWS::SES::EmailIdentity": "DkimDNSToken"}

# What holds mail or works on it. A stack without one of these would be another one.
_ESSENTIAL = frozenset(
    {
        "AWS::DynamoDB::Table",
        "AWS::KMS::Key",
        "AWS::Lambda::EventSourceMapping",
        "AWS::Lambda::Function",
        "AWS::S3::Bucket",
        "AWS::SNS::Subscription",
        "AWS::SNS::Topic",
        "AWS::SQS::Queue",
    }
)


_SECRETS = "AWS::SecretsManager::Secret"


class AssemblyError(ValueError):
    """The assembly is not one that can be deployed here; the text says why."""


def strip(template: Template) -> tuple[Template, frozenset[str]]:
    """A template without the refused resources, and the logical ids that it lost.

    Raises `AssemblyError` if a resource that holds or moves mail refers to a refused one.
    """
    resources = template["Resources"]
    removed = {
        name
        for name, each in resources.items()
        if each["Type"] in REFUSED or each["Type"].startswith(REFUSED_PREFIX)
    }

    def refers(value: Any) -> bool:
        return any(
            name in removed or (name in resources and _refused_attribute(resources[name]["Type"], attribute))
            for name, attribute in references(value)
        )

    while more := {
        name for name, each in resources.items() if name not in removed and refers(_without_order(each))
    }:
        removed |= more
    for name in sorted(removed):
        if resources[name]["Type"] in _ESSENTIAL:
            raise AssemblyError(f"{name} ({resources[name]['Type']}) refers to what the emulator refuses")
    stripped = copy.deepcopy(template)
    stripped["Resources"] = {
        name: _ordered_without(each, removed)
        for name, each in stripped["Resources"].items()
        if name not in removed
    }
    secrets = {name for name, each in resources.items() if each["Type"] == _SECRETS}
    stripped["Resources"] = _by_arn(stripped["Resources"], secrets)
    stripped["Outputs"] = {
        name: each for name, each in stripped.get("Outputs", {}).items() if not refers(each)
    }
    return stripped, frozenset(removed)


def _by_arn(value: Any, secrets: set[str]) -> Any:
    """Ref of a secret is its ARN; the emulator's is its name, which no policy means. Its Id is the ARN."""
    match value:
        case {"Ref": str(name)} if name in secrets:
            return {"Fn::GetAtt": [name, "Id"]}
        case dict():
            return {name: _by_arn(each, secrets) for name, each in value.items()}
        case list():
            return [_by_arn(each, secrets) for each in value]
    return value


def references(value: Any) -> Iterator[tuple[str, str]]:
    """What a value refers to by Ref, Fn::GetAtt or Fn::Sub: the logical id, and the attribute or "".

    Parameters are among them.
    """
    match value:
        case {"Ref": str(name)}:
            yield name, ""
        case {"Fn::GetAtt": [str(name), str(attribute)]}:
            yield name, attribute
        case {"Fn::GetAtt": str(text)}:
            yield _split(text)
        case {"Fn::Sub": str(text)}:
            yield from _in_text(text)
        case {"Fn::Sub": [str(text), variables]}:
            yield from _in_text(text)
            yield from references(variables)
        case dict():
            for each in value.values():
                yield from references(each)
        case list():
            for each in value:
                yield from references(each)


def _in_text(text: str) -> Iterator[tuple[str, str]]:
    for part in text.split("${")[1:]:
        # ${!Name} stands for the text ${Name} itself.
        if not part.startswith("!"):
            yield _split(part.partition("}")[0].strip())


def _split(text: str) -> tuple[str, str]:
    name, _, attribute = text.partition(".")
    return name, attribute


def _refused_attribute(kind: str, attribute: str) -> bool:
    return kind in REFUSED_ATTRIBUTES and attribute.startswith(REFUSED_ATTRIBUTES[kind])


def _without_order(resource: dict[str, Any]) -> dict[str, Any]:
    return {name: each for name, each in resource.items() if name != "DependsOn"}


def _ordered_without(resource: dict[str, Any], removed: set[str]) -> dict[str, Any]:
    order = resource.get("DependsOn", [])
    left = [name for name in ([order] if isinstance(order, str) else order) if name not in removed]
    return {**_without_order(resource), **({"DependsOn": left} if left else {})}
