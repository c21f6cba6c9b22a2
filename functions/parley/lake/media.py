"""Media types as the lake tells them: an author may write anything there, a name too."""

from typing import Final

OTHER: Final = "application/octet-stream"
KNOWN: Final = frozenset(
    (
        *("application/gzip", "application/json", "application/msword", "application/pdf"),
        *("application/rtf", "application/xml", "application/zip", "application/x-7z-compressed"),
        *("application/vnd.ms-excel", "application/vnd.ms-powerpoint", "application/vnd.rar"),
        "application/vnd.oasis.opendocument.presentation",
        "application/vnd.oasis.opendocument.spreadsheet",
        "application/vnd.oasis.opendocument.text",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        *("audio/aac", "audio/mp4", "audio/mpeg", "audio/ogg", "audio/wav"),
        *("image/avif", "image/bmp", "image/gif", "image/heic", "image/heif", "image/jpeg"),
        *("image/png", "image/svg+xml", "image/tiff", "image/webp"),
        *("message/rfc822", "text/calendar", "text/csv", "text/html", "text/markdown"),
        *("text/plain", "text/rtf", "text/vcard", "text/xml"),
        *("video/mp4", "video/mpeg", "video/quicktime", "video/webm"),
    )
)


def media_type(declared: str) -> str:
    """The type as it was declared if it is a known one, else `OTHER`."""
    declared = declared.lower()
    return declared if declared in KNOWN else OTHER
