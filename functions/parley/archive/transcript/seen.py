"""A mail as its recipient saw it, or would have seen it: subject, texts with their structure, attachments."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from parley.archive.chain import digest
from parley.archive.hypertext import text_of_html
from parley.archive.keys import attachment_key
from parley.archive.readable import Readable, is_attachment, readable
from parley.archive.transcript import markup
from parley.archive.transcript.mails import File, Passage, Picture, Shown
from parley.archive.transcript.markup import Marker
from parley.archive.transcript.pictures import MAX_ALL_OCTETS, picture
from parley.archive.transcript.veil import Veil
from parley.mail.structure import Part, read
from parley.mail.text import UnreadableText, decode_body, decode_text
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


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A leaf that a mail program shows. enclosed: the subject of the enclosed mail that it stands in."""

    place: str
    part: Part
    enclosed: str | None = None


def seen(raw: bytes, look: Look, content: Readable | None = None, *, went_out: bool = True) -> Shown:
    """content: what the archive's content object tells of the mail, None if it has none; only attachments
    that it names, of a mail that went out, are kept as objects of their own. Raises `StructureError`."""
    mail = read(raw)
    told = content or readable(mail)
    passages: list[Passage] = []
    files: list[File] = []
    unreadable: list[str] = []
    kept = {each.place for each in content.attachments} if content and went_out else set()
    for leaf in _leaves(mail.root):
        if is_attachment(leaf.part):
            if leaf.enclosed is None and len(files) < MAX_FILES:
                files.append(_file(leaf, look, is_kept=leaf.place in kept))
            continue
        try:
            passages.append(_passage(leaf, look))
        except UnreadableText as error:
            unreadable.append(error.code)
    if told.text.strip() and not any(each.text.strip() for each in passages):
        passages.append(_plain_passage(look.veil.over(told.text), look))
    return Shown(
        subject=markup.plainly(look.veil.over(mail.header.text("subject") or "")),
        passages=tuple(passages),
        others=_others(told, look.veil),
        files=tuple(files),
        unreadable=tuple(unreadable),
    )


def seen_in_content(content: Readable, look: Look) -> Shown:
    """What the content object alone tells, where the mail itself is gone."""
    text = look.veil.over(content.text)
    return Shown(
        subject=markup.plainly(look.veil.over(content.subject)),
        passages=(_plain_passage(text, look),),
        others=_others(content, look.veil),
        files=tuple(
            File(name=_name(each.name, look.veil), media_type=each.media_type, size=each.size)
            for each in content.attachments
        ),
        unreadable=tuple(code for _, code in content.unreadable),
    )


def _others(told: Readable, veil: Veil) -> tuple[str, ...]:
    return tuple(markup.cleaned(veil.over(other[: markup.MAX_TEXT])) for other in told.others)


def _leaves(root: Part) -> Iterator[_Leaf]:
    pending = [_Leaf("1", root)]
    while pending:
        leaf = pending.pop()
        if leaf.part.children:
            children = list(enumerate(leaf.part.children, 1))
            if leaf.part.content_type.value == "multipart/alternative":
                # RFC 2046 §5.1.4: the last one that a program understands.
                children = [each for each in children if _has_text(each[1])][-1:] or children
            pending += [_Leaf(f"{leaf.place}.{n}", child, leaf.enclosed) for n, child in reversed(children)]
            continue
        yield leaf
        if leaf.part.enclosed is not None:
            subject = leaf.part.enclosed.header.text("subject") or ""
            pending.append(_Leaf(f"{leaf.place}.1", leaf.part.enclosed.root, subject))


def _has_text(part: Part) -> bool:
    if part.children:
        return any(map(_has_text, part.children))
    return not is_attachment(part) and bool(bytes(part.body).strip())


def _decoded(part: Part) -> str:
    return decode_text(part).text.replace("\r\n", "\n").replace("\r", "\n")


def _passage(leaf: _Leaf, look: Look) -> Passage:
    source = _decoded(leaf.part)
    enclosed = None if leaf.enclosed is None else markup.plainly(look.veil.over(leaf.enclosed))
    if leaf.part.content_type.value != "text/html":
        return _plain_passage(look.veil.over(source), look, enclosed)
    made = markup.of_html(source)
    finished = None if made is None else markup.finished(made.markup, look.marks, look.veil.over)
    # A mailbox that is cut in pieces by tags would stay: such a mail is shown without its structure.
    if made is None or finished is None or look.veil.finds(markup.text_of(finished)):
        return _plain_passage(look.veil.over(text_of_html(source)), look, enclosed)
    text = look.veil.over(made.text)
    also = look.veil.over(made.swallowed)
    return Passage(
        markup=finished,
        text=text,
        is_html=True,
        links=tuple(map(look.veil.over, made.links)),
        also=markup.cleaned(also[: markup.MAX_TEXT]),
        enclosed=enclosed,
    )


def _plain_passage(text: str, look: Look, enclosed: str | None = None) -> Passage:
    cut = text[: markup.MAX_TEXT]
    return Passage(
        markup=markup.of_plain(cut.strip("\n"), look.marks),
        text=cut,
        enclosed=enclosed,
        is_cut=len(text) > len(cut),
    )


def _file(leaf: _Leaf, look: Look, *, is_kept: bool) -> File:
    octets = decode_body(leaf.part)
    content_digest = digest(octets)
    made, first_at = look.album.add(octets, content_digest, look.seq)
    name = filename(leaf.part)
    return File(
        name=_name(name, look.veil),
        media_type=markup.plainly(leaf.part.content_type.value)[:100],
        size=len(octets),
        digest=content_digest,
        key=attachment_key(look.conversation, content_digest, name) if is_kept else "",
        picture=made,
        first_at=first_at,
    )


def _name(name: str, veil: Veil) -> str:
    return markup.named(veil.over(name))
