"""Files of every kind, damaged at random: nothing raises or grows, and cleaning twice changes nothing."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley.masking.budget import Budget, MaskedFile
from parley.masking.edits import FormatError
from parley.masking.files import mask_file
from parley.masking.images import without_metadata
from parley.masking.matcher import matcher_for
from tests.golden.pipeline import BUYER_TO_SELLER, RELAY_DOMAIN, protected_for
from tests.unit.masking import documents, pictures
from tests.unit.masking.test_images import WITH_METADATA

MATCHER = matcher_for(protected_for(BUYER_TO_SELLER), RELAY_DOMAIN)
DOCUMENTS = {
    "docx": documents.zipped(documents.docx(**{"word/media/a.jpg": WITH_METADATA["jpeg"]})),
    "odt": documents.streamed_zip(documents.odt()),
    "nested": documents.zipped(
        {"a.docx": documents.zipped(documents.docx()), "b.pdf": documents.pdf(b"(Anna)")}
    ),
    "pdf": documents.pdf(b"(Anna)", documents.XMP.format(name="Anna").encode(), b"5 0 obj (Anna) endobj"),
    "packed pdf": documents.packed_pdf(b"(Anna)"),
    "ole": documents.ole(),
}
FILES = WITH_METADATA | DOCUMENTS
NAMES = st.sampled_from(sorted(FILES))
MAGIC = st.sampled_from(sorted({content[:12] for content in FILES.values()}))


def masked(data: bytes) -> MaskedFile:
    return mask_file(data, MATCHER, Budget())


def mutated(data: bytes, seed: int, changes: int) -> bytes:
    """The file behind its signature with some octets changed, cut out, doubled, or all cut off."""
    chance = random.Random(seed)
    octets = bytearray(data)
    for _ in range(changes):
        at = chance.randrange(4, max(5, len(octets)))
        match chance.randrange(5):
            case 0:
                octets[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                octets[at : at + 4] = chance.choice(
                    [b"\xff\xff\xff\xff", bytes(4), b"\0\0\0\1", b"\x7f\xff\xff\xff"]
                )
            case 2:
                del octets[at : at + chance.randrange(1, 20)]
            case 3:
                octets[at:at] = octets[at : at + chance.randrange(1, 40)]
            case _:
                del octets[max(at, len(octets) // 2) :]
    return bytes(octets)


@settings(max_examples=400, deadline=None)
@given(name=NAMES, seed=st.integers(0, 2**32), changes=st.integers(1, 6))
def test_a_damaged_file_never_raises_and_never_grows_beyond_what_packing_costs(
    name: str, seed: int, changes: int
) -> None:
    data = mutated(FILES[name], seed, changes)
    result = masked(data)
    assert result.content is None or len(result.content) <= len(data) + 100
    assert masked(data) == result


@settings(max_examples=400, deadline=None)
@given(name=st.sampled_from(sorted(WITH_METADATA)), seed=st.integers(0, 2**32), changes=st.integers(1, 4))
def test_a_damaged_picture_never_grows_and_is_clean_once_it_was_cleaned(
    name: str, seed: int, changes: int
) -> None:
    data = mutated(WITH_METADATA[name], seed, changes)
    try:
        clean = without_metadata(data)
    except FormatError:
        return
    if clean is not None:
        assert len(clean) <= len(data)
        assert without_metadata(clean) is None


@settings(max_examples=300, deadline=None)
@given(magic=MAGIC, rest=st.binary(max_size=2_000))
def test_anything_behind_a_signature_is_read_or_reported(magic: bytes, rest: bytes) -> None:
    result = masked(magic + rest)
    assert result.content is None or len(result.content) <= len(magic + rest) + 100


@settings(max_examples=100, deadline=None)
@given(name=st.text(st.characters(categories=["L", "N"], max_codepoint=0xFFFF), min_size=1, max_size=40))
def test_no_name_survives_in_the_properties_of_a_document(name: str) -> None:
    name = f"CANARY{name}"
    utf16 = b"".join(b"\\" + bytes([o]) if o in b"()\\" else bytes([o]) for o in name.encode("utf-16-be"))
    for data in (
        documents.zipped(documents.docx(name)),
        documents.pdf(b"(\xfe\xff" + utf16 + b")"),
        documents.ole(name, wide=True),
    ):
        result = masked(data)
        assert result.codes == ("document-author-removed",)
        assert result.content is not None
        inside = documents.opened(result.content).values() if data.startswith(b"PK") else [result.content]
        for octets in inside:
            assert b"CANARY" not in octets.replace(b"\0", b"")
            assert name.encode("utf-16-be") not in octets


@pytest.mark.parametrize("name", sorted(FILES))
def test_every_sample_is_changed_or_reported(name: str) -> None:
    result = masked(FILES[name])
    assert result.codes
    assert pictures.CANARY not in (result.content or b"")
