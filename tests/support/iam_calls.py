"""What a call of AWS is authorised by: actions, their resources, and what IAM is told of the request.

AWS Service Authorization Reference. Raw mail over SESv2 is authorised as version 1 of the API calls it, a
transaction as its members are, and what is encrypted needs its key besides (each service's guide, "Encryption
at rest"). A call that is not in the table raises: nothing is allowed because nobody thought of it.
"""

import base64
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.support.iam import Context
from tests.support.resources import Template, of_type, references, text

Parameters = Mapping[str, Any]
_KEYS = {
    "AWS::DynamoDB::Table": ("SSESpecification", "KMSMasterKeyId"),
    "AWS::SQS::Queue": ("KmsMasterKeyId",),
    "AWS::SNS::Topic": ("KmsMasterKeyId",),
    "AWS::SecretsManager::Secret": ("KmsKeyId",),
}
_READS, _WRITES = ("kms:Decrypt",), ("kms:GenerateDataKey",)


class UnlistedCallError(LookupError):
    """The table has no such call; the text names it."""


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that must be allowed for a call to be answered."""

    action: str
    resource: str
    context: Context = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.action} on {self.resource}"


class Calls:
    """names: the logical id of a resource by each name that calls have for it: an ARN, a URL, a bucket's
    name. Without an entry a name is a logical id."""

    def __init__(self, template: Template, names: Mapping[str, str], region: str = "eu-west-1") -> None:
        self._resources = template["Resources"]
        self._names = names
        self._region = region

    def needs(self, service: str, operation: str, parameters: Parameters) -> list[Need]:
        """Raises `UnlistedCallError`."""
        listed = _TABLE.get(f"{service}.{operation}")
        if listed is None:
            raise UnlistedCallError(f"{service}.{operation}")
        return list(listed(self, parameters))

    def request(self, method: str, path: str) -> list[Need]:
        """Of a request to the HTTP API, signed for `execute-api`."""
        (api,) = (name for name, each in self._resources.items() if each["Type"] == "AWS::ApiGatewayV2::Api")
        stage = self.local("execute-api", f"<{api}>/$default")
        return [Need("execute-api:Invoke", f"{stage}/{method}{path}")]

    def local(self, service: str, rest: str) -> str:
        """An ARN in this account and region."""
        return f"arn:aws:{service}:{self._region}:<AWS::AccountId>:{rest}"

    def name(self, name: str) -> str:
        """The logical id. Raises `LookupError` for what the template does not have."""
        logical_id = self._names.get(name, name)
        if logical_id not in self._resources:
            raise LookupError(f"the template has no {name}")
        return logical_id

    def identity(self, domain: str) -> str:
        """The logical id of the SES identity of this domain. Raises `LookupError`."""
        for name, each in self._resources.items():
            if each["Type"] == "AWS::SES::EmailIdentity" and each["Properties"]["EmailIdentity"] == domain:
                return name
        raise LookupError(f"the template has no identity {domain}")

    def arn(self, name: str) -> str:
        return f"<{self.name(name)}.Arn>"

    def tables(self, sql: str) -> dict[str, tuple[str, str] | None]:
        """The Glue tables that a statement names, or that are read for a view which it names: bucket and
        prefix of each, None of a view."""
        known = {
            each["Properties"]["TableInput"]["Name"]: each["Properties"]["TableInput"]
            for each in of_type({"Resources": self._resources}, "AWS::Glue::Table").values()
        }
        views = {name: _statement(each) for name, each in known.items() if "ViewOriginalText" in each}
        read = " ".join([sql, *(views[name] for name in views if _names(sql, name))])
        return {
            name: None if name in views else _place(each["StorageDescriptor"]["Location"])
            for name, each in known.items()
            if _names(read, name)
        }

    def answers_of(self, workgroup: str) -> tuple[str, str]:
        """Bucket and prefix of a workgroup's answers."""
        (found,) = (
            each["Properties"]["WorkGroupConfiguration"]["ResultConfiguration"]["OutputLocation"]
            for each in of_type({"Resources": self._resources}, "AWS::Athena::WorkGroup").values()
            if each["Properties"]["Name"] == workgroup
        )
        return _place(found)

    def encrypted(
        self, name: str, service: str, actions: tuple[str, ...], context: Mapping[str, str] | None = None
    ) -> Iterator[Need]:
        """Of the key that the resource is encrypted with, if it has one of this stack."""
        resource = self._resources[self.name(name)]
        value = resource["Properties"]
        for each in _KEYS[resource["Type"]]:
            value = value.get(each, {})
        yield from self._used(value, service, actions, context)

    def in_bucket(self, name: str, key: str, actions: tuple[str, ...]) -> Iterator[Need]:
        """Of the key of an object. With a bucket key its context is the bucket's ARN, else the object's (S3
        User Guide, "Reducing the cost of SSE-KMS")."""
        properties = self._resources[self.name(name)]["Properties"]
        (rule,) = properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        by_default = rule["ServerSideEncryptionByDefault"].get("KMSMasterKeyID", {})
        held = self.arn(name) if rule.get("BucketKeyEnabled") else f"{self.arn(name)}/{key}"
        yield from self._used(by_default, "s3", actions, {"kms:EncryptionContext:aws:s3:arn": held})

    def _used(
        self, key: Any, service: str, actions: tuple[str, ...], context: Mapping[str, str] | None
    ) -> Iterator[Need]:
        through = {"kms:ViaService": f"{service}.{self._region}.amazonaws.com", **(context or {})}
        for each in references(key):
            yield from (Need(action, f"<{each}.Arn>", through) for action in actions)


