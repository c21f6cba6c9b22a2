"""The functions' code with packages for this machine and the emulator's Python, which runs them here.

The deployed asset cannot be taken: its packages are made for Lambda's processor and Python. The packages are
the same locked ones, checked against the same hashes. Any number of processes may ask for it at once.
"""

import fcntl
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uv

from infra.bundling import ASSETS, FUNCTIONS, SERVICES, SHARED, Asset
from sandbox.emulator.commands import run
from sandbox.emulator.tools import EMULATOR, ROOT

BUILD = ROOT / "build" / "sandbox"
FETCHING_SECONDS = 300.0
# Longer than what works with a bundle may take: the time-outs of bootstrapping and deploying together.
KEPT_SECONDS = 3600.0
_NOT_CODE = shutil.ignore_patterns("__pycache__", "requirements.*", ".*")
# The emulator's Python unpacks elsewhere and knows nothing of timestamps.
_COMPILE = ("-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash")
_INTERPRETER = "import sys, sysconfig; print(sys.implementation.cache_tag, sysconfig.get_platform())"


@dataclass(frozen=True, slots=True)
class Bundle:
    folder: Path
    digest: str


def make_bundle(asset: Asset = SHARED) -> Bundle:
    """The bundle of the code as it stands; made if there is none. The first one asks the registry."""
    packages = [fetch_packages(), *([] if asset is SHARED else [fetch_packages(asset)])]
    digest = hashlib.sha256(" ".join(each.name for each in packages).encode())
    for path in sorted(FUNCTIONS.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(f"\0{path.relative_to(FUNCTIONS)}\0".encode() + path.read_bytes())
    name = digest.hexdigest()
    made = BUILD / "bundle" / name
    with _alone(made):
        if not made.is_dir():
            with _scratch(made) as scratch:
                folder = Path(scratch, "made")
                for each in packages:
                    shutil.copytree(each, folder, dirs_exist_ok=True)
                shutil.copytree(FUNCTIONS, folder, dirs_exist_ok=True, ignore=_NOT_CODE)
                folder.rename(made)
        # The time of its last use, by which it is kept.
        os.utime(made)
        _forget_old(made)
    return Bundle(made, name)


def fetch_packages(asset: Asset = SHARED) -> Path:
    """The asset's own locked packages for the emulator's interpreter. Asks the registry if not yet there."""
    python = EMULATOR.found()
    requirements = asset.requirements
    interpreter = _run([python, "-I", "-c", _INTERPRETER], "python")
    inputs = f"{interpreter}{sorted(SERVICES)}".encode() + requirements.read_bytes()
    made = BUILD / "packages" / hashlib.sha256(inputs + Path(__file__).read_bytes()).hexdigest()[:32]
    with _alone(made):
        if not made.is_dir():
            with _scratch(made) as scratch:
                folder = Path(scratch, "made")
                install: list[str | Path] = [uv.find_uv_bin(), "pip", "install", "--quiet"]
                install += ["--python", python, "--target", folder, "--only-binary", ":all:"]
                install += ["--require-hashes", "--requirements", requirements]
                _run(install, "fetching the packages of the functions")
                for service in (folder / "botocore" / "data").glob("*/"):
                    if service.name not in SERVICES:
                        shutil.rmtree(service)
                shutil.rmtree(folder / "bin", ignore_errors=True)
                _run([python, "-I", *_COMPILE, folder], "compiling the packages of the functions")
                folder.rename(made)
    return made


def _run(command: list[str | Path], what: str) -> str:
    # The person's own environment: a registry may be reached by a proxy, AWS is not involved.
    return run(command, what=what, environment=os.environ, folder=ROOT, seconds=FETCHING_SECONDS)


@contextmanager
def _alone(made: Path) -> Iterator[None]:
    """One at a time, in this process and in others, works in the folder of `made`."""
    made.parent.mkdir(parents=True, exist_ok=True)
    with made.parent.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _scratch(made: Path) -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(dir=made.parent)


def _forget_old(made: Path) -> None:
    """Removes what stands beside `made` and can be in nobody's use any more."""
    until = time.time() - KEPT_SECONDS
    for path in made.parent.iterdir():
        if path != made and path.stat().st_mtime < until:
            shutil.rmtree(path)


if __name__ == "__main__":
    for each in ASSETS:
        fetch_packages(each)
