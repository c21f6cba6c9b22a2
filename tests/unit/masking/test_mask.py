"""The masker as a whole: what it keeps, drops, renames and reports."""

import email

import pytest

from parley.mail.compose import KeptPart, MultipartPart
from parley.mail.structure import read
from parley.masking.mask import ContactRules, Treatment, Unmaskable, author_mailboxes, mask, mask_name
from parley.masking.protected import Identity, Protected
from tests.golden.pipeline import BUYER_TO_SELLER, RELAY_DOMAIN, SELLER_TO_BUYER, protected_for, relayed
from tests.golden.reading import missing, shows
from tests.unit.masking.probes import DOMAIN, HEAD, KEPT, MAILBOX, leaf, mail, multipart, text

PROTECTED = protected_for(BUYER_TO_SELLER)


def masked(raw: bytes, rules: ContactRules | None = None, protected: Protected = PROTECTED):  # type: ignore[no-untyped-def]
    return mask(
        read(raw), protected, rules or ContactRules(), content_id_seed="seed", relay_domain=RELAY_DOMAIN
    )


def found(raw: bytes, rules: ContactRules | None = None) -> set[tuple[str, str, int]]:
    return {(finding.code, finding.place, finding.count) for finding in masked(raw, rules).findings}


def test_parts_with_nothing_to_mask_are_kept_as_they_are() -> None:
    body = masked(multipart(leaf(b"\0\1", "application/pdf", "", "base64"))).body
    assert isinstance(body, MultipartPart)
    assert all(isinstance(child, KeptPart) for child in body.children)


def test_findings_name_code_and_place_and_count_never_what_was_found() -> None:
    raw = multipart(leaf(f"{MAILBOX} und {MAILBOX} und third@web.example"))
    assert found(raw) == {("protected-masked", "part:1.2", 2), ("contact-mailbox-masked", "part:1.2", 1)}
    assert not any(DOMAIN in str(finding) for finding in masked(raw).findings)


def test_other_mailboxes_pass_and_are_reported_where_the_rules_say_so() -> None:
    raw = text("third@web.example")
    assert found(raw, ContactRules(mailboxes=Treatment.PASS)) == set()
    flagged = found(raw, ContactRules(mailboxes=Treatment.FLAG))
    assert {(code, place) for code, place, _ in flagged} == {("contact-mailbox", "part:1")}


def test_masking_is_deterministic() -> None:
    raw = multipart(leaf(f"<p>{MAILBOX}</p>", "text/html"), leaf(f"{MAILBOX}"))
    assert masked(raw) == masked(raw)


def test_content_ids_are_renamed_with_their_references() -> None:
    picture = leaf(b"\0", "image/gif", "", "base64", f"Content-ID: <Bild@{DOMAIN}>\r\n")
    page = leaf(f'<img src="cid:bild@{DOMAIN}"><img src="cid:none@{DOMAIN}" alt="weg">', "text/html")
    outgoing = relayed(multipart(page, picture, subtype="related"), BUYER_TO_SELLER).outgoing
    assert b'"cid:golden.1@relay.example"' in outgoing.replace(b"=3D", b"=").replace(b"=\r\n", b"")
    assert b"Content-ID: <golden.1@relay.example>" in outgoing


def test_labels_carry_listed_parameters_only() -> None:
    raw = mail(
        f"Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes; x-mail={MAILBOX}\r\n"
        f"Content-Description: {MAILBOX}\r\nContent-Location: https://{DOMAIN}/\r\n\r\n{KEPT}".encode()
    )
    part = email.message_from_bytes(relayed(raw, BUYER_TO_SELLER).outgoing)
    assert {name for name, _ in part.get_params() or []} == {"text/plain", "charset", "format", "delsp"}
    assert part["Content-Description"] is None


def test_an_alternative_keeps_its_shape_and_a_signed_mail_loses_its_signature() -> None:
    signed = multipart(leaf(b"0\x82", "application/pkcs7-signature", "", "base64"), subtype="signed")
    outgoing = email.message_from_bytes(relayed(signed, BUYER_TO_SELLER).outgoing)
    assert outgoing.get_content_type() == "text/plain"
    both = multipart(leaf("<p>x</p>", "text/html"), subtype="alternative")
    assert (
        email.message_from_bytes(relayed(both, BUYER_TO_SELLER).outgoing).get_content_type()
        == "multipart/alternative"
    )


