"""The files of an evidence bundle against what its manifest says of them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from parley.archive.chain import digest

_NAME: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}")
_MAX_PATH: Final = 600


class FileCode(StrEnum):
    """What can be wrong with a file of a bundle."""

    MISSING = "file-missing"
    ALTERED = "file-altered"
    UNLISTED = "file-unlisted"
    TWICE = "file-twice"
    UNREADABLE = "file-unreadable"
    MALFORMED = "file-malformed"
    FORGED = "signature-forged"
    UNTRUSTED = "key-untrusted"
    UNPROVED = "file-unproved"
    OVERSIZE = "file-oversize"
    PACKING = "packing-ambiguous"


@dataclass(frozen=True, slots=True, order=True)
class FileFault:
    path: str
    code: FileCode


@dataclass(frozen=True, slots=True)
class File:
    """sha256: 64 hex digits. size: octets."""

    sha256: str
    size: int


def is_safe(path: str) -> bool:
    """Whether a path can stand in a zip file: relative, downwards, and the same on every system."""
    return len(path) <= _MAX_PATH and all(_NAME.fullmatch(name) for name in path.split("/"))


def file_of(content: bytes) -> File:
    return File(digest(content), len(content))


def check_files(told: Mapping[str, File], found: Mapping[str, File]) -> list[FileFault]:
    """told: what the manifest names. found: every file but the manifest and its signature."""
    faults = [FileFault(path, FileCode.MISSING) for path in told.keys() - found.keys()]
    faults += [FileFault(path, FileCode.UNLISTED) for path in found.keys() - told.keys()]
    both = told.keys() & found.keys()
    faults += [FileFault(path, FileCode.ALTERED) for path in both if found[path] != told[path]]
    return sorted(faults)
