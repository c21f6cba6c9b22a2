"""What of a mail stands in a transcript: its texts, its attachments, and the original beside."""

from dataclasses import dataclass

from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as a data URI; width and height in pixels."""

    uri: str
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """An attachment. size: octets, decoded. digest: SHA-256 in hex, "" if it was not read. key: where it lies
    in the archive, "" if only within its mail. first_at: the message whose copy of it shows the picture,
    0 if this one does. enclosed: the subject of the enclosed mail that it stands in, None for the mail
    itself."""

    name: str
    media_type: str
    size: int
    digest: str = ""
    key: str = ""
    picture: Picture | None = None
    first_at: int = 0
    enclosed: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One text of a mail. markup: harmless HTML. is_html: whether it keeps the structure of HTML; else its
    lines are those of a text. links: where its links lead. also: all text of the HTML, where sanitising
    swallowed some, and its remarks. enclosed: the subject of the enclosed mail that it
    stands in, None for the mail itself. is_cut: whether there is more in the mail."""

    markup: Markup
    text: str
    is_html: bool = False
    links: tuple[str, ...] = ()
    also: str = ""
    enclosed: str | None = None
    is_cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A mail as it was, or would have been, seen. others: what alternatives to its texts say, where they say
    something else; remarks, calendars. is_cut: whether there is more of these in the mail. more_files: how
    many attachments it has besides `files`. unreadable: codes of its texts that cannot be decoded."""

    subject: str
    passages: tuple[Passage, ...]
    others: tuple[str, ...] = ()
    is_cut: bool = False
    more_files: int = 0
    files: tuple[File, ...] = ()
    unreadable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an original; whether it reached the other party as it is."""

    text: str
    is_kept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """What its author wrote, for those who may see it. fields: names and decoded values of the header section
    that tell who wrote. files: name, media type and size in octets as sent."""

    fields: tuple[tuple[str, str], ...]
    lines: tuple[Line, ...]
    files: tuple[tuple[str, str, int], ...]
    is_cut: bool = False
