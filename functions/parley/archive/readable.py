"""What a person reads in a mail: subject, text and a list of attachments, for the content object and the
transcript.

Of alternatives, the text is that of the last one, which mail programs show (RFC 2046 §5.1.4); where the plain
text says the same in the same order, that stands in its place, because it keeps quotes and lines. Whatever
else an alternative says is kept as well: nobody can write one thing for a program that shows HTML and another
for the record. So are the remarks of HTML (`parley.archive.hypertext`) that the text lacks. Linear in the
mail's length; no attachment is decoded.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from parley.mail.structure import Mail, Part
from parley.mail.text import UnreadableText, decode_text
from parley.mail.walk import filename

_TEXTS = frozenset(("text/plain", "text/html"))
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_LINE_END = re.compile(r"\r\n?")
# What programs write into one alternative only: addresses of links, names of pictures.
_UNSAID = re.compile(r"<(?:https?|mailto|tel):[^<>\s]*>|\[(?:image|cid):[^\[\]]*\]", re.IGNORECASE)
_REMARK = re.compile(r"\[[a-z]{4,11}: [^\[\]\n]*\]")
_NOT_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """place: the path of its part in the mail ("1.2"). name: "" where it has none. size: octets as sent,
    transfer encoding included."""

    place: str
    name: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Readable:
    """text: lines end with a line feed. others: what further alternatives say, where they say something
    else. unreadable: place and code of each text that cannot be decoded. No text has a lone surrogate."""

    subject: str
    text: str
    others: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    unreadable: tuple[tuple[str, str], ...] = ()


def readable(mail: Mail) -> Readable:
    """Of a mixed mail the texts one below the other. An enclosed mail is an attachment."""
    reading = _Reading()
    text = reading.text("1", mail.root)
    return Readable(
        subject=_encodable(mail.header.text("subject") or ""),
        text=text,
        others=tuple(dict.fromkeys((*reading.others, *_apart(reading.remarks, (text, *reading.others))))),
        attachments=tuple(reading.attachments),
        unreadable=tuple(reading.unreadable),
    )


@dataclass(slots=True)
class _Reading:
    others: list[str] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    unreadable: list[tuple[str, str]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def text(self, place: str, part: Part) -> str:
        """The part's text, and everything else into the lists. A mail's depth is capped (`MAX_DEPTH`)."""
        if not part.children:
            return self._leaf(place, part)
        texts = [self.text(f"{place}.{number}", child) for number, child in enumerate(part.children, 1)]
        if part.content_type.value != "multipart/alternative":
            return "\n\n".join(filter(None, texts))
        plain = [
            text
            for child, text in zip(part.children, texts, strict=True)
            if child.content_type.value == "text/plain"
        ]
        return self._one_of(list(filter(None, texts)), plain[0] if plain else "")

    def _one_of(self, texts: list[str], plain: str) -> str:
        if not texts:
            return ""
        said = {text: _said(text) for text in texts}
        shown = texts.pop()
        self.others += [text for text in texts if said[text] != said[shown]]
        return plain if plain and said[plain] == said[shown] else shown

    def _leaf(self, place: str, part: Part) -> str:
        if is_attachment(part):
            self.attachments.append(
                Attachment(
                    place=place,
                    name=_encodable(filename(part)),
                    media_type=_encodable(part.content_type.value),
                    size=part.body_end - part.body_start,
                )
            )
            return ""
        try:
            text = _LINE_END.sub("\n", decode_text(part).text)
        except UnreadableText as error:
            self.unreadable.append((place, error.code))
            return ""
        if part.content_type.value == "text/html":
            # Imported for the first mail that has HTML: the parser's library counts at a cold start.
            from parley.archive.hypertext import read_html

            text, remarks = read_html(text)
            self.remarks += map(_encodable, remarks)
        text = _encodable(text).strip("\n")
        return text if text.strip() else ""


def is_attachment(part: Part) -> bool:
    """Whether a leaf is one, and not a text that mail programs show."""
    named = part.disposition is not None and part.disposition.value == "attachment"
    return named or part.enclosed is not None or part.content_type.value not in _TEXTS


def remarks_in(text: str) -> frozenset[str]:
    """What is written in a text as remarks are."""
    return frozenset(_REMARK.findall(text))


def unsaid(remarks: Sequence[str], text: str) -> list[str]:
    """The remarks, each once, that are neither in the text nor say what one of its lines does."""
    if not remarks:
        return []
    known, lines = remarks_in(text), {_said(line) for line in text.split("\n")}
    return [
        each
        for each in dict.fromkeys(remarks)
        if each not in known and _said(each.partition(": ")[2]) not in lines - {""}
    ]


def _apart(remarks: list[str], texts: Iterable[str]) -> tuple[str, ...]:
    """The remarks that the texts lack, as a text of their own."""
    left = unsaid(remarks, "\n".join(texts))
    return ("\n".join(left),) if left else ()


def _said(text: str) -> str:
    """The words alone, to tell whether two alternatives say the same."""
    return _NOT_WORD.sub("", _UNSAID.sub("", text)).casefold()


def _encodable(text: str) -> str:
    return _SURROGATE.sub("\ufffd", text)
