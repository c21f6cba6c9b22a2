"""I1 and I6 as properties: whatever a mail looks like, the outgoing one shows no protected string, and text
without one is not touched."""

import base64
import email
import html
import quopri

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parley.mail.address import Mailbox
from tests.golden.pipeline import BUYER, BUYER_TO_SELLER, relayed
from tests.golden.reading import missing, shows
from tests.property.masking.disguises import HTML, TEXT

FREEMAIL = Mailbox("anna.schmidt", "gmail.com")
BUYERS = st.sampled_from((BUYER, FREEMAIL))
KEPT = "Das Paket ist heute angekommen"
PADDING = st.text("abzäöüß ,;.!?-–€\n'\"()", max_size=40)
WORD_CHARACTERS = "abzAZ019äßÜé日本語дКα,;!?:#=&%()[]/_-–€'\""
CHARSETS = st.sampled_from(
    ("utf-8", "iso-8859-1", "windows-1252", "utf-16", "utf-16-le", "utf-7", "gb18030", "iso-2022-jp", "cp500")
)
ENCODINGS = st.sampled_from(("8bit", "base64", "quoted-printable"))
SETTINGS = settings(
    derandomize=True,
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


def encoded(text: str, charset: str, encoding: str, subtype: str) -> bytes:
    """A text part; what the charset cannot express is left out."""
    if charset.startswith("utf-16") and encoding == "8bit":
        encoding = "base64"
    octets = text.encode(charset, "ignore")
    if encoding == "base64":
        octets = base64.encodebytes(octets)
    elif encoding == "quoted-printable":
        octets = quopri.encodestring(octets)
    elif b"\r" not in octets:
        octets = octets.replace(b"\n", b"\r\n")
    label = (
        f'Content-Type: text/{subtype}; charset="{charset}"\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n'
    )
    return label.encode() + octets


@st.composite
def leaves(draw: st.DrawFn, mailbox: str) -> bytes:
    is_html = draw(st.booleans())
    disguises = HTML if is_html else TEXT
    hidden = draw(st.sampled_from(sorted(disguises)))
    before, after = draw(PADDING), draw(PADDING)
    if is_html:
        before, after = html.escape(before), html.escape(after)
    content = f"{KEPT}. {before} {disguises[hidden](mailbox)} {after}"
    charset = draw(CHARSETS)
    if "full-width" in hidden or "zero-width" in hidden or False:
        charset = "utf-8"
    return encoded(content, charset, draw(ENCODINGS), "html" if is_html else "plain")


@st.composite
def bodies(draw: st.DrawFn, mailbox: str, depth: int = 0) -> bytes:
    shape = draw(st.sampled_from(("leaf", "leaf", "multipart", "enclosed")))
    if shape == "leaf" or depth > 2:
        return draw(leaves(mailbox))
    if shape == "enclosed":
        inner = draw(bodies(mailbox, depth + 1))
        head = f"Content-Type: message/rfc822\r\n\r\nFrom: {mailbox}\r\nSubject: {KEPT} {mailbox}\r\n"
        return head.encode() + inner
    boundary = f"=_{depth}_{draw(st.integers(0, 9))}"
    subtype = draw(st.sampled_from(("mixed", "alternative", "related", "signed")))
    children = draw(st.lists(bodies(mailbox, depth + 1), min_size=1, max_size=3))
    parts = b"".join(b"--" + boundary.encode() + b"\r\n" + child + b"\r\n" for child in children)
    head = f'Content-Type: multipart/{subtype}; boundary="{boundary}"\r\n\r\n{mailbox}\r\n'
    return head.encode() + parts + b"--" + boundary.encode() + b"--\r\n" + mailbox.encode()


@st.composite
def mails(draw: st.DrawFn) -> tuple[Mailbox, bytes]:
    buyer = draw(BUYERS)
    disguise = TEXT[draw(st.sampled_from(("plain", "upper case", "mailto", "percent", "entities")))]
    head = f"From: Anna <{buyer}>\r\nSubject: {KEPT} {disguise(str(buyer))}\r\nMIME-Version: 1.0\r\n"
    return buyer, head.encode() + draw(bodies(str(buyer)))


@SETTINGS
@given(mails())
def test_no_protected_mailbox_is_readable_in_the_outgoing_mail(case: tuple[Mailbox, bytes]) -> None:
    buyer, raw = case
    result = relayed(raw, BUYER_TO_SELLER, buyer=buyer)
    assert not shows(result.outgoing, str(buyer))
    assert not missing(result.outgoing, [KEPT])
    assert result.leaks == ()


@SETTINGS
@given(
    st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="@"), max_size=200),
    st.sampled_from(("utf-8", "utf-16", "iso-8859-1")),
    ENCODINGS,
)
def test_text_without_a_protected_string_keeps_every_character(
    text: str, charset: str, encoding: str
) -> None:
    raw = b"From: anna.kaeufer@privatmail.example\r\n" + encoded(f"{KEPT}{text}", charset, encoding, "plain")
    outgoing = relayed(raw, BUYER_TO_SELLER).outgoing
    shown = f"{KEPT}{text}".encode(charset, "ignore").decode(charset)
    assert not missing(outgoing, [shown])


@SETTINGS
@given(
    st.text("abcxyz0189._-", min_size=1, max_size=8).filter(
        lambda prefix: prefix[0].isalnum() and prefix[-1].isalnum()
    ),
    st.sampled_from(sorted(set(TEXT) - {"title case", "upper case"})),
)
def test_a_longer_local_part_is_somebody_else(prefix: str, hidden: str) -> None:
    disguise = TEXT["plain"] if "line" in hidden or hidden in ("flowed", "folded") else TEXT[hidden]
    other = f"{prefix}anna.schmidt@gmail.com"
    head = f"From: {FREEMAIL}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    raw = f"{head}{KEPT} {disguise(other)} ".encode()
    outgoing = relayed(raw, BUYER_TO_SELLER, buyer=FREEMAIL).outgoing
    body = outgoing.partition(b"\r\n\r\n")[2]
    assert b"b-7K2M@relay.example" not in body


@SETTINGS
@given(
    st.lists(st.text(WORD_CHARACTERS, min_size=1, max_size=12), min_size=1, max_size=6),
    st.lists(st.text(WORD_CHARACTERS, min_size=1, max_size=12), min_size=1, max_size=6),
    st.sampled_from(
        ("mail.privatmail.example", "privatmail.example", "petra@privatmail.example", str(BUYER))
    ),
    st.sampled_from(("\r\n", " \r\n", "\r\n> ", "\r\n\r\n")),
)
def test_words_on_the_lines_around_a_protected_string_stay(
    before: list[str], after: list[str], own: str, line_end: str
) -> None:
    lines = (" ".join(before), own, " ".join(after))
    raw = f"From: {BUYER}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{line_end.join(lines)}\r\n"
    result = relayed(raw.encode(), BUYER_TO_SELLER)
    shown = email.message_from_bytes(result.outgoing).get_payload(decode=True)
    assert isinstance(shown, bytes)
    first, masked, last = shown.decode().strip("\r\n").split(line_end)
    assert (first.split(), last.split()) == (before, after)
    assert masked in ("b-7K2M@relay.example", "masked.invalid")
    assert result.leaks == ()
