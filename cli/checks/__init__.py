"""The checks of `parley doctor`, in the order in which they are told. A new one is a function and a line."""

from cli.checks import archiving, domain, receiving, sending, stack, working
from cli.checks.site import Check

CHECKS = (
    Check("Stack", "stack", stack.stack),
    Check("Stack", "key", working.key),
    Check("Stack", "signing key", archiving.signing_key),
    Check("Domain", "records", domain.records, local=False),
    Check("Receiving", "receipt rule", receiving.receipt_rule, local=False),
    Check("Receiving", "setup notification", receiving.setup_notification, local=False),
    Check("Sending", "account", sending.account, local=False),
    Check("Sending", "identity", sending.identity, local=False),
    Check("Sending", "configuration set", sending.configuration_set, local=False),
    Check("Queues", "subscriptions", working.subscriptions),
    Check("Queues", "queue", working.queue),
    Check("Queues", "dead letters", working.dead_letters),
    Check("Queues", "given up", archiving.unfollowed),
    Check("Functions", "event source mapping", working.mapping),
    Check("Functions", "stream", archiving.following),
    Check("Functions", "operator's mailbox", working.operator_mailbox, local=False),
    Check("API", "api", working.api),
)
