"""Reports that come as mail: some servers return a mail to its From field, which is an alias of ours, instead
of to its reverse-path. Such a report is recorded and discarded like any other; here it is joined to the mail
that it is about.

It proves nothing, since everybody who knows the alias could write it. So what it tells is an event with the
fact `source: report`, at most one of its kind for a message: it neither changes what stands of the message,
nor marks anybody unreachable, nor is anybody told.
"""

import hashlib
from base64 import b32encode

from parley.archive.records import EventKind
from parley.conversation.conversations import ConversationView
from parley.conversation.messages import Message
from parley.conversation.parties import Role
from parley.mail.reports import Automatic
from parley.mail.returned import Named, named_in
from parley.mail.structure import StructureError, read
from parley.relaying.events import record_event
from parley.relaying.outside import Outside

KINDS = {
    Automatic.DELIVERY_REPORT: EventKind.BOUNCED,
    Automatic.FEEDBACK_REPORT: EventKind.COMPLAINED,
}
SOURCE = "report"


def join_report(report: Message, stands_for: Role, raw: bytes, outside: Outside) -> None:
    """Records what a report tells, if it is one and names a mail that went out under the alias it came to.

    report: the message that it is itself. stands_for: whom that alias stands for. Done again,
    it changes nothing. Raises `BusyError`, or what a port raises.
    """
    kinds = {str(kind): event for kind, event in KINDS.items()}
    if report.automatic not in kinds or report.conversation is None:
        return
    try:
        named = named_in(read(raw))
    except StructureError:
        return
    view = None if named is None else outside.directory.conversation(report.conversation)
    returned = None if view is None or named is None else _find(named, stands_for, view)
    if returned is None:
        return
    kind = kinds[report.automatic]
    digest = hashlib.sha256(f"{SOURCE}\n{kind}\n{returned.id}".encode()).digest()
    record_event(
        report.conversation,
        kind,
        outside,
        message=returned.id,
        facts={"source": SOURCE, "report": report.id, "occurred-at": report.received_at.isoformat()},
        event_id=b32encode(digest[:16]).decode("ascii").rstrip("=").lower(),
    )


def _find(named: Named, author: Role, view: ConversationView) -> Message | None:
    """Among the latest: a report comes within days. Whoever makes one up costs one Query."""
    for message in view.recent:
        if message.author_role is not author or message.outgoing_message_id is None:
            continue  # It did not go out under this alias.
        if message.id == named.message or message.outgoing_message_id == named.message_id:
            return message
    return None
