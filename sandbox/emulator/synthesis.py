"""Synthesises the stack of `cdk.json` for the emulator: without code, for an account that is nobody's."""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sandbox.emulator.commands import run
from sandbox.emulator.environment import ACCOUNT
from sandbox.emulator.tools import NODE, ROOT

SYNTHESIS_SECONDS = 180.0

# What is somebody's own in the configuration and is not here. The code comes from `bundle`.
_OVERRIDES: Mapping[str, Any] = {
    "parley:account": ACCOUNT,
    # Whoever waits for an entry here is a person or a test.
    "parley:archive-window-seconds": 0,
    "parley:bundle": False,
    "parley:existing-rule-set": None,
    "parley:hosted-zone-id": None,
    "parley:hosted-zone-name": None,
}


def synthesise(folder: Path, context: Mapping[str, Any] = {}) -> Path:
    """Runs `app.py` as the CDK's command line does; returns `folder`, which holds the cloud assembly then.

    context: goes over that of cdk.json. Raises `CommandError` with what the application says.
    """
    configured = json.loads((ROOT / "cdk.json").read_text())["context"]
    environment = {
        **os.environ,
        "CDK_OUTDIR": str(folder),
        "CDK_CONTEXT_JSON": json.dumps({**configured, **context, **_OVERRIDES}),
        "JSII_NODE": str(NODE.found()),
    }
    command: list[str | Path] = [sys.executable, ROOT / "app.py"]
    run(command, what="app.py", environment=environment, folder=ROOT, seconds=SYNTHESIS_SECONDS)
    return folder