def _names(sql: str, table: str) -> bool:
    return re.search(rf"\b{table}\b", sql) is not None


def _statement(view: Mapping[str, Any]) -> str:
    encoded = view["ViewOriginalText"].removeprefix("/* Presto View: ").removesuffix(" */")
    statement: str = json.loads(base64.b64decode(encoded))["originalSql"]
    return statement


def _place(location: Any) -> tuple[str, str]:
    """Bucket and prefix of `s3://bucket/prefix`."""
    bucket, _, prefix = text(location).removeprefix("s3://").partition("/")
    return bucket.strip("<>"), prefix


_Listed = Callable[[Calls, Parameters], Iterator[Need]]


def _object(action: str, actions_of_key: tuple[str, ...]) -> _Listed:
    def needed(calls: Calls, asked: Parameters) -> Iterator[Need]:
        of_version = "Version" if asked.get("VersionId") else ""
        yield Need(action + of_version, f"{calls.arn(asked['Bucket'])}/{asked['Key']}")
        yield from calls.in_bucket(asked["Bucket"], asked["Key"], actions_of_key)

    return needed


def _deletion(calls: Calls, asked: Parameters) -> Iterator[Need]:
    objects = asked["Delete"]["Objects"] if "Delete" in asked else [asked]
    for each in objects:
        target = f"{calls.arn(asked['Bucket'])}/{each['Key']}"
        yield Need("s3:DeleteObjectVersion" if each.get("VersionId") else "s3:DeleteObject", target)
        if asked.get("BypassGovernanceRetention"):
            yield Need("s3:BypassGovernanceRetention", target)


def _listing(action: str) -> _Listed:
    def needed(calls: Calls, asked: Parameters) -> Iterator[Need]:
        told = {"s3:prefix": "Prefix", "s3:delimiter": "Delimiter"}
        context = {key: asked[name] for key, name in told.items() if asked.get(name) is not None}
        yield Need(action, calls.arn(asked["Bucket"]), context)

    return needed


def _item(action: str) -> _Listed:
    def needed(calls: Calls, asked: Parameters) -> Iterator[Need]:
        yield from _table(calls, asked["TableName"], action, asked.get("IndexName"), _leading(asked))

    return needed


def _leading(asked: Parameters) -> Context:
    item = asked.get("Key") or asked.get("Item") or {}
    return {"dynamodb:LeadingKeys": [item["pk"]["S"]]} if item else {}


def _items(calls: Calls, asked: Parameters) -> Iterator[Need]:
    for table in asked["RequestItems"]:
        yield from _table(calls, table, "dynamodb:BatchGetItem")


def _transaction(calls: Calls, asked: Parameters) -> Iterator[Need]:
    members = {
        "Put": "dynamodb:PutItem",
        "Update": "dynamodb:UpdateItem",
        "Delete": "dynamodb:DeleteItem",
        "ConditionCheck": "dynamodb:ConditionCheckItem",
        "Get": "dynamodb:GetItem",
    }
    for each in asked["TransactItems"]:
        for kind, member in each.items():
            yield from _table(calls, member["TableName"], members[kind], context=_leading(member))


