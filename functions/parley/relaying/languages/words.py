"""The texts that every language has."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """refused, held: the sentence that says what happened. confirmation: what a mail says that is sent to see
    whether a mailbox takes it. reasons: reason → why, and what to do next.

    Placeholders: $alias, $date, $marketplace, $message.
    """

    greeting: str
    refused_subject: str
    held_subject: str
    refused: str
    held: str
    reference: str
    confirmation_subject: str
    confirmation: str
    reasons: dict[str, str]
