"""What is left of an erasure: a certificate that names nobody. Pure.

The party is told by a salted hash whose salt goes with the plan. Whoever has neither cannot tell whose
erasure it was; that it is complete can be seen all the same.
"""

import hashlib
import json
from datetime import datetime

from parley.erasing.matters import Plan, Rules

SCHEMA_VERSION = 1
REACHED = (
    *("archive-contents", "first-contacts", "transcripts", "order-pages", "exports", "lake", "inbox"),
    *("message-items", "aliases", "mailbox-index", "party", "suppression-list"),
)
STREAM_DAYS = 1
RECOVERY_DAYS = 35
"""Point-in-time recovery of the table."""
RESULT_DAYS = 7
"""What reviewers asked the lake (`infra.lake`)."""
QUEUE_DAYS = 14
"""SQS keeps no message longer: SES's notifications hold the mail's header section."""
NOTICE_DAYS = 4
"""A day each for the window and behind it, and two within which DynamoDB deletes what has expired."""


def certificate_key(plan: str) -> str:
    """In the review bucket."""
    return f"erasures/{plan}.json"


def certificate(plan: Plan, finished_at: datetime, rules: Rules) -> bytes:
    """UTF-8 JSON. plan: with all that it counted."""
    document = {
        "schema_version": SCHEMA_VERSION,
        "kind": "erasure",
        "id": plan.id,
        "case": plan.case,
        "requested_at": plan.requested_at.isoformat(),
        "finished_at": finished_at.isoformat(),
        "party": hashlib.sha256(f"{plan.salt}\n{plan.party}".encode()).hexdigest(),
        "erased": {
            "conversations": plan.conversations,
            "kept_for_claims_before": plan.kept_for_claims,
            "messages_and_events": plan.links,
            "mailboxes": plan.mailboxes,
            "first_contacts": plan.first_contacts,
        },
        "reached": list(REACHED),
        "stays": ["entries", "checkpoints", "conversation-heads", "other-party"],
        "lives_on_for_days": {
            "table-recovery": RECOVERY_DAYS,
            "table-stream": STREAM_DAYS,
            "query-results": RESULT_DAYS,
            "notifications-in-queues": QUEUE_DAYS,
            "notice-windows": NOTICE_DAYS,
            "mail-of-no-conversation": rules.inbox_days,
            "bucket-access-logs": rules.access_log_days,
            "function-logs": rules.log_days,
        },
    }
    return json.dumps(document, indent=1, sort_keys=True).encode()
