"""A mail as its recipient saw it, or would have seen it: subject, texts with their structure, attachments."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from parley.archive.chain import digest
from parley.archive.keys import attachment_key
from parley.archive.readable import Readable, is_attachment, readable, remarks_in
from parley.archive.transcript import markup
from parley.archive.transcript.leaves import Leaf, leaves_of
from parley.archive.transcript.mails import File, Passage, Picture, Shown
from parley.archive.transcript.markup import Marker
from parley.archive.transcript.passages import decoded, passage_of, plain_passage
from parley.archive.transcript.pictures import MAX_ALL_OCTETS, MAX_OCTETS, picture
from parley.archive.transcript.veil import Veil
from parley.mail.structure import read
from parley.mail.text import UnreadableText, decode_body
from parley.mail.walk import filename

MAX_FILES: Final = 200
"""Attachments of one mail that are listed with all that is known of them."""


@dataclass(slots=True)
class Album:
    """The pictures of a page so far: each once, and no more than a page can carry. shown: digest → seq."""

    room: int = MAX_ALL_OCTETS
    shown: dict[str, int] = field(default_factory=dict)

    def add(self, octets: bytes, content_digest: str, seq: int) -> tuple[Picture | None, int]:
        """The picture, or the place of the message that shows it already, or neither."""
        if content_digest in self.shown:
            return None, self.shown[content_digest]
        made = picture(octets) if len(octets) <= self.room else None
        if made is not None:
            self.room -= len(octets)
            self.shown[content_digest] = seq
        return made, 0


@dataclass(frozen=True, slots=True)
class Look:
    """How a mail is looked at. marks: what to mark. seq: the message's place."""

    conversation: str
    seq: int
    veil: Veil
    marks: Marker
    album: Album


@dataclass(slots=True)
class _Reading:
    """What is read of a mail so far. others: texts of enclosed mails' alternatives, and calendars. kept: the
    places of attachments that are objects of their own."""

    look: Look
    kept: frozenset[str]
    passages: list[Passage] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    more_files: int = 0
    unreadable: list[str] = field(default_factory=list)

    def leaf(self, leaf: Leaf) -> None:
        try:
            if not is_attachment(leaf.part):
                if leaf.is_shown:
                    self.passages.append(passage_of(leaf, self.look.veil, self.look.marks))
                return
            self._attachment(leaf)
            if leaf.part.content_type.value == "text/calendar":
                # Mail programs show it as an invitation, whichever alternative it is.
                self.others.append(decoded(leaf.part))
        except UnreadableText as error:
            self.unreadable.append(error.code)

    def _attachment(self, leaf: Leaf) -> None:
        if len(self.files) < MAX_FILES:
            self.files.append(
                _file(leaf, self.look, is_kept=leaf.enclosed is None and leaf.place in self.kept)
            )
        else:
            self.more_files += 1
        if leaf.part.enclosed is not None:
            self.others += readable(leaf.part.enclosed).others

    def others_of(self, told: Readable) -> Iterator[str]:
        """What stands beside the passages, and also the text as the archive tells it, if they lack some."""
        yield from told.others
        yield from self.others
        if not any(each.is_cut for each in self.passages):
            page = "\n".join(map(_all_of, self.passages))
            if not any(markup.is_told(each, page) for each in self._forms(told.text)):
                yield told.text

    def _forms(self, text: str) -> Iterator[str]:
        """The text as it is, and veiled, which most need not be."""
        yield text
        yield self.look.veil.over(text)


def seen(raw: bytes, look: Look, content: Readable | None = None, *, went_out: bool = True) -> Shown:
    """content: what the archive's content object tells of the mail, None if it has none; only attachments
    that it names, of a mail that went out, are kept as objects of their own. Raises `StructureError`."""
    mail = read(raw)
    told = content or readable(mail)
    kept = frozenset(each.place for each in content.attachments) if content and went_out else frozenset()
    reading = _Reading(look, kept)
    hidden: set[str] = set()
    for leaf in leaves_of(mail.root):
        reading.leaf(leaf)
        if not leaf.is_shown:
            hidden.add(leaf.place)
    reading.unreadable += [code for place, code in told.unreadable if place in hidden]
    if told.text.strip() and not any(each.text.strip() for each in reading.passages):
        reading.passages.append(plain_passage(look.veil.over(told.text), look.veil, look.marks))
    others, is_cut = _others(reading.others_of(told), look.veil, reading.passages)
    return Shown(
        subject=markup.plainly(look.veil.over(mail.header.text("subject") or "")),
        passages=tuple(reading.passages),
        others=others,
        is_cut=is_cut,
        files=tuple(reading.files),
        more_files=reading.more_files,
        unreadable=tuple(reading.unreadable),
    )


def seen_in_content(content: Readable, look: Look) -> Shown:
    """What the content object alone tells, where the mail itself is gone."""
    passage = plain_passage(look.veil.over(content.text), look.veil, look.marks)
    others, is_cut = _others(content.others, look.veil, (passage,))
    return Shown(
        subject=markup.plainly(look.veil.over(content.subject)),
        passages=(passage,),
        others=others,
        is_cut=is_cut,
        files=tuple(
            File(name=_name(each.name, look.veil), media_type=each.media_type, size=each.size)
            for each in content.attachments[:MAX_FILES]
        ),
        more_files=max(0, len(content.attachments) - MAX_FILES),
        unreadable=tuple(code for _, code in content.unreadable),
    )


def _others(others: Iterable[str], veil: Veil, passages: Iterable[Passage]) -> tuple[tuple[str, ...], bool]:
    """Each once and no longer than a page can carry, without remarks that the passages tell; whether any was
    cut."""
    told = remarks_in("\n".join(map(_all_of, passages)))
    whole = (markup.cleaned(veil.over(each)) for each in dict.fromkeys(others))
    left = ["\n".join(line for line in each.split("\n") if line not in told) for each in whole]
    return (
        tuple(each[: markup.MAX_TEXT] for each in left if each.strip()),
        any(len(each) > markup.MAX_TEXT for each in left),
    )


def _all_of(passage: Passage) -> str:
    return f"{passage.text}\n{passage.also}"


def _file(leaf: Leaf, look: Look, *, is_kept: bool) -> File:
    octets = decode_body(leaf.part)
    # Of mails within mails, each holds all below it once more: only what can be a picture is hashed.
    is_read = leaf.enclosed is None or len(octets) <= MAX_OCTETS
    content_digest = digest(octets) if is_read else ""
    made, first_at = look.album.add(octets, content_digest, look.seq) if is_read else (None, 0)
    name = filename(leaf.part)
    return File(
        name=_name(name, look.veil),
        media_type=markup.plainly(leaf.part.content_type.value)[:100],
        size=len(octets),
        digest=content_digest,
        key=attachment_key(look.conversation, content_digest, name) if is_kept else "",
        picture=made,
        first_at=first_at,
        enclosed=None if leaf.enclosed is None else markup.plainly(look.veil.over(leaf.enclosed)),
    )


def _name(name: str, veil: Veil) -> str:
    return markup.named(veil.over(name))
