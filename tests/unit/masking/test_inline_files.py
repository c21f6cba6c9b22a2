"""Files inside texts: pictures in `data:` URLs, photographs and attachments in vCards and calendars."""

import base64
import email
import io

import pytest

from parley.masking.contentlines import mask_content_lines
from parley.masking.inline import clean_data_uri
from parley.masking.matcher import matcher_for
from tests.golden.pipeline import BUYER_TO_SELLER, RELAY_DOMAIN, protected_for, relayed
from tests.unit.masking import documents, pictures
from tests.unit.masking.documents import zipped
from tests.unit.masking.probes import leaf, mail

MATCHER = matcher_for(protected_for(BUYER_TO_SELLER), RELAY_DOMAIN)
PHOTO = pictures.jpeg(pictures.segment(0xFE, pictures.CANARY))


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


CLEAN, DIRTY = b64(pictures.CLEAN_JPEG), b64(PHOTO)


@pytest.mark.parametrize("head", ["data:image/jpeg;base64,", "DATA:image/png;name=a.jpg;BASE64,"])
def test_a_picture_in_a_url_loses_its_metadata(head: str) -> None:
    assert clean_data_uri(head + DIRTY) == head + CLEAN


def test_a_picture_without_metadata_stays_as_it_was_written() -> None:
    written = f"data:image/jpeg;base64, {CLEAN[:40]}\n {CLEAN[40:].replace('=', '%3D')}"
    assert clean_data_uri(written) == written


@pytest.mark.parametrize(
    "uri",
    [
        f"data:image/svg+xml;base64,{b64(b'<svg/>')}",
        f"data:text/html;base64,{b64(b'<script>')}",
        f"data:image/png;base64,{b64(b'<script>')}",
        f"data:image/png;base64,{b64(b'PNG is what this is not')}",
        "data:image/png,%89PNG",
        f"data:image/png;base64,{b64(pictures.png()[:20])}",
    ],
)
def test_what_is_no_picture_that_can_be_read_goes(uri: str) -> None:
    assert clean_data_uri(uri) is None


DRAWING = '<svg xmlns="http://www.w3.org/2000/svg">{}</svg>'


@pytest.mark.parametrize(
    ("media_type", "page"),
    [
        ("text/html", '<p>x</p><img src="data:image/jpeg;base64,{}">'),
        ("image/svg+xml", DRAWING.format('<image href="data:image/jpeg;base64,{}"/>')),
        ("image/svg+xml", DRAWING.format('<rect style="fill:url(data:image/jpeg;base64,{})"/>')),
    ],
)
def test_a_picture_in_a_page_goes_out_without_metadata(media_type: str, page: str) -> None:
    result = relayed(mail(leaf(page.format(DIRTY), media_type)), BUYER_TO_SELLER)
    shown = email.message_from_bytes(result.outgoing).get_payload(decode=True)
    assert isinstance(shown, bytes)
    assert f"data:image/jpeg;base64,{CLEAN}" in shown.decode()


@pytest.mark.parametrize(
    "line",
    [
        "PHOTO;ENCODING=b;TYPE=JPEG:{}",
        "item1.PHOTO;JPEG;ENCODING=BASE64:{}",
        "PHOTO;BASE64:{}",
        "PHOTO:data:image/jpeg;base64,{}",
        'ATTACH;X-NAME="a:b";VALUE=BINARY;ENCODING=BASE64;FMTTYPE=image/jpeg:{}',
    ],
)
def test_a_photograph_in_content_lines_loses_its_metadata(line: str) -> None:
    text = "BEGIN:VCARD\r\nFN:Anna\r\n{}\r\nEND:VCARD\r\n"
    result = mask_content_lines(text.format(line.format(DIRTY)), MATCHER)
    assert result.text.replace("\r\n ", "") == text.format(line.format(CLEAN))
    assert result.contacts == ("image-metadata-removed",)
    assert max(map(len, result.text.split("\r\n"))) <= 75


def test_content_lines_with_a_clean_photograph_stay_as_they_were() -> None:
    text = f"BEGIN:VCARD\nPHOTO;ENCODING=b:{CLEAN[:50]}\n {CLEAN[50:]}\nEND:VCARD\n"
    assert mask_content_lines(text, MATCHER).text == text


def test_a_document_attached_to_an_appointment_loses_its_author() -> None:
    line = f"ATTACH;VALUE=BINARY;ENCODING=BASE64:{b64(zipped(documents.docx()))}"
    result = mask_content_lines(line, MATCHER)
    content = base64.b64decode(result.text.replace("\n ", "").partition(":")[2])
    assert documents.AUTHOR.encode() not in b"".join(documents.opened(content).values())
    assert io.BytesIO(content).read(2) == b"PK"


@pytest.mark.parametrize(
    "line", ["KEY;ENCODING=b:mQENBGtra2s=", "item2.KEY:data:application/pgp-keys;base64,mQEN"]
)
def test_a_key_in_a_card_goes(line: str) -> None:
    result = mask_content_lines(f"BEGIN:VCARD\n{line}\nEND:VCARD", MATCHER)
    assert "mQEN" not in result.text
    assert result.contacts == ("certificate-removed",)


def test_a_program_attached_to_an_appointment_is_told() -> None:
    program = b64(b"MZ\x90\0" + bytes(200))
    assert mask_content_lines(f"ATTACH;ENCODING=BASE64:{program}", MATCHER).contacts == (
        "attachment-program",
    )
