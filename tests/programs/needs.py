"""The Debian programs that tests drive. On a machine without one, a test is skipped and names the package."""

import os
import shutil
from pathlib import Path
from typing import TypeVar

import pytest

_PACKAGES = Path(__file__).with_name("packages.txt")
_SYSTEM = "/usr/sbin:/sbin"
"""Servers lie here, which is not everybody's PATH."""

T = TypeVar("T")


def packages() -> dict[str, str]:
    """What `packages.txt` lists: what each package is for, by its name."""
    lines = [line for line in _PACKAGES.read_text().splitlines() if line and not line.startswith("#")]
    return {name: purpose.strip() for name, _, purpose in (line.partition(" ") for line in lines)}


def program(name: str, *, package: str | None = None) -> str:
    """Its path; skips the test without it. package: where it comes from, if that is called otherwise."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', os.defpath)}:{_SYSTEM}")
    return _found(found, name, package or name)


def part(name: str, *, package: str) -> None:
    """Skips the test without a file below /usr/lib, for what a program loads. name: a path there; it may
    have wildcards."""
    _found(next(Path("/usr/lib").glob(name), None), name, package)


def _found(found: T | None, name: str, package: str) -> T:
    if package not in packages():
        raise LookupError(f"{package} is not in {_PACKAGES.name}")
    if found is None:
        pytest.skip(f"{name} is not installed; on Debian and Ubuntu: apt-get install {package}")
    return found


def root() -> None:
    """Skips the test for all others: Postfix's master and Dovecot's change to users of their own."""
    if os.geteuid() != 0:
        pytest.skip("Postfix and Dovecot are started by root only")
