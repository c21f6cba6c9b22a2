"""`python -m tests.sandbox.ready_made COMMAND` is `python -m sandbox COMMAND` with the stack that was
synthesised once for all tests: synthesis is half of a start."""

import json
import runpy
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WINDOW = "MaximumBatchingWindowInSeconds"


def hurried(folder: Path) -> Path:
    """A copy of that assembly whose streams wait for nothing, as those of the sandbox's own synthesis do."""
    from tests.support.template import assembly

    shutil.copytree(assembly(), folder)
    (path,) = folder.glob("*.template.json")
    template = json.loads(path.read_text())
    for each in template["Resources"].values():
        if WINDOW in each.get("Properties", {}):
            each["Properties"][WINDOW] = 0
    path.write_text(json.dumps(template))
    return folder


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "functions"))

    import sandbox.stack

    sandbox.stack.synthesise = hurried
    runpy.run_module("sandbox", run_name="__main__", alter_sys=True)
