"""What kind of content a part is, which decides how it is treated."""

from enum import Enum, auto
from typing import Final

from parley.mail import transfer
from parley.mail.charset_labels import codec_for
from parley.mail.structure import Part


class Kind(Enum):
    """Treatments, from the media type and the file name."""

    MULTIPART = auto()
    ENCLOSED = auto()
    TEXT = auto()
    HTML = auto()
    CONTENT_LINES = auto()
    HEADER_SECTION = auto()
    SVG = auto()
    AMP = auto()
    SIGNATURE = auto()
    CERTIFICATE = auto()
    SIGNED = auto()
    ENCRYPTED = auto()
    UNSTATED_SMIME = auto()
    TNEF = auto()
    PARTIAL = auto()
    EXTERNAL = auto()
    BINARY = auto()


_BY_TYPE: Final = {
    "text/html": Kind.HTML,
    "application/xhtml+xml": Kind.HTML,
    "text/x-amp-html": Kind.AMP,
    "text/calendar": Kind.CONTENT_LINES,
    "application/ics": Kind.CONTENT_LINES,
    "text/vcard": Kind.CONTENT_LINES,
    "text/x-vcard": Kind.CONTENT_LINES,
    "text/directory": Kind.CONTENT_LINES,
    "text/x-vcalendar": Kind.CONTENT_LINES,
    "application/vcard": Kind.CONTENT_LINES,
    "application/x-vcard": Kind.CONTENT_LINES,
    "text/rfc822-headers": Kind.HEADER_SECTION,
    "message/rfc822-headers": Kind.HEADER_SECTION,
    "image/svg+xml": Kind.SVG,
    "image/svg": Kind.SVG,
    "message/partial": Kind.PARTIAL,
    "message/external-body": Kind.EXTERNAL,
    "application/pgp-signature": Kind.SIGNATURE,
    "application/pkcs7-signature": Kind.SIGNATURE,
    "application/x-pkcs7-signature": Kind.SIGNATURE,
    "application/pgp-keys": Kind.CERTIFICATE,
    "application/x-x509-ca-cert": Kind.CERTIFICATE,
    "application/x-x509-user-cert": Kind.CERTIFICATE,
    "application/x-x509-email-cert": Kind.CERTIFICATE,
    "application/pkix-cert": Kind.CERTIFICATE,
    "application/x-pkcs12": Kind.CERTIFICATE,
    "application/pkcs12": Kind.CERTIFICATE,
    "application/pkcs10": Kind.CERTIFICATE,
    "application/pgp-encrypted": Kind.ENCRYPTED,
    "multipart/encrypted": Kind.ENCRYPTED,
    "application/ms-tnef": Kind.TNEF,
    "application/vnd.ms-tnef": Kind.TNEF,
    "application/json": Kind.TEXT,
    "application/ld+json": Kind.TEXT,
    "application/xml": Kind.TEXT,
    "application/javascript": Kind.TEXT,
    "application/x-javascript": Kind.TEXT,
    "application/x-sh": Kind.TEXT,
    "application/sql": Kind.TEXT,
    "application/yaml": Kind.TEXT,
    "application/csv": Kind.TEXT,
    "application/x-csv": Kind.TEXT,
    "application/rtf": Kind.BINARY,
    "text/rtf": Kind.BINARY,
}
_BY_EXTENSION: Final = {
    "p7s": Kind.SIGNATURE,
    "sig": Kind.SIGNATURE,
    "p7m": Kind.UNSTATED_SMIME,
    "p12": Kind.CERTIFICATE,
    "pfx": Kind.CERTIFICATE,
    "p7c": Kind.CERTIFICATE,
    "cer": Kind.CERTIFICATE,
    "crt": Kind.CERTIFICATE,
    "html": Kind.HTML,
    "htm": Kind.HTML,
    "xhtml": Kind.HTML,
    "ics": Kind.CONTENT_LINES,
    "vcf": Kind.CONTENT_LINES,
    "vcs": Kind.CONTENT_LINES,
    "svg": Kind.SVG,
    "rtf": Kind.BINARY,
}
_SMIME: Final = ("application/pkcs7-mime", "application/x-pkcs7-mime")
_SNIFFED: Final = 1_000
_XML: Final = ("application/xml", "text/xml")
_OPAQUE: Final = (
    "",
    "application/octet-stream",
    "application/x-download",
    "application/unknown",
    "text/plain",
)


def kind_of(part: Part, name: str) -> Kind:
    """The kind of a part that calls itself `name`."""
    media_type = part.content_type.value
    if media_type in _SMIME:
        return _smime(part, name)
    if part.enclosed is not None:
        return Kind.ENCLOSED
    if media_type in _XML and name.lower().endswith(".svg"):
        return Kind.SVG
    if media_type in _BY_TYPE:
        return _BY_TYPE[media_type]
    if media_type.startswith("multipart/"):
        return Kind.MULTIPART
    extension = name.rpartition(".")[2].lower()
    if name.lower() == "winmail.dat":
        return Kind.TNEF
    if media_type in _OPAQUE and extension in _BY_EXTENSION:
        return _BY_EXTENSION[extension]
    if media_type == "text/plain" and _is_file(part, name):
        return Kind.BINARY
    if media_type.startswith(("text/", "message/")) or media_type.endswith(("+xml", "+json")):
        return Kind.TEXT
    return Kind.BINARY


def _is_file(part: Part, name: str) -> bool:
    """Whether it is a file that only calls itself text: rich text, or UTF-16. A mail's own text in that would
    be written anew in UTF-8 (RFC 2046 §4.1.1 allows no UTF-16 there); a file keeps its octets."""
    is_attached = part.disposition is not None and part.disposition.value == "attachment"
    if not is_attached and not name:
        return False
    # Few mails have files.
    from parley.masking.media import Media, media_of
    from parley.masking.textual import wide_codec

    head = transfer.decode(part.body[:_SNIFFED], part.transfer_encoding)
    charset = codec_for(part.content_type.parameters.get("charset", "")) or ""
    is_wide = charset.startswith(("utf_16", "utf_32")) or wide_codec(head) is not None
    return is_wide or media_of(head) is Media.RTF


def _smime(part: Part, name: str) -> Kind:
    """RFC 8551 §3.2.2: the parameter says what the CMS object is; most programs send it."""
    smime_type = part.content_type.parameters.get("smime-type", "").lower()
    if smime_type == "signed-data":
        return Kind.SIGNED
    if smime_type == "certs-only" or name.lower().endswith(".p7c"):
        return Kind.CERTIFICATE
    # Without the parameter the object itself must tell; what is no signed data counts as encrypted.
    return Kind.ENCRYPTED if smime_type else Kind.UNSTATED_SMIME