def _table(
    calls: Calls, table: str, action: str, index: str | None = None, context: Context | None = None
) -> Iterator[Need]:
    yield Need(action, calls.arn(table) + (f"/index/{index}" if index else ""), context or {})
    # DynamoDB opens the table's own key in the caller's name, to read and to write.
    yield from calls.encrypted(table, "dynamodb", _READS)


def _queue(action: str, actions_of_key: tuple[str, ...] = ()) -> _Listed:
    def needed(calls: Calls, asked: Parameters) -> Iterator[Need]:
        yield Need(action, calls.arn(asked["QueueUrl"]))
        yield from calls.encrypted(asked["QueueUrl"], "sqs", actions_of_key)

    return needed


def _key(action: str) -> _Listed:
    def needed(calls: Calls, asked: Parameters) -> Iterator[Need]:
        told = {"kms:SigningAlgorithm": "SigningAlgorithm", "kms:MessageType": "MessageType"}
        context = {key: asked[name] for key, name in told.items() if name in asked}
        yield Need(action, calls.arn(asked["KeyId"]), context)

    return needed


def _secret(calls: Calls, asked: Parameters) -> Iterator[Need]:
    # Its Ref is its ARN.
    yield Need("secretsmanager:GetSecretValue", f"<{calls.name(asked['SecretId'])}>")
    yield from calls.encrypted(asked["SecretId"], "secretsmanager", _READS)


def _mail(calls: Calls, asked: Parameters) -> Iterator[Need]:
    author = asked["FromEmailAddress"]
    context = {"ses:FromAddress": author}
    identity = calls.identity(author.rpartition("@")[2])
    yield Need("ses:SendRawEmail", calls.local("ses", f"identity/<{identity}>"), context)
    used = asked["ConfigurationSetName"]
    yield Need("ses:SendRawEmail", calls.local("ses", f"configuration-set/{used}"), context)


def _asking(action: str) -> _Listed:
    """Of the workgroup, which the id of a query begins with here: `Parley-reviewing:1`."""

    def needed(calls: Calls, asked: Parameters) -> Iterator[Need]:
        named = asked.get("WorkGroup") or asked["QueryExecutionId"].partition(":")[0]
        yield Need(action, calls.local("athena", f"workgroup/{named}"))

    return needed


def _started(calls: Calls, asked: Parameters) -> Iterator[Need]:
    """Athena looks tables up, reads their files and writes the answer in the caller's name (Athena User
    Guide, "Control access to Amazon S3 from Athena", "Fine-grained access to databases and tables")."""
    yield from _asking("athena:StartQueryExecution")(calls, asked)
    yield from _tables(calls, "glue:GetDatabase", asked["QueryExecutionContext"]["Database"], [])
    for name, place in calls.tables(asked["QueryString"]).items():
        yield from _tables(calls, "glue:GetTable", asked["QueryExecutionContext"]["Database"], [name])
        if place is None:
            continue
        bucket, prefix = place
        yield from _tables(calls, "glue:GetPartitions", asked["QueryExecutionContext"]["Database"], [name])
        yield Need("s3:ListBucket", calls.arn(bucket), {"s3:prefix": prefix})
        yield from _object("s3:GetObject", _READS)(calls, {"Bucket": bucket, "Key": f"{prefix}a-file"})
    bucket, prefix = calls.answers_of(asked["WorkGroup"])
    yield Need("s3:GetBucketLocation", calls.arn(bucket))
    answer = {"Bucket": bucket, "Key": f"{prefix}an-answer"}
    yield from _object("s3:PutObject", _WRITES)(calls, answer)
    yield Need("s3:AbortMultipartUpload", f"{calls.arn(bucket)}/{answer['Key']}")


def _answered(calls: Calls, asked: Parameters) -> Iterator[Need]:
    yield from _asking("athena:GetQueryResults")(calls, asked)
    bucket, prefix = calls.answers_of(asked["QueryExecutionId"].partition(":")[0])
    yield from _object("s3:GetObject", _READS)(calls, {"Bucket": bucket, "Key": f"{prefix}an-answer"})


def _tables(calls: Calls, action: str, database: str, names: Iterable[str]) -> Iterator[Need]:
    """Glue asks for the catalogue and the database as well (Glue Developer Guide, "Specifying Glue resource
    ARNs")."""
    yield Need(action, calls.local("glue", "catalog"))
    yield Need(action, calls.local("glue", f"database/{database}"))
    yield from (Need(action, calls.local("glue", f"table/{database}/{name}")) for name in names)


