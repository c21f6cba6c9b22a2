"""Shorter times of the deployed stack, in the order that the template keeps: timeout < lease < visibility.

A mail whose worker was killed comes again once its visibility ends, after twelve minutes as deployed. Nobody
wants to wait that long for the last mail of a load; which time is the longer one is what matters.
"""

from parley.settings import variable
from sandbox.emulator.deployment import Deployed

_ARCHIVE_WINDOW_SECONDS = 10
"""Long enough to gather mails, as the deployed 60 s are, and short enough to wait for in the end."""


def hurry(deployed: Deployed, queue_url: str, timeout_seconds: int) -> int:
    """Sets them for `receive_mail` and its queue; returns the visibility in seconds."""
    lease, visibility = timeout_seconds * 3 // 2, timeout_seconds * 3 // 2 + 5
    functions, queues = deployed.local.client("lambda"), deployed.local.client("sqs")
    variables = deployed.variables("receive_mail")
    functions.update_function_configuration(
        FunctionName=deployed.function("receive_mail"),
        Timeout=timeout_seconds,
        Environment={"Variables": {**variables, variable("lease_seconds"): str(lease)}},
    )
    queues.set_queue_attributes(QueueUrl=queue_url, Attributes={"VisibilityTimeout": str(visibility)})
    # The sandbox archives at once, for whoever waits for an entry; deployed, mails are gathered.
    found = functions.list_event_source_mappings(FunctionName=deployed.function("write_archive"))
    for mapping in found["EventSourceMappings"]:
        functions.update_event_source_mapping(
            UUID=mapping["UUID"], MaximumBatchingWindowInSeconds=min(_ARCHIVE_WINDOW_SECONDS, timeout_seconds)
        )
    return visibility
