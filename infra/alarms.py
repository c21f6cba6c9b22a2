"""What wakes the operator. Every queue and every function of the stack is watched, whoever adds it.

An alarm's description says what happened and where docs/operations.md tells what to do; a test holds the two
together. Alarms have no literal names: CloudFormation makes them of the ids here.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

OUR_NAMESPACE = "Parley"
OUR_DIMENSIONS = {"service": "parley"}
"""As parley.observability has them; a test compares."""
RUNBOOK = "docs/operations.md#"
_MINUTE, _HOUR, _DAY = 60, 3600, 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """One alarm: it rings when `metric` reaches `limit`, or with `below` stays below it, in each of `times`
    periods of `seconds`.

    says: what happened, for a person. runbook: the section of docs/operations.md. silence_rings: whether it
    rings without data, too. silence_keeps: whether it stays as it is then, instead of falling silent.
    """

    id: str
    says: str
    runbook: str
    namespace: str
    metric: str
    statistic: str
    limit: float
    dimensions: Mapping[str, str] = field(default_factory=dict)
    seconds: int = 5 * _MINUTE
    times: int = 1
    silence_rings: bool = False
    silence_keeps: bool = False
    below: bool = False


class Alarms(Construct):
    """`topic`, which tells the operator's mailbox, and `alarms` by id. Made after all that it watches."""

    def __init__(self, scope: Construct, id: str, *, key: kms.Key, operator_mailbox: str) -> None:
        super().__init__(scope, id)
        stack = cdk.Stack.of(self)
        # Who has to act may not be able to read mail: the topic carries names of alarms and numbers.
        self.topic = sns.Topic(self, "Topic", master_key=key, enforce_ssl=True)
        self._let_cloudwatch_publish(key)
        sns.Subscription(
            self,
            "Operator",
            topic=self.topic,
            protocol=sns.SubscriptionProtocol.EMAIL,
            endpoint=operator_mailbox,
        )
        made = stack.node.find_all()
        watches = [*_on_queues(made), *_on_functions(made), *_on_streams(made), *_on_schedules(made)]
        watches += [*_ON_MAIL]
        watches += [*_ON_LAKE, *_ON_REPUTATION]
        self.alarms = {each.id: self._alarm(each) for each in watches}

    def _alarm(self, watch: Watch) -> cloudwatch.Alarm:
        metric = cloudwatch.Metric(
            namespace=watch.namespace,
            metric_name=watch.metric,
            dimensions_map=dict(watch.dimensions) or None,
            statistic=watch.statistic,
            period=cdk.Duration.seconds(watch.seconds),
        )
        alarm = metric.create_alarm(
            self,
            watch.id,
            alarm_description=f"{watch.says} What to do: {RUNBOOK}{watch.runbook}",
            comparison_operator=(
                cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD
                if watch.below
                else cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
            ),
            threshold=watch.limit,
            evaluation_periods=watch.times,
            treat_missing_data=_without_data(watch),
        )
        told = actions.SnsAction(self.topic)
        alarm.add_alarm_action(told)
        alarm.add_ok_action(told)
        return alarm

    def _let_cloudwatch_publish(self, key: kms.Key) -> None:
        """Without the key's consent an alarm rings and nobody hears it."""
        stack, service = cdk.Stack.of(self), iam.ServicePrincipal("cloudwatch.amazonaws.com")
        alarms = f"arn:{stack.partition}:cloudwatch:{stack.region}:{stack.account}:alarm:*"
        # SNS Developer Guide, "Enable compatibility between event sources from AWS services and encrypted
        # topics", for both policies.
        of_this_account = {
            "StringEquals": {"aws:SourceAccount": stack.account},
            "ArnLike": {"aws:SourceArn": alarms},
        }
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AlarmsPublish",
                principals=[service],
                actions=["sns:Publish"],
                resources=[self.topic.topic_arn],
                conditions=of_this_account,
            )
        )
        key.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[service],
                actions=["kms:Decrypt", "kms:GenerateDataKey*"],
                resources=["*"],
                conditions=of_this_account,
            )
        )


def _without_data(watch: Watch) -> cloudwatch.TreatMissingData:
    missing = cloudwatch.TreatMissingData
    if watch.silence_keeps:
        return missing.IGNORE
    return missing.BREACHING if watch.silence_rings else missing.NOT_BREACHING


