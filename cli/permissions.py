"""Which IAM actions the command's calls are authorised by (AWS Service Authorization Reference).

docs/deploying.md shows them as a policy. A test compares the operations here with the calls in the code, and
the actions with that policy.
"""

DOCTOR: dict[str, tuple[str, ...]] = {
    "DescribeActiveReceiptRuleSet": ("ses:DescribeActiveReceiptRuleSet",),
    "DescribeKey": ("kms:DescribeKey",),
    "DescribeStacks": ("cloudformation:DescribeStacks",),
    "DescribeTable": ("dynamodb:DescribeTable",),
    "GetAccount": ("ses:GetAccount",),
    "GetConfigurationSet": ("ses:GetConfigurationSet",),
    "GetConfigurationSetEventDestinations": ("ses:GetConfigurationSetEventDestinations",),
    "GetEmailIdentity": ("ses:GetEmailIdentity",),
    "GetEventSourceMapping": ("lambda:GetEventSourceMapping",),
    "GetFunctionConfiguration": ("lambda:GetFunctionConfiguration",),
    "GetQueueAttributes": ("sqs:GetQueueAttributes",),
    # Without the right to list, S3 denies access to an object that is not there.
    "HeadObject": ("s3:GetObject", "s3:ListBucket"),
    "ListStackResources": ("cloudformation:ListStackResources",),
    "ListSubscriptionsByTopic": ("sns:ListSubscriptionsByTopic",),
}
SMOKE: dict[str, tuple[str, ...]] = {
    "CreateQueue": ("sqs:CreateQueue",),
    "DeleteQueue": ("sqs:DeleteQueue",),
    # What is encrypted with the stack's key is read with it.
    "GetObject": ("s3:GetObject", "kms:Decrypt"),
    # Of the key that signed the checkpoint.
    "GetPublicKey": ("kms:GetPublicKey",),
    "ListObjectsV2": ("s3:ListBucket",),
    "Query": ("dynamodb:Query", "kms:Decrypt"),
    "ReceiveMessage": ("sqs:ReceiveMessage",),
    # SendEmail with raw content is authorised as version 1 of the API calls it.
    "SendEmail": ("ses:SendRawEmail",),
    "Subscribe": ("sns:Subscribe",),
    "Unsubscribe": ("sns:Unsubscribe",),
}
REVIEW: dict[str, tuple[str, ...]] = {
    # Any credentials may ask whose they are.
    "GetCallerIdentity": (),
    # Only to compare the archive with the table; verification goes on without.
    "GetItem": ("dynamodb:GetItem", "kms:Decrypt"),
    # Of a certain version: evidence is read as it was first written.
    "GetObject": ("s3:GetObject", "s3:GetObjectVersion", "kms:Decrypt"),
    "GetPublicKey": ("kms:GetPublicKey",),
    "ListObjectVersions": ("s3:ListBucketVersions",),
    "ListObjectsV2": ("s3:ListBucket",),
    # With the key of exports, never with that of checkpoints.
    "Sign": ("kms:Sign",),
}
"""Of `review`, `verify` and `export`, besides finding the stack; the roles of docs/reviewing.md have them."""
QUERY: dict[str, tuple[str, ...]] = {
    "GetObject": ("s3:GetObject", "kms:Decrypt"),
    "GetQueryExecution": ("athena:GetQueryExecution",),
    # Athena reads the tables' descriptions and files, and keeps its results, with the rights of who asks.
    "GetQueryResults": ("athena:GetQueryResults", "s3:GetObject", "kms:Decrypt"),
    "ListObjectsV2": ("s3:ListBucket",),
    "StartQueryExecution": (
        *("athena:StartQueryExecution", "glue:GetDatabase", "glue:GetTable", "glue:GetPartitions"),
        *("s3:GetBucketLocation", "s3:GetObject", "s3:ListBucket", "s3:PutObject"),
        *("kms:Decrypt", "kms:GenerateDataKey"),
    ),
    "StopQueryExecution": ("athena:StopQueryExecution",),
}
"""Of `query` and `report`, besides finding the stack; the roles of docs/reviewing.md have them."""
REPLAY: dict[str, tuple[str, ...]] = {
    "ChangeMessageVisibility": ("sqs:ChangeMessageVisibility",),
    "DeleteMessage": ("sqs:DeleteMessage",),
    "HeadObject": ("s3:GetObject", "s3:ListBucket"),
    "ReceiveMessage": ("sqs:ReceiveMessage", "kms:Decrypt"),
    "SendMessage": ("sqs:SendMessage", "kms:Decrypt", "kms:GenerateDataKey"),
}
API = ("execute-api:Invoke",)
ERASE: dict[str, tuple[str, ...]] = {"Invoke": ("lambda:InvokeFunction",)}
"""Of `erase` and `erasures`, besides finding the stack; a privacy officer's role has it."""
_ALL = (DOCTOR, SMOKE, REVIEW, QUERY, REPLAY, ERASE)


def actions_of(operation: str) -> tuple[str, ...]:
    """The actions that a call needs; () for one that is not listed."""
    return next((each[operation] for each in _ALL if each.get(operation)), ())
