"""What a mail consists of, in the order in which it is read; also what stands within enclosed mails."""

from collections.abc import Iterator
from dataclasses import dataclass

from parley.archive.readable import is_attachment
from parley.mail.structure import Part


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf. enclosed: the subject of the enclosed mail that it stands in. is_shown: whether a mail program
    shows it, and not an alternative to it."""

    place: str
    part: Part
    enclosed: str | None = None
    is_shown: bool = True


def leaves_of(root: Part) -> Iterator[Leaf]:
    pending = [Leaf("1", root)]
    while pending:
        leaf = pending.pop()
        if leaf.part.children:
            children = list(enumerate(leaf.part.children, 1))
            shown = {number for number, _ in children}
            if leaf.part.content_type.value == "multipart/alternative":
                # RFC 2046 §5.1.4: the last one that a program understands.
                shown = set([number for number, child in children if _has_text(child)][-1:]) or shown
            pending += [
                Leaf(f"{leaf.place}.{n}", child, leaf.enclosed, leaf.is_shown and n in shown)
                for n, child in reversed(children)
            ]
            continue
        yield leaf
        if leaf.part.enclosed is not None:
            subject = leaf.part.enclosed.header.text("subject") or ""
            pending.append(Leaf(f"{leaf.place}.1", leaf.part.enclosed.root, subject))


def _has_text(part: Part) -> bool:
    if part.children:
        return any(map(_has_text, part.children))
    return not is_attachment(part) and bool(bytes(part.body).strip())
