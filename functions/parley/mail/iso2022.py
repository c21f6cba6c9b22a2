"""ISO-2022-JP as mail programs write it (RFC 1468), with the vendor rows that Python's codec refuses."""

import re

_ESCAPE = re.compile(rb"\x1b(?:\$[@B]|\([BJI]|\$\([DOPQ]|\$A|\.[AF]|\$\(C)")
_TWO_BYTES = frozenset((b"\x1b$@", b"\x1b$B"))
_REPERTOIRES = ("iso2022_jp", "iso2022_jp_2", "iso2022_jp_ext", "iso2022_jp_2004")


def decode_iso2022_jp(data: bytes) -> str:
    """The text; what is in no repertoire becomes U+FFFD. Never raises; linear."""
    for codec in _REPERTOIRES:
        try:
            return data.decode(codec)
        except UnicodeDecodeError:
            continue
    if not data.isascii():
        return data.decode("iso2022_jp", "replace")
    return _with_vendor_rows(data)


def _with_vendor_rows(data: bytes) -> str:
    """Segment by segment, JIS X 0208 through Windows-31J, which knows the vendors' rows (①, ㈱, 髙)."""
    out: list[str] = []
    mode, position = b"\x1b(B", 0
    for escape in _ESCAPE.finditer(data):
        out.append(_segment(data[position : escape.start()], mode))
        mode, position = escape[0], escape.end()
    out.append(_segment(data[position:], mode))
    return "".join(out)


def _segment(data: bytes, mode: bytes) -> str:
    if mode not in _TWO_BYTES:
        return (
            (mode + data).decode("iso2022_jp_ext", "replace")
            if mode != b"\x1b(B"
            else data.decode("ascii", "replace")
        )
    lines = data.split(b"\n")  # RFC 1468: a line end returns to ASCII
    first = b"".join(_shift_jis(lines[0][i : i + 2]) for i in range(0, len(lines[0]) - 1, 2))
    rest = b"".join(b"\n" + line for line in lines[1:])
    tail = lines[0][-1:] if len(lines[0]) % 2 else b""
    return first.decode("cp932", "replace") + (tail + rest).decode("ascii", "replace")


def _shift_jis(pair: bytes) -> bytes:
    """A JIS X 0208 pair in Shift_JIS form (JIS X 0208:1997 annex 1)."""
    row, cell = pair[0], pair[1]
    if not (0x21 <= row <= 0x7E and 0x21 <= cell <= 0x7E):
        return b"?" if row != 0x0D else b""
    lead = (row - 0x21) // 2 + 0x81
    lead += 0x40 if lead > 0x9F else 0
    trail = cell + (0x1F if cell < 0x60 else 0x20) if row % 2 else cell + 0x7E
    return bytes((lead, trail))
