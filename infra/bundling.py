"""The assets: code and locked dependencies for arm64, compiled, made without Docker. One serves all functions
but `keep_lake`, whose engine is larger than everything else together and has an asset of its own.

What is made is kept in `build/`, under a digest of what it was made from: the same inputs give the same
asset, and a second synthesis makes nothing. Dependencies are fetched by `make setup`, so that synthesis
needs no network.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uv

ROOT = Path(__file__).resolve().parent.parent
FUNCTIONS = ROOT / "functions"
BUILD = ROOT / "build"
PYTHON = "3.13"

# botocore brings the description of every service; these are the ones that some function calls.
SERVICES = frozenset({"dynamodb", "kms", "s3", "secretsmanager", "ses", "sesv2", "sqs"})

_WASTE = (
    "bin",
    "*-stubs",
    "adbc_driver_duckdb",
    ".lock",
    "*.dist-info",
    "**/*.pyi",
    "**/py.typed",
    "**/__pycache__",
    "boto3/examples",
)


@dataclass(frozen=True, slots=True)
class Asset:
    """requirements: what it carries; all but the shared one carry that one's as well. platform: the oldest
    Linux that there are wheels for. The runtime's own, Amazon Linux 2023, is manylinux_2_34."""

    name: str
    requirements: Path
    platform: str


SHARED = Asset("shared", FUNCTIONS / "requirements.txt", "aarch64-manylinux2014")
LAKE = Asset("lake", FUNCTIONS / "keep_lake" / "requirements.txt", "aarch64-manylinux_2_28")
ASSETS = (SHARED, LAKE)

_NOT_CODE = shutil.ignore_patterns("__pycache__", "requirements.*", ".*")


def asset_of(package: str) -> Asset:
    """The asset of the function whose handler is in `package`."""
    return LAKE if package == "keep_lake" else SHARED


def make_bundle(asset: Asset = SHARED) -> Path:
    """The folder that becomes /var/task, named by its digest."""
    compiler = find_python()
    if compiler is None:
        sys.stderr.write(
            f"warning: no Python {PYTHON} here, so the bundle has no bytecode; "
            "each cold start takes about a third of a second longer\n"
        )
    made = BUILD / "bundle" / _digest(FUNCTIONS, asset, compiled=compiler is not None)
    if not made.is_dir():
        dependencies = [fetch_dependencies(), *([] if asset is SHARED else [fetch_dependencies(asset)])]
        with _atomically(made) as folder:
            for each in dependencies:
                shutil.copytree(each, folder, dirs_exist_ok=True)
            shutil.copytree(FUNCTIONS, folder, dirs_exist_ok=True, ignore=_NOT_CODE)
            if compiler:
                _compile(folder, compiler)
            _let_lambda_read(folder)
    return made


def fetch_dependencies(asset: Asset = SHARED) -> Path:
    """The asset's own locked packages for Lambda, without what no function needs. Asks the registry if not
    yet there."""
    text = asset.requirements.read_bytes() + Path(__file__).read_bytes()
    made = BUILD / "dependencies" / hashlib.sha256(text).hexdigest()[:32]
    if not made.is_dir():
        with _atomically(made) as folder:
            command = [uv.find_uv_bin(), "pip", "install", "--quiet", "--target", str(folder)]
            command += ["--python-version", PYTHON, "--python-platform", asset.platform]
            command += [
                "--only-binary",
                ":all:",
                "--require-hashes",
                "--requirements",
                str(asset.requirements),
            ]
            subprocess.run(command, check=True)
            _prune(folder)
    return made


def find_python() -> str | None:
    """An interpreter of the runtime's minor version, whose bytecode alone the runtime can read."""
    if "{}.{}".format(*sys.version_info) == PYTHON:
        return sys.executable
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    installed = sorted(pyenv.glob(f"versions/{PYTHON}.*/bin/python{PYTHON}"))
    return str(installed[-1]) if installed else shutil.which(f"python{PYTHON}")


def _prune(folder: Path) -> None:
    waste = [path for pattern in _WASTE for path in folder.glob(pattern)]
    services = [path for path in folder.glob("botocore/data/*/") if path.name not in SERVICES]
    for path in [*waste, *services]:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _compile(folder: Path, compiler: str) -> None:
    # unchecked-hash: Lambda unpacks with other timestamps, and nothing there ever edits a source.
    command = [compiler, "-m", "compileall", "-q", "-j", "2", "--invalidation-mode", "unchecked-hash"]
    subprocess.run([*command, "-s", folder, "-p", "/var/task", folder], check=True)


def _let_lambda_read(folder: Path) -> None:
    """Lambda runs as another user, and the asset keeps the modes that this machine's umask gave."""
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)


def _digest(folder: Path, asset: Asset, *, compiled: bool) -> str:
    digest = hashlib.sha256(f"{PYTHON} {asset.name} compiled={compiled}".encode())
    sources = sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    for path in [*sources, Path(__file__)]:
        digest.update(f"\0{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:32]


@contextmanager
def _atomically(made: Path) -> Iterator[Path]:
    """A folder that appears under its name only when it is whole, even if two make it at once."""
    made.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=made.parent) as scratch:
        folder = Path(scratch, "made")
        folder.mkdir()
        yield folder
        if not made.is_dir():
            folder.rename(made)


if __name__ == "__main__":
    for each in ASSETS:
        fetch_dependencies(each)
