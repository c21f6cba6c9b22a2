"""English."""

from parley.relaying.languages.words import Words

WORDS = Words(
    greeting="Hello,",
    refused_subject="Your message was not delivered",
    held_subject="Your message is being checked",
    refused="your message to $alias, sent on $date, was not delivered.",
    held=(
        "your message to $alias, sent on $date, has not been delivered yet. A person will look at it first; "
        "you need not send it again."
    ),
    reference="If you ask us about it, give this number: $message. Please do not answer this mail.",
    confirmation_subject="Your mailbox receives messages again",
    confirmation=(
        "messages to you could not be delivered for a while. Since you can read this one, your mailbox takes "
        "them again, and you will receive new messages as before. You need not do anything."
    ),
    reasons={
        "recipient-unreachable": (
            "The other party cannot be reached by mail at present. If it is urgent, ask $marketplace how to "
            "reach them."
        ),
        "not-delivered": (
            "It was handed on, and could not be delivered. Send it again later, shorter or without "
            "attachments if it had any."
        ),
        "unregistered-mailbox": (
            "The mailbox you wrote from is not registered for this conversation. Write from the mailbox at "
            "which you receive its messages, or register this one with $marketplace."
        ),
        "conversation-closed": (
            "This conversation is closed. If you still need to write, open it again at $marketplace."
        ),
        "virus": (
            "A virus was found in it. Check your computer, then send the message again without the file."
        ),
        "too-large": "It is too large. Send it again with smaller or fewer attachments (25 MB in all).",
        "too-many-recipients": (
            "It was addressed to more than ten mailboxes of this service at once. Write to each party on its "
            "own; if you have to tell something to many, ask $marketplace."
        ),
        "too-many-parts": "It has too many parts. Send it again with fewer attachments.",
        "attachment-type-refused": (
            "It has an attachment of a type that is not delivered (such as a program). Send it again without "
            "that file, or as a PDF or an image."
        ),
        "encrypted": (
            "It is encrypted. Messages here must be readable so that $marketplace can decide disputes; send "
            "it again without encryption."
        ),
        "spam": "It looks like spam.",
        "not-checked": "It could not be checked for spam and viruses when it arrived.",
        "not-taken": "It could not be handed on for technical reasons.",
        "unreadable": "It could not be read with certainty.",
    },
)
