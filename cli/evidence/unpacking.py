"""Reads the files of a bundle, whatever somebody put into the zip file: each is hashed as it is unpacked, no
further than the manifest tells, and what is wrong with one is noted without keeping the others from being
read."""

import hashlib
import lzma
import zlib
from collections import Counter
from collections.abc import Callable, Mapping
from zipfile import BadZipFile, ZipFile, ZipInfo

from parley.archive import evidence
from parley.archive.evidence_files import File, FileCode, FileFault, is_safe

_CHUNK = 1 << 20
MAX_KEPT = 256 << 20
"""Octets of a file that is read as a whole; of a conversation of 100,000 messages they are fewer."""
_KEPT_OF = {evidence.KEYS_PREFIX: 16 << 10, "entries/": 1 << 20, "checkpoints/": 1 << 20}
"""Octets of a file of each kind of which there may be many."""
_MAX_IN_ALL = 512 << 20
"""Octets of all that is kept at once."""
_BROKEN = (
    BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
    # Among them UnicodeDecodeError, and places before the beginning of the file.
    ValueError,
    OverflowError,
)
"""What `zipfile` raises for a file that was damaged, encrypted, or packed in a way that it does not know."""


class Unpacked:
    """faults: what was found so far. kept: the content of the small files that are needed again."""

    def __init__(self, bundle: ZipFile) -> None:
        self._bundle = bundle
        self._infos = {info.filename: info for info in bundle.infolist()}
        self.faults: set[FileFault] = set()
        self.kept: dict[str, bytes] = {}

    def check_names(self) -> None:
        names = Counter(info.filename for info in self._bundle.infolist())
        for name, times in names.items():
            if times > 1:
                self.fault(name, FileCode.TWICE)
            if not is_safe(name):
                self.fault(name, FileCode.MALFORMED)

    def files(self, told: Mapping[str, File], done: Callable[[], None]) -> dict[str, File]:
        """What is there, but the manifest and its signature. told: what the manifest names. done: called
        after each."""
        found, room = {}, _MAX_IN_ALL
        for name, info in sorted(self._infos.items()):
            if name in (evidence.MANIFEST, evidence.SIGNATURE):
                continue
            size, limit = told[name].size if name in told else 0, _kept_of(name)
            keep = size <= min(limit, room)
            if limit and not keep:
                self.fault(name, FileCode.OVERSIZE)
            if (read := self._read(info, size, keep=keep and limit > 0)) is not None:
                found[name], content = read
                if keep and limit:
                    self.kept[name] = content
                    room -= len(content)
            done()
        return found

    def content(self, name: str, limit: int) -> bytes | None:
        """None for a file that is missing, damaged or larger than `limit` octets."""
        read = self._read(self._infos[name], limit, keep=True) if name in self._infos else None
        return read[1] if read is not None and read[0].size <= limit else None

    def under(self, prefix: str) -> list[tuple[str, bytes]]:
        """The kept files under a prefix, sorted."""
        return sorted((name, each) for name, each in self.kept.items() if name.startswith(prefix))

    def fault(self, path: str, code: FileCode) -> None:
        self.faults.add(FileFault(path, code))

    def _read(self, info: ZipInfo, size: int, *, keep: bool) -> tuple[File, bytes] | None:
        """The file, and its content where that is to be kept. Reads no more than `size` octets and one,
        whatever it unpacks to."""
        keep = keep and size <= MAX_KEPT
        hashed, count, kept = hashlib.sha256(), 0, []
        try:
            with self._bundle.open(info) as file:
                while count <= size and (chunk := file.read(min(_CHUNK, size + 1 - count))):
                    hashed.update(chunk)
                    count += len(chunk)
                    kept += [chunk] if keep else []
        except _BROKEN:
            self.fault(info.filename, FileCode.UNREADABLE)
            return None
        return File(hashed.hexdigest(), count), b"".join(kept)


def _kept_of(name: str) -> int:
    """How many octets of it are read as a whole: what tells of the conversation, not what was written in it,
    which is 0."""
    if name in (evidence.CHAIN, evidence.ERRORS):
        return MAX_KEPT
    return next((limit for prefix, limit in _KEPT_OF.items() if name.startswith(prefix)), 0)
