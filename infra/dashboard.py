"""One page that answers: is mail flowing, how fast, what is stopped, and why."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.alarms import OUR_DIMENSIONS, OUR_NAMESPACE, Alarms

_OUTCOMES = ("MailRelayed", "MailHeld", "MailRefused", "MailDiscarded")
_DELIVERIES = ("DeliveryDelivered", "DeliveryDelayed", "DeliveryBounced", "DeliveryComplained")
_PERIOD = cdk.Duration.minutes(5)
_HALF, _THIRD, _WHOLE = 12, 8, 24


class Dashboard(Construct):
    """`dashboard`. Why mail was stopped it asks the log: a metric for each code would be paid for."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        receive_mail: lambda_.Function,
        log_group: logs.LogGroup,
        queue: sqs.Queue,
        alarms: Alarms,
    ) -> None:
        super().__init__(scope, id)
        self._log_group = log_group
        url = f"https://{cdk.Stack.of(self).region}.console.aws.amazon.com/cloudwatch/home#dashboards:name="
        self.dashboard = cloudwatch.Dashboard(
            self, "Dashboard", default_interval=cdk.Duration.hours(24), widgets=[]
        )
        self.dashboard.add_widgets(
            cloudwatch.AlarmStatusWidget(
                title="Is anything wrong?", alarms=list(alarms.alarms.values()), width=_WHOLE, height=5
            )
        )
        self.dashboard.add_widgets(*self._flow(queue))
        self.dashboard.add_widgets(*self._speed(receive_mail, queue))
        self.dashboard.add_widgets(*self._stops(alarms))
        self.dashboard.add_widgets(*self._reasons())
        cdk.CfnOutput(self, "Url", value=url + self.dashboard.dashboard_name, description="Is mail flowing?")

    def _flow(self, queue: sqs.Queue) -> list[cloudwatch.IWidget]:
        arrived = queue.metric_number_of_messages_sent(label="notifications", period=_PERIOD)
        return [
            _graph("Is mail flowing? What became of it", [_ours(each) for each in _OUTCOMES], _THIRD),
            _graph(
                "What SES handed over, and what was tried in vain", [arrived, _ours("MailUnfinished")], _THIRD
            ),
            _graph("What the recipients' servers said", [_ours(each) for each in _DELIVERIES], _THIRD),
        ]

    def _speed(self, receive_mail: lambda_.Function, queue: sqs.Queue) -> list[cloudwatch.IWidget]:
        times = [_ours("RelayTime", statistic=each) for each in ("p50", "p95", "p99")]
        works = [
            receive_mail.metric_duration(statistic=each, label=each, period=_PERIOD)
            for each in ("p50", "p99")
        ]
        age = queue.metric_approximate_age_of_oldest_message(label="not yet tried thrice", period=_PERIOD)
        put_off = _ours("DeferredAge", "Maximum")
        return [
            _graph("How fast? Seconds from SES's receipt to SES's acceptance", times, width=_THIRD),
            _graph("How long receive_mail works, milliseconds", works, width=_THIRD),
            _graph("How long the oldest mail has waited, seconds", [age, put_off], width=_THIRD),
        ]

    def _stops(self, alarms: Alarms) -> list[cloudwatch.IWidget]:
        letters = [each.metric for name, each in alarms.alarms.items() if name.endswith("Depth")]
        rates = [alarms.alarms[name].metric for name in ("BounceRate", "ComplaintRate")]
        return [
            _graph("What is stopped? Dead letters", letters, width=_THIRD),
            _graph(
                "How long the oldest held mail has waited, seconds", [_ours("HeldAge", "Maximum")], _THIRD
            ),
            _graph("What the account's reputation is", rates, width=_THIRD),
        ]

    def _reasons(self) -> list[cloudwatch.IWidget]:
        return [
            self._query(
                "And why? Outcomes by code",
                'filter message = "outcome" and outcome != "relayed"',
                "stats count(*) as mails by outcome, codes.0",
                "sort mails desc",
            ),
            self._query(
                "Why mail had to wait",
                'filter message = "unfinished"',
                "stats count(*) as tries by cause",
                "sort tries desc",
            ),
        ]

    def _query(self, title: str, *lines: str) -> cloudwatch.LogQueryWidget:
        return cloudwatch.LogQueryWidget(
            title=title,
            log_group_names=[self._log_group.log_group_name],
            query_lines=list(lines),
            view=cloudwatch.LogQueryVisualizationType.TABLE,
            width=_HALF,
            height=7,
        )


def _ours(name: str, statistic: str = "Sum") -> cloudwatch.Metric:
    label = statistic if statistic.startswith("p") else name
    return cloudwatch.Metric(
        namespace=OUR_NAMESPACE,
        metric_name=name,
        dimensions_map=OUR_DIMENSIONS,
        statistic=statistic,
        period=_PERIOD,
        label=label,
    )


def _graph(title: str, metrics: Sequence[cloudwatch.IMetric], width: int = _HALF) -> cloudwatch.GraphWidget:
    axis = cloudwatch.YAxisProps(min=0, show_units=False)
    return cloudwatch.GraphWidget(title=title, left=metrics, left_y_axis=axis, width=width, height=6)
