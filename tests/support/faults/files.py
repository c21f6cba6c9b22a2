"""What a process has in files, and how far it has read in them: it shares both with its copies."""

import fcntl
import os
import shutil
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Files:
    """As they are at one moment. contents: by path, a folder before what is in it; None for a folder.
    places: where each descriptor stands that reads from a file."""

    folder: Path
    contents: dict[Path, bytes | None]
    places: dict[int, int]

    @classmethod
    def now(cls, folder: Path) -> "Files":
        return cls(folder, _contents(folder), _places())

    def put_back(self) -> None:
        """After a copy of the process has ended, which may have written there, read, and cleared away."""
        if _contents(self.folder) != self.contents:
            shutil.rmtree(self.folder)
            self.folder.mkdir()
            for path, content in self.contents.items():
                if content is None:
                    path.mkdir()
                else:
                    path.write_bytes(content)
        for descriptor, place in self.places.items():
            os.lseek(descriptor, place, os.SEEK_SET)


def _contents(folder: Path) -> dict[Path, bytes | None]:
    return {path: path.read_bytes() if path.is_file() else None for path in sorted(folder.rglob("*"))}


def _places() -> dict[int, int]:
    found = dict[int, int]()
    for name in Path("/dev/fd").iterdir():
        with suppress(OSError):  # The one by which they are listed is closed by now.
            descriptor = int(name.name)
            is_read = fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY
            if is_read and stat.S_ISREG(os.fstat(descriptor).st_mode):
                found[descriptor] = os.lseek(descriptor, 0, os.SEEK_CUR)
    return found
