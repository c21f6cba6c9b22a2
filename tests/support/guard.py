"""IAM before every call of botocore: a call that the role in charge may not make is refused as AWS does it.

with guarded(template, names) as guard:
    with guard.acting("RelayReceiveMailRole1234ABCD"):
        ...                                   # its calls pass, or end in AccessDenied
    guard.refused                             # what was not allowed, and to whom

Without a role in charge calls pass unseen: they are the test's own.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from botocore.client import BaseClient
from botocore.exceptions import ClientError

from tests.support.iam import Iam
from tests.support.iam_calls import Calls, Need
from tests.support.resources import Template, of_type, references
from tests.support.runtime import Runtime

Answers = Mapping[str, Callable[[Mapping[str, Any]], Any]]
# How a service says that it may not be asked; the others say AccessDeniedException.
_CODES = {"s3": "AccessDenied", "sqs": "AccessDenied", "cloudformation": "AccessDenied"}
_MISSING = frozenset(("404", "NoSuchKey"))


@dataclass(frozen=True, slots=True)
class Asked:
    """One need of one call. role: who made it, by logical id."""

    role: str
    need: Need
    allowed: bool


class Guard:
    """answers: what is answered in AWS's place, by `service.operation`. One role is in charge at a time, of
    all threads."""

    def __init__(self, template: Template, names: Mapping[str, str], answers: Answers) -> None:
        self.iam = Iam(template)
        self.calls = Calls(template, names)
        self.asked: list[Asked] = []
        self._answers = answers
        self._role: str | None = None
        self._roles = {
            each["Properties"]["Handler"].partition(".")[0]: next(references(each["Properties"]["Role"]))
            for each in of_type(template, "AWS::Lambda::Function").values()
        }

    @property
    def refused(self) -> list[Asked]:
        return [each for each in self.asked if not each.allowed]

    def role_of(self, package: str) -> str:
        """The role of the function whose handler is in `package`."""
        return self._roles[package]

    @contextmanager
    def acting(self, role: str | None) -> Iterator[None]:
        before, self._role = self._role, role
        try:
            yield
        finally:
            self._role = before

    def lets(self, needs: list[Need]) -> bool:
        """Whether the role in charge may have all of it; notes each."""
        role = self._role
        if role is None:
            return True
        asked = [Asked(role, each, self._allows(role, each)) for each in needs]
        self.asked += asked
        return all(each.allowed for each in asked)

    def _allows(self, role: str, need: Need) -> bool:
        return self.iam.allows(role, need.action, need.resource, need.context)

    def call(self, client: Any, operation: str, parameters: Mapping[str, Any], go_on: Any) -> Any:
        """What the caller of a client's method is answered."""
        service, role = client.meta.service_model.service_name, self._role
        if role is None:
            return go_on(client, operation, parameters)
        if not self.lets(self.calls.needs(service, operation, parameters)):
            raise _denial(client, service, operation)
        answer = self._answers.get(f"{service}.{operation}")
        if answer is not None:
            return answer(parameters)
        try:
            return go_on(client, operation, parameters)
        except ClientError as error:
            missing = error.response["Error"]["Code"] in _MISSING
            if service == "s3" and missing and not self._may_miss(role, parameters["Bucket"]):
                raise _denial(client, service, operation) from None
            raise

    def _may_miss(self, role: str, bucket: str) -> bool:
        """S3 says that an object is missing to who may list the bucket, and denies access to others (S3 API
        Reference, GetObject)."""
        return self.lets([Need("s3:ListBucket", self.calls.arn(bucket))])


@contextmanager
def guarded(template: Template, names: Mapping[str, str], answers: Answers | None = None) -> Iterator[Guard]:
    """Puts a guard before all clients of this process."""
    guard, by_botocore = Guard(template, names, answers or {}), BaseClient._make_api_call

    def make(client: Any, operation: str, parameters: Mapping[str, Any]) -> Any:
        return guard.call(client, operation, parameters, by_botocore)

    with patch.object(BaseClient, "_make_api_call", make):
        yield guard


@contextmanager
def under_own_roles(runtime: Runtime) -> Iterator[Guard]:
    """Every function that the runtime invokes works under its own role from here on."""
    deployment = runtime.deployment
    names: dict[str, str] = {}
    with guarded(deployment.template, names) as guard:

        def acting(package: str) -> AbstractContextManager[None]:
            # Resources are made when a function's variables first name them.
            names.update(deployment.stack.names())
            return guard.acting(guard.role_of(package))

        runtime.acting, runtime.aside = acting, lambda: guard.acting(None)
        yield guard


def _denial(client: Any, service: str, operation: str) -> ClientError:
    code = _CODES.get(service, "AccessDeniedException")
    error = client.exceptions.from_code(code)
    response = {"Error": {"Code": code, "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": 403}}
    denied: ClientError = error(response, operation)
    return denied
