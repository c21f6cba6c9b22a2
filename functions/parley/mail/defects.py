"""What is structurally odd about a mail, and the caps that keep reading it linear."""

from enum import StrEnum

MAX_MAIL_BYTES = 40 * 1024 * 1024
MAX_HEADER_BYTES = 256 * 1024
MAX_FIELDS = 2_000
MAX_PARTS = 1_000
MAX_DEPTH = 20
MAX_TEXT_BYTES = 5 * 1024 * 1024
MAX_NEAR_BOUNDARIES = 20_000
"""Lines in the whole mail that begin like a delimiter and are none."""


class Defect(StrEnum):
    """What is structurally odd. Recorded as findings; those that `read` raises hold the mail."""

    NOT_A_MAIL = "not-a-mail"
    """No header field at all, or binary where a header section should be."""
    TOO_LARGE = "mail-too-large"
    HEADER_TOO_LARGE = "header-too-large"
    """A header section over `MAX_HEADER_BYTES` or with more than `MAX_FIELDS` fields."""
    TOO_MANY_PARTS = "too-many-parts"
    TOO_DEEP = "nested-too-deep"
    TOO_MANY_NEAR_BOUNDARIES = "too-many-near-boundaries"
    """More lines that begin like a delimiter than an honest mail has."""
    AMBIGUOUS_CONTENT_TYPE = "ambiguous-content-type"
    """Two Content-Type fields of one part that disagree."""
    AMBIGUOUS_TRANSFER_ENCODING = "ambiguous-transfer-encoding"
    """Two Content-Transfer-Encoding fields of one part that disagree."""
    UNKNOWN_TRANSFER_ENCODING = "unknown-transfer-encoding"
    ENCODED_MULTIPART = "encoded-multipart"
    """A multipart whose delimiters are hidden by a transfer encoding of its own (RFC 2045 §6.4)."""
    IDLE_TRANSFER_ENCODING = "idle-transfer-encoding"
    """A multipart with such an encoding whose delimiters stand in the clear, so that it means nothing."""
    MISSING_BOUNDARY = "missing-boundary"
    """A multipart without a usable boundary, or none of whose boundaries occurs. Its parts are read where
    its delimiters can be told from its body, else it is read as plain text."""
    MISSING_CLOSE = "missing-close"
    """A multipart that ends with its parent's delimiter or with the mail."""
    JUNK_IN_HEADER = "junk-in-header"
    """A line that is neither a field nor a continuation."""
    MISSING_BLANK_LINE = "missing-blank-line"
    """A body that begins without the empty line which ends the header section."""
    BARE_CARRIAGE_RETURNS = "bare-carriage-returns"
    """Lines end with CR alone; they were read as line ends."""


class StructureError(ValueError):
    """The mail exceeds a cap or cannot be read with certainty; `defect` says why."""

    def __init__(self, defect: Defect) -> None:
        super().__init__(defect.value)
        self.defect = defect
