"""One text of a mail, for the page: HTML with its structure where that is possible, else its lines."""

from collections.abc import Sequence

from parley.archive.hypertext import read_html
from parley.archive.readable import unsaid
from parley.archive.transcript import markup
from parley.archive.transcript.leaves import Leaf
from parley.archive.transcript.mails import Passage
from parley.archive.transcript.markup import Marker
from parley.archive.transcript.veil import Veil
from parley.mail.structure import Part
from parley.mail.text import decode_text


def decoded(part: Part) -> str:
    return decode_text(part).text.replace("\r\n", "\n").replace("\r", "\n")


def passage_of(leaf: Leaf, veil: Veil, marks: Marker) -> Passage:
    source = decoded(leaf.part)
    enclosed = None if leaf.enclosed is None else markup.plainly(veil.over(leaf.enclosed))
    if leaf.part.content_type.value != "text/html":
        return plain_passage(veil.over(source), veil, marks, enclosed)
    made = markup.of_html(source)
    finished = None if made is None else markup.finished(made.markup, marks, veil.over)
    # A mailbox that is cut in pieces by tags would stay: such a mail is shown without its structure.
    if made is None or finished is None or veil.finds(markup.text_of(finished)):
        text, remarks = read_html(source)
        return plain_passage(veil.over(text), veil, marks, enclosed, remarks)
    text = veil.over(made.text)
    also = veil.over("\n".join((made.swallowed, *unsaid(made.remarks, made.text))).strip("\n"))
    return Passage(
        markup=finished,
        text=text,
        is_html=True,
        links=tuple(map(veil.over, made.links)),
        also=markup.cleaned(also[: markup.MAX_TEXT]),
        enclosed=enclosed,
        is_cut=made.is_cut or len(also) > markup.MAX_TEXT,
    )


def plain_passage(
    text: str, veil: Veil, marks: Marker, enclosed: str | None = None, remarks: Sequence[str] = ()
) -> Passage:
    also = veil.over("\n".join(unsaid(remarks, text)))
    cut = text[: markup.MAX_TEXT]
    return Passage(
        markup=markup.of_plain(cut.strip("\n"), marks),
        text=cut,
        also=markup.cleaned(also[: markup.MAX_TEXT]),
        enclosed=enclosed,
        is_cut=len(text) > len(cut) or len(also) > markup.MAX_TEXT,
    )