def _on_queues(made: Iterable[object]) -> Iterator[Watch]:
    for queue in made:
        if not isinstance(queue, sqs.CfnQueue):
            continue
        name, dimensions = _name(queue), {"QueueName": queue.attr_queue_name}
        if queue.redrive_policy is None:
            yield Watch(
                id=f"{name}Depth",
                says="A message that nobody could work on, or deliver, lies in a dead-letter queue.",
                runbook="dead-letters",
                namespace="AWS/SQS",
                metric="ApproximateNumberOfMessagesVisible",
                statistic="Maximum",
                dimensions=dimensions,
                limit=1,
            )
        else:
            yield Watch(
                id=f"{name}Age",
                says="The oldest message of a queue has waited for 15 minutes.",
                runbook="mail-waits",
                namespace="AWS/SQS",
                metric="ApproximateAgeOfOldestMessage",
                statistic="Maximum",
                dimensions=dimensions,
                limit=15 * _MINUTE,
            )


def _on_functions(made: Iterable[object]) -> Iterator[Watch]:
    for function in made:
        if not isinstance(function, lambda_.CfnFunction):
            continue
        name, dimensions = _name(function), {"FunctionName": function.ref}
        yield Watch(
            id=f"{name}Errors",
            says="A function ended with an error, or ran out of time or memory.",
            runbook="a-function-fails",
            namespace="AWS/Lambda",
            metric="Errors",
            statistic="Sum",
            dimensions=dimensions,
            limit=1,
        )
        # A burst of mail in a new account meets the limit of ten for moments, which SQS bridges.
        yield Watch(
            id=f"{name}Throttles",
            says="For 15 minutes Lambda has refused to run a function as often as it was asked to.",
            runbook="a-function-is-throttled",
            namespace="AWS/Lambda",
            metric="Throttles",
            statistic="Sum",
            dimensions=dimensions,
            limit=1,
            times=3,
        )


def _on_streams(made: Iterable[object]) -> Iterator[Watch]:
    """Mappings that have a starting position follow a stream."""
    for mapping in made:
        if isinstance(mapping, lambda_.CfnEventSourceMapping) and mapping.starting_position is not None:
            yield Watch(
                id=f"{_name(mapping)}Age",
                says="What follows the table's stream is 15 minutes behind; after 24 hours changes are lost.",
                runbook="the-archive-is-behind",
                namespace="AWS/Lambda",
                metric="IteratorAge",
                statistic="Maximum",
                dimensions={"FunctionName": mapping.function_name},
                limit=15 * _MINUTE * 1000,
            )


def _on_schedules(made: Iterable[object]) -> Iterator[Watch]:
    """A function that is not started has no errors. Nothing is measured of it then, so silence rings."""
    for rule in made:
        if not isinstance(rule, events.CfnRule) or rule.schedule_expression is None:
            continue
        yield Watch(
            id=f"{_name(rule)}Silent",
            says="A function that a schedule starts every hour or more often has not run for two hours.",
            runbook="a-schedule-is-silent",
            namespace="AWS/Lambda",
            metric="Invocations",
            statistic="Sum",
            dimensions={"FunctionName": _started_by(rule)},
            limit=1,
            below=True,
            seconds=_HOUR,
            times=2,
            silence_rings=True,
        )


def _started_by(rule: events.CfnRule) -> str:
    """The name of the function that is the rule's only target: the last part of its ARN."""
    stack = cdk.Stack.of(rule)
    (target,) = stack.resolve(rule.targets)
    (logical_id, _attribute) = target["arn"]["Fn::GetAtt"]
    (function,) = (
        each
        for each in stack.node.find_all()
        if isinstance(each, lambda_.CfnFunction) and stack.resolve(each.logical_id) == logical_id
    )
    return function.ref


def _name(resource: cdk.CfnResource) -> str:
    """The path of a resource below its stack, without the ids that all resources or functions share."""
    path = resource.node.path.split("/")[1:]
    return "".join(part for part in path if part not in ("Resource", "Function"))


