"""Peak memory of one piece of work, in a process of its own: `python -m benchmarks.memory WHO FILE`.

Counted from the idle process, which has imported everything and worked on two small mails, one with an
attachment, to the highest resident size that the kernel saw while the mail was read from its file and worked
on. So the mail itself counts. Linux only: /proc/self/status.
"""

import ctypes
import gc
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
STATUS, RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")
SECONDS = 120.0


def peak_octets(who: str, raw: bytes) -> int | None:
    """What `who` needs for the mail, in octets over the idle process; None where it cannot be measured."""
    if not STATUS.exists():
        return None
    with tempfile.NamedTemporaryFile(suffix=".eml") as file:
        file.write(raw)
        file.flush()
        done = subprocess.run(  # noqa: S603  # our own module
            [sys.executable, "-m", "benchmarks.memory", who, file.name],
            cwd=ROOT,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            text=True,
        )
    return int(json.loads(done.stdout)) if done.returncode == 0 else None


def measured(work: Callable[[bytes], object], small: Sequence[bytes], path: Path) -> int:
    """The peak of reading the file and working on it, over this process as it is after small mails."""
    for mail in small:
        work(mail)
    gc.collect()
    # What the small mails left behind must not hide what the large one takes.
    ctypes.CDLL(None).malloc_trim(0)
    RESET.write_text("5")
    idle = _resident("VmRSS")
    work(path.read_bytes())
    return _resident("VmHWM") - idle


def _resident(name: str) -> int:
    for line in STATUS.read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024
    raise LookupError(name)


def _work(who: str) -> Callable[[bytes], object]:
    from benchmarks import wire
    from benchmarks.contenders import contenders

    if who in (wire.OURS, wire.BOTOCORES):
        return wire.sender(who)
    return lambda raw: next(c for c in contenders((raw,)) if c.name == who).work(0)


def main() -> None:
    sys.path.insert(0, str(ROOT / "functions"))
    from benchmarks.mails import KB, buyer, file_mail, seeded, text_mail

    who, path = sys.argv[1:]
    # One has an attachment, so that all is imported that the large one needs.
    small = [make(buyer(0), 2 * KB, seeded(1)) for make in (text_mail, file_mail)]
    sys.stdout.write(json.dumps(measured(_work(who), small, Path(path))))


if __name__ == "__main__":
    main()
