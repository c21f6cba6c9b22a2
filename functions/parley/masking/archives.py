"""Zip files, which office documents are: their text members masked, everything else carried over.

A document names its author in its properties, and whoever wrote a comment or a link. Members are inflated
only up to a cap; an archive beyond it, an encrypted or a broken one passes as it is, flagged if its names
reveal something. What a changed archive's other members unpack to stays the same octets.
"""

import html
import io
import re
import zipfile
import zlib
from typing import Final

from parley.masking.matcher import Matcher
from parley.masking.text import MaskedText, Medium, UnsettledError, mask_text, mask_view
from parley.masking.views import View

MAX_MEMBERS: Final = 2_000
MAX_INFLATED: Final = 16 * 1024 * 1024
_TEXTUAL: Final = (
    ".xml",
    ".rels",
    ".txt",
    ".csv",
    ".htm",
    ".html",
    ".json",
    ".vcf",
    ".ics",
    ".eml",
    ".vml",
    ".md",
)
_TAG: Final = re.compile(r"<[^<>]*>")


def mask_archive(data: bytes, matcher: Matcher) -> tuple[bytes | None, int]:
    """The archive with its text masked (None if nothing was found), and how much was found.

    Raises `text.UnsettledError`.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_INFLATED:
                return None, 0
            if any(member.flag_bits & 1 for member in members):
                return None, 0
            return _masked(archive, members, matcher)
    except UnsettledError:
        raise
    except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError, ValueError, RuntimeError, zlib.error):
        return None, 0


def _masked(
    archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], matcher: Matcher
) -> tuple[bytes | None, int]:
    changed: dict[str, bytes] = {}
    names: dict[str, str] = {}
    found = 0
    for member in members:
        name = mask_text(member.filename, matcher, mask_contacts=False)
        if name.protected:
            names[member.filename] = name.text
            found += name.protected
        if member.filename.lower().endswith(_TEXTUAL):
            content = archive.read(member)
            masked = _text(content, matcher)
            if masked is not None:
                changed[member.filename] = masked.text.encode("utf-8", "surrogateescape")
                found += masked.protected
    if not found:
        return None, 0
    return _rewritten(archive, members, changed, names), found


def _text(content: bytes, matcher: Matcher) -> MaskedText | None:
    text = content.decode("utf-8", "surrogateescape")
    bare = html.unescape(_TAG.sub("", text)).lower()
    if not matcher.anchored(text.lower()) and not matcher.anchored("".join(bare.split())):
        return None
    masked = mask_markup(text, matcher)
    return masked if masked.protected else None


def mask_markup(text: str, matcher: Matcher, *, mask_contacts: bool = False) -> MaskedText:
    """The source of an XML document, masked also where tags stand inside a protected string."""
    masked = mask_text(text, matcher, mask_contacts=mask_contacts)
    joined = mask_view(masked.text, matcher, _MARKUP, mask_contacts=False)
    return MaskedText(joined.text, masked.protected + joined.protected, masked.contacts)


def _without_tags(text: str) -> View:
    return View(text).rewritten(_TAG, lambda _: "")


def _between_tags(text: str, start: int, end: int, replacement: str) -> str:
    return html.escape(replacement, quote=False) + "".join(_TAG.findall(text[start:end]))


_MARKUP: Final = Medium(read=_without_tags, show=lambda text: _TAG.sub("", text), replace=_between_tags)


def _rewritten(
    archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], changed: dict[str, bytes], names: dict[str, str]
) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as written:
        for member in members:
            fresh = zipfile.ZipInfo(names.get(member.filename, member.filename), member.date_time)
            fresh.compress_type = member.compress_type
            fresh.external_attr = member.external_attr
            content = changed.get(member.filename)
            written.writestr(fresh, archive.read(member) if content is None else content)
    return out.getvalue()