def _unbound(action: str) -> _Listed:
    """An action that takes no resource."""
    return lambda _calls, _asked: iter([Need(action, "*")])


def _stack(action: str) -> _Listed:
    return lambda calls, asked: iter(
        [Need(action, calls.local("cloudformation", f"stack/{asked['StackName']}/an-id"))]
    )


_TABLE: dict[str, _Listed] = {
    **{
        f"athena.{each}": _asking(f"athena:{each}")
        for each in (
            *("StopQueryExecution", "GetQueryExecution", "GetWorkGroup"),
            *("ListNamedQueries", "GetNamedQuery", "BatchGetNamedQuery"),
        )
    },
    "athena.GetQueryResults": _answered,
    "athena.StartQueryExecution": _started,
    "cloudformation.DescribeStacks": _stack("cloudformation:DescribeStacks"),
    "cloudformation.ListStackResources": _stack("cloudformation:ListStackResources"),
    "cloudtrail.DescribeTrails": _unbound("cloudtrail:DescribeTrails"),
    "cloudtrail.ListPublicKeys": _unbound("cloudtrail:ListPublicKeys"),
    "cloudtrail.LookupEvents": _unbound("cloudtrail:LookupEvents"),
    "dynamodb.BatchGetItem": _items,
    "dynamodb.DeleteItem": _item("dynamodb:DeleteItem"),
    "dynamodb.GetItem": _item("dynamodb:GetItem"),
    "dynamodb.PutItem": _item("dynamodb:PutItem"),
    "dynamodb.Query": _item("dynamodb:Query"),
    "dynamodb.Scan": _item("dynamodb:Scan"),
    "dynamodb.TransactGetItems": _transaction,
    "dynamodb.TransactWriteItems": _transaction,
    "dynamodb.UpdateItem": _item("dynamodb:UpdateItem"),
    "glue.GetTables": lambda calls, asked: _tables(
        calls, "glue:GetTables", asked["DatabaseName"], asked["Tables"]
    ),
    "kms.DescribeKey": _key("kms:DescribeKey"),
    "kms.GetPublicKey": _key("kms:GetPublicKey"),
    "kms.Sign": _key("kms:Sign"),
    "lambda.Invoke": lambda calls, asked: iter(
        [Need("lambda:InvokeFunction", calls.arn(asked["FunctionName"]))]
    ),
    "s3.DeleteObject": _deletion,
    "s3.DeleteObjects": _deletion,
    "s3.GetBucketLocation": lambda calls, asked: iter(
        [Need("s3:GetBucketLocation", calls.arn(asked["Bucket"]))]
    ),
    "s3.GetObject": _object("s3:GetObject", _READS),
    # There is no action of that name.
    "s3.HeadObject": _object("s3:GetObject", _READS),
    "s3.ListObjectVersions": _listing("s3:ListBucketVersions"),
    "s3.ListObjects": _listing("s3:ListBucket"),
    "s3.ListObjectsV2": _listing("s3:ListBucket"),
    "s3.PutObject": _object("s3:PutObject", _WRITES),
    "secretsmanager.GetSecretValue": _secret,
    "ses.DescribeActiveReceiptRuleSet": _unbound("ses:DescribeActiveReceiptRuleSet"),
    "ses.SetActiveReceiptRuleSet": _unbound("ses:SetActiveReceiptRuleSet"),
    "sesv2.DeleteSuppressedDestination": _unbound("ses:DeleteSuppressedDestination"),
    "sesv2.SendEmail": _mail,
    "sqs.GetQueueAttributes": _queue("sqs:GetQueueAttributes"),
    "sqs.ChangeMessageVisibility": _queue("sqs:ChangeMessageVisibility"),
    "sqs.DeleteMessage": _queue("sqs:DeleteMessage"),
    "sqs.ReceiveMessage": _queue("sqs:ReceiveMessage", _READS),
    # SQS makes data keys anew only now and then, and opens the one it has in between.
    "sqs.SendMessage": _queue("sqs:SendMessage", (*_WRITES, *_READS)),
    # Any credentials may ask whose they are.
    "sts.GetCallerIdentity": lambda _calls, _asked: iter([]),
}
