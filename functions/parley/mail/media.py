"""What an attachment is: by its content, never by its name alone (compare WHATWG MIME Sniffing §6).

Guarantees: a signature wins over what the part says of itself; a type that has a signature is never
believed without it; text that hides behind a binary type is called text, so that it is read as text.
"""

import re

_OCTETS = "application/octet-stream"
_ZIP = "application/zip"
_OLE = "application/x-ole-storage"
_OOXML = "application/vnd.openxmlformats-officedocument."

# Offset, octets, type. The first that fits counts.
_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (0, b"II*\0", "image/tiff"),
    (0, b"MM\0*", "image/tiff"),
    (0, b"BM", "image/bmp"),
    (0, b"\0\0\1\0", "image/vnd.microsoft.icon"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypheix", "image/heic"),
    (4, b"ftypmif1", "image/heif"),
    (4, b"ftypmsf1", "image/heif"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftypqt", "video/quicktime"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftyp", "video/mp4"),
    (8, b"WAVE", "audio/wav"),
    (8, b"AVI ", "video/x-msvideo"),
    (0, b"OggS", "application/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
    (0, b"PK\3\4", _ZIP),
    (0, b"PK\5\6", _ZIP),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _OLE),
    (0, b"{\\rtf", "application/rtf"),
    (0, b"\x78\x9f\x3e\x22", "application/ms-tnef"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"BZh", "application/x-bzip2"),
    (0, b"\xfd7zXZ\0", "application/x-xz"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\7", "application/vnd.rar"),
    (257, b"ustar", "application/x-tar"),
    (0, b"MSCF", "application/vnd.ms-cab-compressed"),
    (0, b"MZ", "application/vnd.microsoft.portable-executable"),
    (0, b"\x7fELF", "application/x-executable"),
    (0, b"\xca\xfe\xba\xbe", "application/java-vm"),
    (0, b"\xcf\xfa\xed\xfe", "application/x-mach-binary"),
    (0, b"L\0\0\0\1\x14\2\0", "application/x-ms-shortcut"),
    (0, b"#!", "text/x-script"),
    (0, b"-----BEGIN PGP MESSAGE", "application/pgp-encrypted"),
    (0, b"-----BEGIN PGP SIGNATURE", "application/pgp-signature"),
    (0, b"-----BEGIN PGP PUBLIC KEY", "application/pgp-keys"),
)
_SHORT = frozenset((b"BM", b"MZ", b"#!", b"ID3", b"BZh"))
"""Signatures that ordinary text may begin with."""
_SIGNED = frozenset(kind for _, _, kind in _SIGNATURES) | {
    "application/pdf",
    "image/jpg",
    "image/x-png",
    "image/pjpeg",
}

_IN_ZIP = (
    (b"AndroidManifest.xml", "application/vnd.android.package-archive"),
    (b"META-INF/MANIFEST.MF", "application/java-archive"),
    (b"word/", _OOXML + "wordprocessingml.document"),
    (b"xl/", _OOXML + "spreadsheetml.sheet"),
    (b"ppt/", _OOXML + "presentationml.presentation"),
)
_ODF = re.compile(rb"mimetype(application/(?:vnd\.oasis\.opendocument\.[a-z-]+|epub\+zip))")
_BY_EXTENSION = {
    "docx": _OOXML + "wordprocessingml.document",
    "xlsx": _OOXML + "spreadsheetml.sheet",
    "pptx": _OOXML + "presentationml.presentation",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
    "msg": "application/vnd.ms-outlook",
    "csv": "text/csv",
    "htm": "text/html",
    "html": "text/html",
    "xhtml": "application/xhtml+xml",
    "xml": "text/xml",
    "json": "application/json",
    "eml": "message/rfc822",
}
_MARKUP = (
    (re.compile(rb"<svg[\s>]", re.IGNORECASE), "image/svg+xml"),
    (
        re.compile(rb"<(?:!doctype html|html|head|body|script|iframe|table|div|meta|a )", re.IGNORECASE),
        "text/html",
    ),
)
_LINES = ((b"BEGIN:VCALENDAR", "text/calendar"), (b"BEGIN:VCARD", "text/vcard"))
_GENERIC = frozenset(
    (_OCTETS, "application/binary", "application/x-download", "application/force-download", "")
)
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def sniff(head: bytes, *, declared: str, filename: str) -> str:
    """The media type of content that begins with `head` (some hundred octets or more; 4 KB tell office
    files apart), lower-case. declared: what the part says; filename: its name, "" for none. Never raises."""
    declared = declared.lower()
    extension = filename.rpartition(".")[2].lower() if "." in filename else ""
    is_text = _is_text(head)
    for offset, octets, kind in _SIGNATURES:
        if head.startswith(octets, offset) and not (is_text and octets in _SHORT and kind != declared):
            return _inside(head, kind, extension)
    if b"%PDF-" in head[:1024]:
        return "application/pdf"
    if not is_text:
        return _OCTETS if declared in _SIGNED or declared.startswith("text/") else declared or _OCTETS
    return _text_kind(head, declared, extension)


def _is_text(head: bytes) -> bool:
    return head[:2] in (b"\xff\xfe", b"\xfe\xff") or not _BINARY.search(head)


def _inside(head: bytes, kind: str, extension: str) -> str:
    """The kind of a container that other formats are made of."""
    if kind == _ZIP:
        if (named := _ODF.search(head[:200])) is not None:
            return named[1].decode("ascii")
        inner = next((inner for name, inner in _IN_ZIP if name in head), None)
        return inner or (_BY_EXTENSION[extension] if extension in ("docx", "xlsx", "pptx") else _ZIP)
    if kind == _OLE and extension in ("doc", "xls", "ppt", "msg"):
        return _BY_EXTENSION[extension]
    return kind


def _text_kind(head: bytes, declared: str, extension: str) -> str:
    """The kind of something that reads as text."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:2_000]
    is_plain = declared == "text/plain" and extension not in _BY_EXTENSION
    if not is_plain:
        for line, kind in _LINES:
            if start[:20].upper().startswith(line):
                return kind
        if start.startswith(b"<"):
            for pattern, kind in _MARKUP:
                if pattern.search(start):
                    return kind
    if declared in _GENERIC or declared in _SIGNED:
        return _BY_EXTENSION.get(extension, "text/plain") if extension not in _OFFICE else "text/plain"
    return declared


_OFFICE = frozenset(("docx", "xlsx", "pptx", "doc", "xls", "ppt", "msg"))
