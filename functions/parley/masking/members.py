"""What stands in an archive: each member masked by its name and content, within the mail's budget."""

from typing import Final

from parley.masking.budget import MAX_DEPTH, MAX_MASKED, UNREADABLE, Budget, MaskedFile, MaskFile
from parley.masking.letters import mask_letter
from parley.masking.markup import mask_markup, seems_protected
from parley.masking.matcher import Matcher
from parley.masking.textual import decoded

TEXTUAL: Final = (
    *(".xml", ".rels", ".txt", ".csv", ".htm", ".html", ".json", ".vcf", ".ics", ".vml", ".md"),
    ".eml",
)
OPENED: Final = (
    *(".jpg", ".jpeg", ".png", ".webp", ".heic", ".tif", ".tiff", ".gif"),
    *(".pdf", ".doc", ".xls", ".ppt", ".msg", ".rtf", ".gpg", ".pgp"),
    *(".zip", ".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp"),
    *(".gz", ".tgz", ".tar", ".bz2", ".xz", ".7z", ".rar"),
    *(".cr2", ".cr3", ".nef", ".arw", ".dng", ".raf", ".orf", ".rw2"),
)


def mask_member(name: str, data: bytes, matcher: Matcher, budget: Budget, mask_file: MaskFile) -> MaskedFile:
    """A member's content. name: in lower case. Raises `text.UnsettledError`."""
    if name.endswith(TEXTUAL) and len(data) > MAX_MASKED:
        return UNREADABLE
    if name.endswith(".eml") and budget.depth < MAX_DEPTH:
        budget.depth += 1
        letter = mask_letter(data, matcher, budget, mask_file)
        budget.depth -= 1
        plain = _text(data if letter.content is None else letter.content, matcher, budget)
        content = letter.content if plain.content is None else plain.content
        return MaskedFile(content, letter.protected + plain.protected, (*letter.codes, *plain.codes))
    return _text(data, matcher, budget) if name.endswith(TEXTUAL) else _file(data, matcher, budget, mask_file)


def mask_content(data: bytes, matcher: Matcher, budget: Budget, mask_file: MaskFile) -> MaskedFile:
    """A content without a name. Raises `text.UnsettledError`."""
    masked = _file(data, matcher, budget, mask_file)
    if masked.content is not None or len(data) > MAX_MASKED or decoded(data) is None:
        return masked
    plain = _text(data, matcher, budget)
    # What was masked as text is not left in the file.
    return plain if plain.protected else masked


def _file(data: bytes, matcher: Matcher, budget: Budget, mask_file: MaskFile) -> MaskedFile:
    if budget.depth >= MAX_DEPTH:
        return UNREADABLE
    budget.depth += 1
    masked = mask_file(data, matcher, budget)
    budget.depth -= 1
    return masked


def _text(data: bytes, matcher: Matcher, budget: Budget) -> MaskedFile:
    known = decoded(data)
    wide = known is not None and known[1].startswith("utf-16")
    text = known[0] if known and wide else data.decode("utf-8", "surrogateescape")
    if not seems_protected(text, matcher):
        return MaskedFile()
    budget.text -= len(data)
    if budget.text < 0:
        return MaskedFile(codes=("protected-in-attachment",))
    masked = mask_markup(text, matcher)
    if not masked.protected:
        return MaskedFile()
    codec, errors = (known[1], "replace") if known and wide else ("utf-8", "surrogateescape")
    return MaskedFile(masked.text.encode(codec, errors), masked.protected, ("attachment-masked",))