_ON_MAIL = (
    Watch(
        id="LeakStopped",
        says="The leak gate stopped a mail in which masking had left a protected mailbox, or which it could "
        "not read.",
        runbook="the-leak-gate-stopped-a-mail",
        namespace=OUR_NAMESPACE,
        metric="LeakStopped",
        statistic="Sum",
        dimensions=OUR_DIMENSIONS,
        limit=1,
    ),
    Watch(
        id="MailGivenUp",
        says="A mail failed five times for its own sake, or had to wait for twelve days, and lies in the "
        "dead-letter queue.",
        runbook="a-mail-is-given-up",
        namespace=OUR_NAMESPACE,
        metric="MailGivenUp",
        statistic="Sum",
        dimensions=OUR_DIMENSIONS,
        limit=1,
    ),
    Watch(
        id="DeferredAge",
        says="A mail, or what SES told of one, was put off again and has waited for 15 minutes or longer.",
        runbook="mail-waits",
        namespace=OUR_NAMESPACE,
        metric="DeferredAge",
        statistic="Maximum",
        dimensions=OUR_DIMENSIONS,
        limit=15 * _MINUTE,
        # What waits tells so each time that it is put off, and the pauses grow to two hours.
        seconds=3 * _HOUR,
    ),
    Watch(
        id="MailForgotten",
        says="The sweep found mail in the inbox that nothing brings any more.",
        runbook="mail-without-a-notification",
        namespace=OUR_NAMESPACE,
        metric="MailForgotten",
        statistic="Sum",
        dimensions=OUR_DIMENSIONS,
        limit=1,
    ),
    Watch(
        id="HeldAge",
        says="A held mail has waited for a reviewer for a day.",
        runbook="held-mail-waits",
        namespace=OUR_NAMESPACE,
        metric="HeldAge",
        statistic="Maximum",
        dimensions=OUR_DIMENSIONS,
        limit=_DAY,
        # It is measured every 15 minutes. Where it is not, held mail waits all the same.
        seconds=30 * _MINUTE,
        silence_keeps=True,
    ),
    Watch(
        id="ErasureFailed",
        says="An erasure, or the round of retention, has failed three times in a row.",
        runbook="an-erasure-fails",
        namespace=OUR_NAMESPACE,
        metric="ErasureFailed",
        statistic="Sum",
        dimensions=OUR_DIMENSIONS,
        limit=1,
        seconds=15 * _MINUTE,
        times=3,
    ),
)

_ON_LAKE = (
    Watch(
        id="LakeLinesMalformed",
        says="Lines arrived in the lake that are no rows (its table errors says which), or markers of an "
        "erasure that nobody can read.",
        runbook="the-lake-cannot-read-a-line",
        namespace=OUR_NAMESPACE,
        metric="LakeLinesMalformed",
        statistic="Sum",
        dimensions=OUR_DIMENSIONS,
        limit=1,
        seconds=_HOUR,
    ),
    Watch(
        id="LakeDaysFailed",
        says="A day of the lake could not be written: keep_lake's log says which and why. Its rows wait "
        "where they arrived, and erasures that name the day do not end.",
        runbook="the-lake-cannot-write-a-day",
        namespace=OUR_NAMESPACE,
        metric="LakeDaysFailed",
        statistic="Sum",
        dimensions=OUR_DIMENSIONS,
        limit=1,
        seconds=_HOUR,
    ),
    Watch(
        id="LakeOldestArrival",
        says="Rows or recorded reads have waited for the lake for hours, or keep_lake does not run: queries "
        "lack what is new, and erasures wait.",
        runbook="the-lake-is-behind",
        namespace=OUR_NAMESPACE,
        metric="LakeOldestArrival",
        statistic="Maximum",
        dimensions=OUR_DIMENSIONS,
        # Three rounds that did nothing.
        limit=4 * _HOUR,
        seconds=_HOUR,
        times=2,
        # A function that does not run tells nothing.
        silence_rings=True,
    ),
)

# Of the whole account, without a dimension: by these numbers SES puts an account under review (bounces from
# 5 %, complaints from 0.1 %) and pauses its sending (SES Developer Guide, "Sending review process FAQs").
_ON_REPUTATION = (
    Watch(
        id="BounceRate",
        says="Of the account's mail 2 % or more bounces; from 5 % on SES puts it under review.",
        runbook="mail-bounces",
        namespace="AWS/SES",
        metric="Reputation.BounceRate",
        statistic="Maximum",
        limit=0.02,
        seconds=_HOUR,
    ),
    Watch(
        id="ComplaintRate",
        says="Of the account's recipients 0.1 % or more complain; at this rate SES puts it under review.",
        runbook="recipients-complain",
        namespace="AWS/SES",
        metric="Reputation.ComplaintRate",
        statistic="Maximum",
        limit=0.001,
        seconds=_HOUR,
    ),
)
