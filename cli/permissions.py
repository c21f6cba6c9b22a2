"""Which IAM actions the command's calls are authorised by (AWS Service Authorization Reference).

docs/deploying.md shows them as a policy. A test compares the operations here with the calls in the code, and
the actions with that policy.
"""

DOCTOR: dict[str, tuple[str, ...]] = {
    "DescribeActiveReceiptRuleSet": ("ses:DescribeActiveReceiptRuleSet",),
    "DescribeKey": ("kms:DescribeKey",),
    "DescribeStacks": ("cloudformation:DescribeStacks",),
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
    "ListObjectsV2": ("s3:ListBucket",),
    "Query": ("dynamodb:Query", "kms:Decrypt"),
    "ReceiveMessage": ("sqs:ReceiveMessage",),
    # SendEmail with raw content is authorised as version 1 of the API calls it.
    "SendEmail": ("ses:SendRawEmail",),
    "Subscribe": ("sns:Subscribe",),
    "Unsubscribe": ("sns:Unsubscribe",),
}
API = ("execute-api:Invoke",)


def actions_of(operation: str) -> tuple[str, ...]:
    """The actions that a call needs; () for one that is not listed."""
    return DOCTOR.get(operation) or SMOKE.get(operation) or ()
