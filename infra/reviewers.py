"""The roles that people assume: reviewer, senior reviewer, privacy officer, auditor.

Each is made only if somebody is named for it. A session lasts an hour at most and bears the person's own
name, which IAM compares: by it the relay's record of reads, CloudTrail and the access logs tell who it was.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra import rights
from infra.acknowledgements import acknowledge_patterns
from infra.configuration import Configuration
from infra.rights import Holdings

_HOUR = cdk.Duration.hours(1)


class Person(StrEnum):
    """Who a role is for; the value begins its logical ids and its output."""

    REVIEWER = "Reviewer"
    SENIOR_REVIEWER = "SeniorReviewer"
    PRIVACY_OFFICER = "PrivacyOfficer"
    AUDITOR = "Auditor"


_RIGHTS: Mapping[Person, Callable[[Holdings], list[iam.PolicyStatement]]] = {
    Person.REVIEWER: rights.reviewer,
    Person.SENIOR_REVIEWER: rights.senior_reviewer,
    Person.PRIVACY_OFFICER: rights.privacy_officer,
    Person.AUDITOR: rights.auditor,
}


class Reviewers(Construct):
    """`roles`: those that were made, by person."""

    def __init__(
        self, scope: Construct, id: str, *, holdings: Holdings, configuration: Configuration
    ) -> None:
        super().__init__(scope, id)
        named = {
            Person.REVIEWER: configuration.reviewer_principals,
            Person.SENIOR_REVIEWER: configuration.senior_reviewer_principals,
            Person.PRIVACY_OFFICER: configuration.privacy_officer_principals,
            Person.AUDITOR: configuration.auditor_principals,
        }
        self.roles = {
            person: self._role(person, principals, holdings, require_mfa=configuration.require_mfa)
            for person, principals in named.items()
            if principals
        }

    def _role(
        self, person: Person, principals: tuple[str, ...], holdings: Holdings, *, require_mfa: bool
    ) -> iam.Role:
        role = iam.Role(
            self,
            person,
            description=f"Parley: {_words(person)}",
            assumed_by=iam.CompositePrincipal(*(_named(each, require_mfa) for each in principals)),
            max_session_duration=_HOUR,
        )
        sessions = [iam.ArnPrincipal(each) for each in principals if not _is_user(each)]
        if sessions and role.assume_role_policy:
            # A source identity that an identity provider set goes along; nobody can set one here.
            role.assume_role_policy.add_statements(
                iam.PolicyStatement(
                    principals=sessions,
                    actions=["sts:SetSourceIdentity"],
                    conditions={"Null": {"aws:SourceIdentity": "false"}},
                )
            )
        statements = [*_finding(self), *_RIGHTS[person](holdings)]
        for statement in statements:
            role.add_to_policy(statement)
        acknowledge_patterns(
            role,
            statements,
            reason="Conversations, mails and days are objects and paths of their own; the patterns are as "
            "narrow as their names, and tests/infra/test_reviewers.py tries what they let through.",
        )
        cdk.CfnOutput(
            self, f"{person}Arn", value=role.role_arn, description=f"To be assumed: {_words(person)}"
        )
        return role


def _named(principal: str, require_mfa: bool) -> iam.IPrincipal:
    """A person whose session must bear their own name: the user's, or that of the session which an identity
    provider gave them. Session names have no wildcards (STS AssumeRole, RoleSessionName)."""
    if not _is_user(principal):
        # Whether a session began with a second factor is the identity provider's to know, not IAM's.
        own_name: dict[str, dict[str, str]] = {"StringLike": {"aws:userid": "*:${sts:RoleSessionName}"}}
    else:
        own_name = {"StringEquals": {"sts:RoleSessionName": "${aws:username}"}}
        if require_mfa:
            own_name["Bool"] = {"aws:MultiFactorAuthPresent": "true"}
    return iam.ArnPrincipal(principal).with_conditions(own_name)


def _words(person: Person) -> str:
    return person.name.lower().replace("_", " ")


def _is_user(principal: str) -> bool:
    return ":user/" in principal


def _finding(scope: Construct) -> list[iam.PolicyStatement]:
    """What the command finds the stack's resources by."""
    stack = cdk.Stack.of(scope)
    arn = stack.format_arn(service="cloudformation", resource="stack", resource_name=f"{stack.stack_name}/*")
    actions = ["cloudformation:DescribeStacks", "cloudformation:ListStackResources"]
    return [iam.PolicyStatement(actions=actions, resources=[arn])]