def test_declared_public_contacts_pass_and_nothing_else_of_the_trader_does() -> None:
    plain = protected_for(SELLER_TO_BUYER)
    protected = Protected(
        author=plain.author,
        recipient=plain.recipient,
        public_contacts=frozenset(
            {
                "service@haendler-mueller.example",
                "https://www.haendler-mueller.example/agb",
                "info@web.example",
            }
        ),
    )
    content = (
        "service@haendler-mueller.example, https://www.haendler-mueller.example/agb?x=1, info@web.example, "
        "shop@haendler-mueller.example, http://haendler-mueller.example/"
    )
    body = masked(text(content), protected=protected).body
    assert (
        "service@haendler-mueller.example, https://www.haendler-mueller.example/agb?x=1, info@web.example, "
        "s-9Q4T@relay.example, http://masked.invalid/"
    ) in body.text


def test_a_string_protected_on_both_sides_is_the_authors() -> None:
    both = Protected(
        author=PROTECTED.author,
        recipient=Identity(
            mailboxes=PROTECTED.author.mailboxes,
            private_domains=PROTECTED.author.private_domains,
            alias=PROTECTED.recipient.alias,
        ),
    )
    assert masked(text(MAILBOX), protected=both).body.text.strip().endswith("b-7K2M@relay.example")


def test_names_are_masked_and_authors_are_read_from_all_their_fields() -> None:
    assert mask_name(f"Anna {MAILBOX}", PROTECTED) == "Anna b-7K2M@relay.example"
    assert mask_name("Anna Käufer", PROTECTED) == "Anna Käufer"
    extra = "Sender: b@c.example\r\nReply-To: d@e.example, f@g.example\r\n"
    authors = author_mailboxes(read((extra + HEAD + "\r\nx").encode()))
    assert {str(author) for author in authors} == {MAILBOX, "b@c.example", "d@e.example", "f@g.example"}


def test_a_subject_that_is_a_mailbox_only_becomes_the_alias() -> None:
    raw = text("x", head=HEAD.replace("Re: Bestellung 4711", MAILBOX))
    assert masked(raw).subject == "b-7K2M@relay.example"


def test_text_that_is_too_complex_is_held() -> None:
    with pytest.raises(Unmaskable) as held:
        relayed(text("%40" * 250_000), BUYER_TO_SELLER)
    assert held.value.finding.code == "text-too-complex"


def test_an_enclosed_mail_keeps_five_fields() -> None:
    inner = (
        f"Received: x\r\nFrom: Anna <{MAILBOX}>\r\nTo: x@web.example\r\nSubject: Grüße\r\nX-A: b\r\n\r\nInnen"
    )
    outgoing = relayed(multipart(leaf(inner.encode(), "message/rfc822", "")), BUYER_TO_SELLER).outgoing
    enclosed = next(
        part.get_payload(0)
        for part in email.message_from_bytes(outgoing).walk()
        if part.get_content_type() == "message/rfc822"
    )
    assert set(enclosed.keys()) - {"MIME-Version"} <= {
        "From", "To", "Subject", "Content-Type", "Content-Transfer-Encoding"
    }  # fmt: skip
    assert not missing(outgoing, ["Innen", "Grüße", "***@***"])
    assert not shows(outgoing, MAILBOX)


@pytest.mark.parametrize("media_type", ["text/rfc822-headers", "message/rfc822-headers"])
def test_a_header_section_that_is_a_part_of_its_own_is_reduced_and_told(media_type: str) -> None:
    raw = multipart(leaf("Received: from mx.web.example\r\nSubject: Lampe\r\n", media_type))
    assert ("enclosed-header-reduced", "part:1.2", 1) in found(raw)
    outgoing = relayed(raw, BUYER_TO_SELLER).outgoing
    assert b"Lampe" in outgoing
    assert b"mx.web.example" not in outgoing


@pytest.mark.parametrize(
    ("content", "is_told"),
    [
        ("<image href='https://t.example/a.png'/>", True),
        ("<style>g { fill: url(//t.example/a.svg#b) }</style>", True),
        ("<?xml-stylesheet href='https://t.example/a.css'?>", True),
        ("<script>x()</script><use href='#a'/><rect fill='url(#b)'/>", False),
        ("<a href='https://shop.example/'><g/></a>", False),
    ],
)
def test_a_drawing_tells_when_it_lost_what_it_loads_from_elsewhere(content: str, is_told: bool) -> None:
    drawing = f"<svg xmlns='http://www.w3.org/2000/svg'>{content}</svg>"
    codes = {code for code, _, _ in found(multipart(leaf(drawing, "image/svg+xml")))}
    assert ("remote-content-removed" in codes) == is_told


def test_a_page_tells_that_it_lost_its_background() -> None:
    page = "<body background='https://t.example/b.png'>Hallo</body>"
    assert found(multipart(leaf(page, "text/html"))) == {("remote-content-removed", "part:1.2", 1)}
