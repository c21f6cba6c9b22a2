"""Every mail of the corpus, whole and cut anywhere, with and without changed line ends."""

from pathlib import Path

import pytest

from parley.mail.compose import KeptPart, Label, MessagePart, MultipartPart, OutgoingPart, compose
from parley.mail.header import encode_words
from parley.mail.reports import automatic
from parley.mail.structure import Part, StructureError, read
from parley.mail.text import UnreadableText, decode_body, decode_text

CORPUS = Path(__file__).parents[2].parent / "shared" / "corpus"
MAILS = sorted(
    path
    for path in CORPUS.rglob("*")
    if path.is_file() and path.suffix not in (".json", ".jsonl", ".py", ".md")
)
NOT_MAILS = {"email_headers_no_delimiter.txt", "email_swedish_1.txt", "email_gmail.txt"}

pytestmark = pytest.mark.skipif(not MAILS, reason=f"no corpus of sample mails in {CORPUS}")
every_mail = pytest.mark.parametrize("path", MAILS, ids=[path.name for path in MAILS])


def leaves(part: Part) -> list[Part]:
    inner = part.children if part.enclosed is None else (part.enclosed.root,)
    return [leaf for child in inner for leaf in leaves(child)] if inner else [part]


def kept(part: Part) -> OutgoingPart:
    """The part as it would go out if no rule touched it."""
    parameters = {
        k: v for k, v in part.content_type.parameters.items() if k not in ("charset", "boundary", "name")
    }
    disposition = part.disposition
    label = Label(
        media_type=part.content_type.value,
        parameters=parameters,
        disposition=disposition.value if disposition else None,
        filename=disposition.parameters.get("filename") if disposition else None,
    )
    if part.children:
        return MultipartPart(label, tuple(map(kept, part.children)))
    if part.enclosed is not None:
        subject = encode_words(part.enclosed.header.text("subject") or "")
        return MessagePart(label, (("Subject", subject),), kept(part.enclosed.root))
    return KeptPart(label, part)


def with_lf(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n")


@every_mail
def test_a_kept_mail_decodes_to_the_same_bytes(path: Path) -> None:
    if path.name in NOT_MAILS:
        with pytest.raises(StructureError):
            read(path.read_bytes())
        return
    mail = read(path.read_bytes())
    out = compose(
        [("Subject", encode_words(mail.header.text("subject") or ""))], kept(mail.root), b"0123456789abcdef"
    )
    assert out.isascii()
    assert out.count(b"\r") == out.count(b"\n") == out.count(b"\r\n")
    assert max(map(len, out.split(b"\r\n"))) <= 998
    again = read(out)
    assert again.defects == ()
    assert again.header.text("subject") == (mail.header.text("subject") or "")
    before, after = leaves(mail.root), leaves(again.root)
    assert [part.content_type.value for part in before] == [part.content_type.value for part in after]
    for old, new in zip(before, after, strict=True):
        if old.content_type.value.startswith(("text/", "message/")):
            assert with_lf(decode_body(old)) == with_lf(decode_body(new))
        else:
            assert decode_body(old) == decode_body(new)


@every_mail
def test_a_cut_mail_is_read_or_refused(path: Path) -> None:
    raw = path.read_bytes()
    # Every prefix of the header section, and enough of the rest to cut through every part.
    for end in {*range(0, min(len(raw), 1_500), 3), *range(0, len(raw), max(1, len(raw) // 150))}:
        try:
            mail = read(raw[:end])
        except StructureError:
            continue
        automatic(mail, null_reverse_path=False)
        for part in leaves(mail.root):
            try:
                decode_text(part)
            except UnreadableText:
                continue


@every_mail
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"], ids=["LF", "CRLF", "CR"])
def test_line_ends_change_no_structure(path: Path, end: bytes) -> None:
    raw = path.read_bytes().replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if path.name in NOT_MAILS:
        return
    shapes = [(part.content_type, part.transfer_encoding) for part in leaves(read(raw).root)]
    changed = read(raw.replace(b"\n", end))
    assert [(part.content_type, part.transfer_encoding) for part in leaves(changed.root)] == shapes
