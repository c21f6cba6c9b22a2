"""What is in a bundle, and what checking it says."""

import zipfile
from pathlib import Path

from cli.evidence.checking import Checked
from cli.evidence.signing import Pins
from tests.support.evidence import Archived


def names(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as opened:
        return opened.namelist()


def read(path: Path, name: str) -> bytes:
    with zipfile.ZipFile(path) as opened:
        return opened.read(name)


def everything(path: Path) -> bytes:
    with zipfile.ZipFile(path) as opened:
        return b"\0".join([name.encode() + b"\0" + opened.read(name) for name in opened.namelist()])


def pins_of(made: Archived) -> Pins:
    return Pins(
        frozenset((made.checkpoints.public.fingerprint,)), frozenset((made.exports.public.fingerprint,))
    )


def codes(checked: Checked) -> list[str]:
    return [fault.code for fault in checked.verdict.faults] if checked.verdict else []
