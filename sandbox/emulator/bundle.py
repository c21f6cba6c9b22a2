"""The functions' code with packages for this machine and the emulator's Python, which runs them here.

The deployed asset cannot be taken: its packages are made for Lambda's processor and Python. The packages are
the same locked ones, checked against the same hashes.
"""

import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import uv

from infra.bundling import FUNCTIONS, SERVICES
from sandbox.emulator.commands import run
from sandbox.emulator.tools import EMULATOR, ROOT

BUILD = ROOT / "build" / "sandbox"
FETCHING_SECONDS = 300.0
_NOT_CODE = shutil.ignore_patterns("__pycache__", "requirements.*", ".*")
# The emulator's Python unpacks elsewhere and knows nothing of timestamps.
_COMPILE = ("-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash")
_INTERPRETER = "import sys, sysconfig; print(sys.implementation.cache_tag, sysconfig.get_platform())"


@dataclass(frozen=True, slots=True)
class Bundle:
    folder: Path
    digest: str


def make_bundle() -> Bundle:
    """The bundle of the code as it stands; made if there is none. The first one asks the registry."""
    packages = fetch_packages()
    digest = hashlib.sha256(packages.name.encode())
    for path in sorted(FUNCTIONS.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(f"\0{path.relative_to(FUNCTIONS)}\0".encode() + path.read_bytes())
    name = digest.hexdigest()
    made = BUILD / "bundle" / name
    if not made.is_dir():
        # Earlier ones are of no use: the digest tells what is deployed.
        shutil.rmtree(made.parent, ignore_errors=True)
        with _scratch(made) as scratch:
            folder = Path(scratch, "made")
            shutil.copytree(packages, folder)
            shutil.copytree(FUNCTIONS, folder, dirs_exist_ok=True, ignore=_NOT_CODE)
            folder.rename(made)
    return Bundle(made, name)


def fetch_packages() -> Path:
    """The locked packages for the emulator's interpreter. Asks the registry if not yet there."""
    python = EMULATOR.found()
    requirements = FUNCTIONS / "requirements.txt"
    interpreter = _run([python, "-I", "-c", _INTERPRETER], "python")
    inputs = f"{interpreter}{sorted(SERVICES)}".encode() + requirements.read_bytes()
    made = BUILD / "packages" / hashlib.sha256(inputs + Path(__file__).read_bytes()).hexdigest()[:32]
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


def _scratch(made: Path) -> tempfile.TemporaryDirectory[str]:
    made.parent.mkdir(parents=True, exist_ok=True)
    return tempfile.TemporaryDirectory(dir=made.parent)


if __name__ == "__main__":
    fetch_packages()
