"""Documents of every format that is read, with an author in their properties."""

import io
import struct
import zipfile
import zlib

AUTHOR = "Anna Käufer"
CORE = (
    '<cp:coreProperties xmlns:dc="d" xmlns:cp="c"><dc:title>Angebot</dc:title>'
    "<dc:creator>{name}</dc:creator><cp:lastModifiedBy>{name}</cp:lastModifiedBy></cp:coreProperties>"
)
APP = (
    "<Properties><Application>O</Application><Company>{name}</Company><Manager>{name}</Manager></Properties>"
)
META = (
    "<office:document-meta><meta:initial-creator>{name}</meta:initial-creator><dc:creator>{name}</dc:creator>"
    "<meta:generator>Office</meta:generator></office:document-meta>"
)
XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description pdfx:Company="{name}" xmp:CreatorTool="O">'
    "<dc:title><rdf:li>Angebot</rdf:li></dc:title>"
    "<dc:creator><rdf:Seq><rdf:li>{name}</rdf:li></rdf:Seq></dc:creator></rdf:Description></rdf:RDF></x:xmpmeta>"
)


def zipped(members: dict[str, bytes | str], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as written:
        for name, content in members.items():
            written.writestr(zipfile.ZipInfo(name), content, compression)
    return out.getvalue()


class _NoSeeking(io.RawIOBase):
    """What makes the standard library write data descriptors, as programs do that stream."""

    def __init__(self) -> None:
        self.content = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        octets = bytes(data)  # type: ignore[call-overload]
        self.content += octets
        return len(octets)


def streamed_zip(members: dict[str, bytes | str]) -> bytes:
    out = _NoSeeking()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as written:
        for name, content in members.items():
            written.writestr(name, content)
    return bytes(out.content)


def docx(name: str = AUTHOR, **more: bytes | str) -> dict[str, bytes | str]:
    return {
        "[Content_Types].xml": "<Types/>",
        "docProps/core.xml": CORE.format(name=name),
        "docProps/app.xml": APP.format(name=name),
        "word/document.xml": "<w:document>Hallo</w:document>",
        "word/media/image.bin": b"\0\1" * 500,
        **more,
    }


def odt(name: str = AUTHOR) -> dict[str, bytes | str]:
    return {
        "mimetype": "application/vnd.oasis.opendocument.text",
        "content.xml": "<a/>",
        "meta.xml": META.format(name=name),
    }


def opened(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def encrypted(data: bytes) -> bytes:
    """The zip file with every member marked as encrypted."""
    marked = bytearray(data)
    for signature, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        at = marked.find(signature)
        while at >= 0:
            marked[at + flags] |= 1
            at = marked.find(signature, at + 1)
    return bytes(marked)


def pdf(author: bytes, *objects: bytes) -> bytes:
    """author: the value of /Author as it is written."""
    info = b"1 0 obj\n<< /Author " + author + b" /Title (Angebot) /Creator (Office) >>\nendobj\n"
    return b"%PDF-1.7\n" + info + b"\n".join(objects) + b"\ntrailer << /Info 1 0 R >>\n%%EOF\n"


def packed_pdf(author: bytes) -> bytes:
    content = zlib.compress(b"1 0 << /Author " + author + b" >>")
    stream = b"2 0 obj << /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode >>\nstream\r\n" + content
    return b"%PDF-1.7\n" + stream + b"\nendstream endobj\n%%EOF\n"


def ole(name: str = AUTHOR, *, wide: bool = False, extra: bytes = b"") -> bytes:
    """An office file of the old kind: its signature, and a property set at a sector's beginning."""

    def text(value: str) -> bytes:
        octets = (value + "\0").encode("utf-16-le" if wide else "cp1252")
        length = len(octets) // 2 if wide else len(octets)
        padded = octets + b"\0" * (-len(octets) % 4)
        return struct.pack("<II", 0x1F if wide else 0x1E, length) + padded

    def properties(identifier: str, values: dict[int, str]) -> bytes:
        places, body, at = b"", b"", 8 + 8 * len(values)
        for number, value in values.items():
            places += struct.pack("<II", number, at + len(body))
            body += text(value)
        section = struct.pack("<II", at + len(body), len(values)) + places + body
        head = b"\xfe\xff\0\0" + bytes(20) + struct.pack("<I", 1) + bytes.fromhex(identifier)
        return (head + struct.pack("<I", 48) + section).ljust(512, b"\0")

    summary = properties("e0859ff2f94f6810ab9108002b27b3d9", {2: "Angebot", 4: name, 8: name})
    document = properties("02d5cdd59c2e1b10939708002b2cf9ae", {14: name, 15: name})
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0") + summary + document + extra
