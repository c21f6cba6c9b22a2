"""What the synthesised CloudFormation template tells SES to do.

Values that CloudFormation would fill in are asked of a `Resolve`: `resolver` makes one of the physical ids of
a deployment.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Template = Mapping[str, Any]
Resolve = Callable[[Any], Any]


class TemplateError(ValueError):
    """The template asks for something that the stand-ins do not do; the text names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptRule:
    """A receipt rule with its one S3 action. recipients: mailboxes, domains, or domains with a dot in front,
    which stand for their subdomains; none at all stands for every recipient."""

    name: str
    recipients: tuple[str, ...]
    bucket: str
    prefix: str
    topic: str | None
    scans: bool
    requires_tls: bool

    def matches(self, recipient: str) -> bool:
        """AWS, "Creating receipt rules": a mailbox matches with any `+label`, a domain without subdomains."""
        local_part, _, domain = recipient.lower().rpartition("@")
        unlabelled = f"{local_part.partition('+')[0]}@{domain}"
        return not self.recipients or any(
            condition in (domain, f"{local_part}@{domain}", unlabelled)
            or (condition.startswith(".") and domain.endswith(condition))
            for condition in (each.lower() for each in self.recipients)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class EventDestination:
    """Where a configuration set's events go. types: as SES writes them in the API, such as DELIVERY_DELAY."""

    configuration_set: str
    types: frozenset[str]
    topic: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A domain that SES sends for. mail_from: the domain of the reverse-path, if it is the identity's own."""

    domain: str
    mail_from: str | None = None
    configuration_set: str | None = None


def resolver(physical_ids: Mapping[str, str], pseudo: Mapping[str, str]) -> Resolve:
    """Evaluates Ref and Fn::Join. physical_ids: by logical id (CloudFormation: ListStackResources).
    pseudo: AWS::Region and the like."""

    def resolve(value: Any) -> Any:
        match value:
            case {"Ref": str(name)}:
                try:
                    return physical_ids.get(name) or pseudo[name]
                except KeyError:
                    raise TemplateError(f"nothing is known of {name}") from None
            case {"Fn::Join": [str(separator), [*parts]]}:
                return separator.join(str(resolve(part)) for part in parts)
            case dict():
                unknown = [name for name in value if name.startswith("Fn::")]
                if unknown:
                    raise TemplateError(f"{unknown[0]} is not evaluated here")
                return {name: resolve(each) for name, each in value.items()}
            case list():
                return [resolve(each) for each in value]
        return value

    return resolve


def receipt_rules(template: Template, resolve: Resolve) -> tuple[ReceiptRule, ...]:
    """The enabled rules in the template's order."""
    rules = [resolve(each)["Rule"] for each in _properties(template, "AWS::SES::ReceiptRule")]
    # CloudFormation's default for Enabled and ScanEnabled is false, as is the API's.
    return tuple(_rule(rule) for rule in rules if rule.get("Enabled"))


def _rule(rule: Mapping[str, Any]) -> ReceiptRule:
    name = rule.get("Name", "")
    match rule.get("Actions"):
        case [{"S3Action": action}]:
            pass
        case _:
            raise TemplateError(f"receipt rule {name}: only a single S3 action is done here")
    if "KmsKeyArn" in action:
        raise TemplateError(f"receipt rule {name}: KmsKeyArn is encryption by the client, not done here")
    return ReceiptRule(
        name=name,
        recipients=tuple(rule.get("Recipients", ())),
        bucket=action["BucketName"],
        prefix=action.get("ObjectKeyPrefix", ""),
        topic=action.get("TopicArn"),
        scans=bool(rule.get("ScanEnabled")),
        requires_tls=rule.get("TlsPolicy") == "Require",
    )


def configuration_sets(template: Template, resolve: Resolve) -> frozenset[str]:
    return frozenset(resolve(each["Name"]) for each in _properties(template, "AWS::SES::ConfigurationSet"))


def event_destinations(template: Template, resolve: Resolve) -> tuple[EventDestination, ...]:
    """The enabled ones. Raises `TemplateError` for another kind than SNS."""
    found = []
    for each in _properties(template, "AWS::SES::ConfigurationSetEventDestination"):
        destination = resolve(each["EventDestination"])
        if not destination.get("Enabled"):
            continue
        if "SnsDestination" not in destination:
            raise TemplateError("events go to SNS topics only here")
        found.append(
            EventDestination(
                configuration_set=resolve(each["ConfigurationSetName"]),
                types=frozenset(destination["MatchingEventTypes"]),
                topic=destination["SnsDestination"]["TopicARN"],
            )
        )
    return tuple(found)


def identities(template: Template, resolve: Resolve) -> tuple[Identity, ...]:
    """The identities of the template; here they count as verified at once."""
    return tuple(
        Identity(
            domain=resolve(each["EmailIdentity"]).lower(),
            mail_from=resolve(each.get("MailFromAttributes", {})).get("MailFromDomain"),
            configuration_set=resolve(each.get("ConfigurationSetAttributes", {})).get("ConfigurationSetName"),
        )
        for each in _properties(template, "AWS::SES::EmailIdentity")
    )


def _properties(template: Template, kind: str) -> list[Mapping[str, Any]]:
    return [each["Properties"] for each in template["Resources"].values() if each["Type"] == kind]
