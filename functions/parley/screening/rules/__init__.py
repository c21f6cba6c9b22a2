"""The table of rules, in the order in which reviewers read them. One rule, one module, one predicate."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from parley.mail.findings import Finding
from parley.screening.context import Context
from parley.screening.rules import (
    attachment_type,
    automatic,
    closed_conversation,
    loop,
    opted_out_recipient,
    recipients,
    resubmission,
    size,
    spam,
    unreachable_recipient,
    virus,
)


@dataclass(frozen=True, slots=True)
class Rule:
    name: str
    look: Callable[[Context], Iterable[Finding]]


RULES = (
    Rule("loop", loop.look),
    Rule("automatic", automatic.look),
    Rule("resubmission", resubmission.look),
    Rule("closed-conversation", closed_conversation.look),
    Rule("unreachable-recipient", unreachable_recipient.look),
    Rule("opted-out-recipient", opted_out_recipient.look),
    Rule("virus", virus.look),
    Rule("spam", spam.look),
    Rule("size", size.look),
    Rule("recipients", recipients.look),
    Rule("attachment-type", attachment_type.look),
)
