"""Files that are no text: masked by what they are, whatever they call themselves."""

from collections.abc import Sequence
from typing import Final

from parley.masking.archives import mask_archive
from parley.masking.binaries import reveals_plainly, scrubbed
from parley.masking.budget import UNREADABLE, Budget, MaskedFile
from parley.masking.edits import Edit, FormatError, edited
from parley.masking.gzips import mask_gzip
from parley.masking.images import without_metadata
from parley.masking.jpeg import embedded_edits
from parley.masking.matcher import Matcher
from parley.masking.media import PICTURES, Media, media_of
from parley.masking.ole import author_edits, has_macros, is_encrypted
from parley.masking.openpgp import OpenPgp, openpgp_of
from parley.masking.pdf import read_pdf
from parley.masking.richtext import mask_rtf
from parley.masking.tars import mask_tar

MAX_SEARCHED: Final = 4 * 1024 * 1024
"""Octets of a file that is searched for protected strings."""
_RECORDED: Final = PICTURES | {Media.MP4}
_ARCHIVES: Final = {Media.ZIP: mask_archive, Media.GZIP: mask_gzip, Media.TAR: mask_tar}
CLOSED: Final = frozenset({Media.ARCHIVE, Media.RAW})
"""What is known and not opened: archives that take long to pack again, and what a camera's sensor saw."""
OPENED: Final = _RECORDED | _ARCHIVES.keys() | {Media.PDF, Media.OLE, Media.RTF}
"""What is looked into, however large it is."""


def mask_file(data: bytes, matcher: Matcher, budget: Budget) -> MaskedFile:
    """The file, masked. Raises `text.UnsettledError`; a file that cannot be read is reported by a code."""
    media = media_of(data)
    if media in _RECORDED:
        opened = _picture(data)
    elif media in _ARCHIVES:
        opened = _ARCHIVES[media](data, matcher, budget, mask_file)
    elif media is Media.RTF:
        opened = mask_rtf(data, matcher)
    elif media in CLOSED:
        opened = UNREADABLE
    elif media is Media.OTHER and (packets := openpgp_of(data)):
        opened = _openpgp(packets)
    elif media is Media.PDF:
        opened = _pdf(data)
    elif media is Media.OLE:
        opened = _ole(data)
    else:
        opened = MaskedFile()
    return _searched(data if opened.content is None else opened.content, opened, media, matcher)


def _picture(data: bytes) -> MaskedFile:
    try:
        clean = without_metadata(data)
    except FormatError:
        return MaskedFile(codes=("attachment-unreadable",))
    return MaskedFile(clean, codes=("image-metadata-removed",) if clean is not None else ())


def _pdf(data: bytes) -> MaskedFile:
    properties = read_pdf(data)
    codes = ["attachment-encrypted"] if properties.is_encrypted else []
    if properties.is_named:
        codes.append("document-names-author")
    if properties.is_signed:
        return MaskedFile(codes=tuple(codes))
    return _cleaned(data, properties.edits, codes)


def _ole(data: bytes) -> MaskedFile:
    codes = ["attachment-macros"] if has_macros(data) else []
    if is_encrypted(data):
        codes.append("attachment-encrypted")
    return _cleaned(data, author_edits(data), codes)


def _openpgp(packets: OpenPgp) -> MaskedFile:
    """A key and a signature name their owner: what is left of them is an empty file."""
    if packets is OpenPgp.ENCRYPTED:
        return MaskedFile(codes=("attachment-encrypted",))
    return MaskedFile(b"", codes=("certificate-removed" if packets is OpenPgp.KEY else "signature-removed",))


def _cleaned(data: bytes, names: Sequence[Edit], codes: list[str]) -> MaskedFile:
    """A document without those names, and without the metadata of pictures that stand plainly in it."""
    try:
        pictures = embedded_edits(data)
        if not names and not pictures:
            return MaskedFile(codes=tuple(codes))
        clean = edited(data, [*names, *pictures])
    except FormatError:
        return MaskedFile(codes=(*codes, "attachment-unreadable"))
    told = (("document-author-removed", names), ("image-metadata-removed", pictures))
    return MaskedFile(clean, codes=(*codes, *(code for code, edits in told if edits)))


def _searched(data: bytes, opened: MaskedFile, media: Media, matcher: Matcher) -> MaskedFile:
    """What is left in the file is searched, and overwritten where that harms no checksum."""
    if len(data) > MAX_SEARCHED:
        # Of a picture only what is seen is left, and of an archive what was opened.
        told = () if media in _RECORDED or media in _ARCHIVES else ("attachment-not-searched",)
        return MaskedFile(opened.content, opened.protected, (*opened.codes, *told))
    if not reveals_plainly(data, matcher):
        return opened
    clean = scrubbed(data, matcher)
    if clean is None:
        return MaskedFile(opened.content, opened.protected, (*opened.codes, "protected-in-attachment"))
    return MaskedFile(clean, opened.protected + 1, (*opened.codes, "attachment-masked"))
