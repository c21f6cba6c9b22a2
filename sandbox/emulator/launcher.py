"""Runs ministack in its own virtual environment, until told to stop or until whoever started it is gone.

Not imported by anything: it is the program that `process` starts. Its standard input is a pipe which nobody
writes to; it ends when the other end is closed, be it by a crash.
"""

import os
import runpy
import signal
import threading


def _stop_with_the_parent() -> None:
    # Not sys.stdin, whose lock the interpreter wants when it ends.
    os.read(0, 1)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    threading.Thread(target=_stop_with_the_parent, daemon=True).start()
    runpy.run_module("ministack", run_name="__main__")
