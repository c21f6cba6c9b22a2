"""RTF files: what is read there is masked, whatever it is written with, and the rest stays."""

import pytest

from parley.masking.budget import Budget, MaskedFile
from parley.masking.files import mask_file
from parley.masking.matcher import matcher_for
from parley.masking.richtext import MAX_CONTROLS
from tests.golden.pipeline import BUYER_TO_SELLER, RELAY_DOMAIN, protected_for, relayed
from tests.unit.masking.documents import zipped
from tests.unit.masking.probes import MAILBOX
from tests.unit.masking.test_attachments import attached, contents

MATCHER = matcher_for(protected_for(BUYER_TO_SELLER), RELAY_DOMAIN)
HEAD = rb"{\rtf1\ansi\ansicpg1252 "
ALIAS = b"b-7K2M@relay.example"


def masked(content: bytes) -> MaskedFile:
    return mask_file(HEAD + content + b"}", MATCHER, Budget())


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (rb"Mail anna.kaeufer\'40privatmail.example, ja", b"Mail %s, ja"),
        (rb"Mail \u97?nna.kaeufer\u64?privatmail.example, ja", b"Mail %s, ja"),
        (rb"\uc2 anna.kaeufer\u64\'3f\'3fprivatmail.example, ja", rb"\uc2 %s, ja"),
        (b"anna.kae\r\nufer@privatmail.example", b"%s"),
        (rb"{\b anna}.kaeufer{\i @}privat\b mail\b0 .example", rb"{\b %s}{\i }\b \b0 "),
        (rb"anna.kaeufer{\v und }@privat{\*\x y}mail.example", rb"%s{\v }{\*\x }"),
        (rb"anna.kaeufer@privat\-mail.example", b"%s"),
        (
            rb'{\*\fldinst HYPERLINK "mailto:anna.kaeufer\'40privatmail.example"}',
            rb'{\*\fldinst HYPERLINK "mailto:%s"}',
        ),
        (rb"{\*\shpinst{\shptxt anna.kaeufer{\v0 @}privatmail.example}}", rb"{\*\shpinst{\shptxt %s{\v0 }}}"),
    ],
)
def test_a_mailbox_is_masked_however_its_characters_are_written(content: bytes, expected: bytes) -> None:
    result = masked(content)
    assert result.content == HEAD + expected.replace(b"%s", ALIAS) + b"}"
    assert result.protected == 1
    assert result.codes == ("attachment-masked",)


@pytest.mark.parametrize(
    "content", [rb"joanna.kaeufer@gmx.de \'e4\par {\b 5 {\i x}}", rb"{\pict 0a0b}", rb"\'"]
)
def test_a_file_with_nothing_to_mask_stays_octet_for_octet(content: bytes) -> None:
    assert masked(content) == MaskedFile()


def test_names_leave_the_properties_and_titles_stay() -> None:
    result = masked(
        rb"{\info{\title Angebot}{\author Anna K\'e4ufer}{\operator Unknown}{\*\company K GmbH}}x"
    )
    assert result.content == HEAD + rb"{\info{\title Angebot}{\author }{\operator Unknown}{\*\company }}x}"
    assert result.codes == ("document-author-removed",)


@pytest.mark.parametrize(
    ("content", "is_told"),
    [
        (rb"{\*\revtbl {Unknown;}{Anna K;}}", True),
        (rb"{\*\atnauthor Anna K}", True),
        (rb"{\*\revtbl {Unknown;}}", False),
    ],
)
def test_who_changed_or_commented_the_text_is_reported(content: bytes, is_told: bool) -> None:
    assert masked(content) == MaskedFile(codes=("document-names-author",) if is_told else ())


@pytest.mark.parametrize("content", [rb"{\bin5 abcde}", b"{}" * MAX_CONTROLS])
def test_a_file_that_is_not_read_is_reported(content: bytes) -> None:
    assert masked(content) == MaskedFile(codes=("attachment-unreadable",))


@pytest.mark.parametrize("media_type", ["text/rtf", "application/rtf", "application/msword", "text/plain"])
def test_rich_text_is_masked_under_every_type(media_type: str) -> None:
    result = relayed(
        attached(HEAD + rb"anna.kaeufer\'40privatmail.example}", media_type, "a.rtf"), BUYER_TO_SELLER
    )
    assert contents(result)[1] == HEAD + ALIAS + b"}"


def test_rich_text_in_an_archive_is_masked() -> None:
    result = mask_file(
        zipped({"a.rtf": HEAD + MAILBOX.replace("@", r"\'40").encode() + b"}"}), MATCHER, Budget()
    )
    assert result.codes == ("attachment-masked",)
