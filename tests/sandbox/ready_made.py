"""`python -m tests.sandbox.ready_made COMMAND` is `python -m sandbox COMMAND` with the stack that was
synthesised once for all tests: synthesis is half of a start."""

import runpy
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "functions"))

    import sandbox.stack
    from tests.support.template import assembly

    sandbox.stack.synthesise = lambda _: assembly()
    runpy.run_module("sandbox", run_name="__main__", alter_sys=True)
