"""A mail as it was read: spans into its bytes."""

from dataclasses import dataclass

from parley.mail.defects import Defect
from parley.mail.header import Header, Parameterised


@dataclass(frozen=True, slots=True)
class Part:
    """One body part: spans into `source`; nothing is copied.

    children: a multipart's parts (empty for other types). enclosed: the mail in a message/rfc822 (or
    message/global) part, whether encoded or not; None for other types.
    """

    source: bytes
    header: Header
    content_type: Parameterised
    """Effective type: the default (text/plain, or message/rfc822 in a digest) where none or an invalid one
    is given; text/plain for a multipart without delimiters."""
    disposition: Parameterised | None
    transfer_encoding: str
    """"7bit", "8bit", "binary", "quoted-printable", "base64" or "x-uuencode" (wrong spellings mapped)."""
    body_start: int
    body_end: int
    children: tuple["Part", ...] = ()
    enclosed: "Mail | None" = None

    @property
    def body(self) -> memoryview:
        """The body as it stands in the mail, still transfer-encoded; no copy."""
        return memoryview(self.source)[self.body_start : self.body_end]


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as read: its root part (whose header is the mail's) and what was odd but harmless."""

    root: Part
    defects: tuple[Defect, ...]

    @property
    def header(self) -> Header:
        return self.root.header
