"""A screen without a screen (Xvfb), a person's hands on its keyboard (xdotool), and pictures of it.

with screen(folder) as shown:
    shown.focus("Compose")      # the newest window with that in its title
    shown.keys("ctrl+Home")
    shown.write("Hello")
    shown.picture(Path("hello.png"))
"""

import os
import struct
import subprocess
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.programs import needs
from tests.programs.running import environment, run, wait_for

WIDTH, HEIGHT = 1000, 700
_MILLISECONDS_A_KEY = "2"


@dataclass(frozen=True, slots=True)
class Screen:
    """display: as programs want it in the environment. Steps fail with `ProgramError` if nothing answers."""

    display: str
    folder: Path

    def focus(self, title: str) -> None:
        """Waits for a visible window whose title holds this regular expression; keys then go there."""
        self._xdotool("search", "--sync", "--onlyvisible", "--name", title, "windowfocus", "--sync", "%@")

    def keys(self, *keys: str) -> None:
        self._xdotool("key", *keys)

    def write(self, line: str) -> None:
        self._xdotool("type", "--delay", _MILLISECONDS_A_KEY, "--", line)

    def picture(self, file: Path) -> None:
        """Writes what is shown as PNG."""
        file.write_bytes(_png(_image(self.folder / "Xvfb_screen0")))

    def _xdotool(self, *arguments: str) -> None:
        run([needs.program("xdotool"), *arguments], home=self.folder, variables={"DISPLAY": self.display})


@contextmanager
def screen(folder: Path) -> Iterator[Screen]:
    """folder: for what is shown. Skips the test without the programs."""
    read, write = os.pipe()
    command = [needs.program("Xvfb", package="xvfb"), "-displayfd", str(write), "-nolisten", "tcp"]
    command += ["-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-fbdir", str(folder)]
    with (
        os.fdopen(read) as said,
        subprocess.Popen(
            command,
            env=environment(folder),
            pass_fds=[write],
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as server,
    ):
        try:
            os.close(write)
            # The number of a display that was free; nothing if it ends before it serves.
            number = wait_for(said.readline, "display").strip()
            yield Screen(f":{number}", folder)
        finally:
            server.terminate()


@dataclass(frozen=True, slots=True)
class _Image:
    """rows: three octets a point, red first."""

    width: int
    height: int
    rows: tuple[bytes, ...]


def _image(file: Path) -> _Image:
    """Reads a file in the format of xwd, as X servers with 24 bits write it (X11/XWDFile.h)."""
    raw = file.read_bytes()
    header = struct.unpack_from(">25I", raw)
    header_size, width, height, line, colours = (header[place] for place in (0, 4, 5, 12, 19))
    start = header_size + 12 * colours
    rows = []
    for number in range(height):
        points = raw[start + number * line : start + number * line + 4 * width]
        row = bytearray(3 * width)
        # Little-endian words: blue, green, red, nothing.
        row[0::3], row[1::3], row[2::3] = points[2::4], points[1::4], points[0::4]
        rows.append(bytes(row))
    return _Image(width, height, tuple(rows))


def _png(image: _Image) -> bytes:
    """RFC 2083, without filters."""
    header = struct.pack(">2I5B", image.width, image.height, 8, 2, 0, 0, 0)
    points = zlib.compress(b"".join(b"\0" + row for row in image.rows), 9)
    chunks = ((b"IHDR", header), (b"IDAT", points), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )
