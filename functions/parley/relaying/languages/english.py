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
    reasons={
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
