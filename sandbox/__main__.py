"""`python -m sandbox COMMAND`: `up` runs the whole stack, `demo` plays a whole exchange in it, `load`
sends it many mails at once, `preview` shows what would happen to mails."""

import argparse
import os
import signal
import sys
from pathlib import Path


def _leave(_: int, __: object) -> None:
    os.write(2, b"\ninterrupted\n")
    os._exit(128 + signal.SIGINT)


if __name__ == "__main__":
    # The imports below take a second. Nothing is started yet that would have to be stopped in order.
    signal.signal(signal.SIGINT, _leave)

# The functions' asset is not installed as a package: Lambda, too, runs it from its folder.
sys.path.insert(0, str(Path(__file__).parents[1] / "functions"))

from sandbox import preview, up  # noqa: E402  # needs the path set above
from sandbox.demo import demo  # noqa: E402  # as above
from sandbox.load import load  # noqa: E402  # as above


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="Try Parley without AWS.")
    commands = parser.add_subparsers(dest="command", required=True)
    up.add_command(commands)
    demo.add_command(commands)
    preview.add_command(commands)
    load.add_command(commands)
    arguments = parser.parse_args()
    return int(arguments.run(parser, arguments))


if __name__ == "__main__":
    sys.exit(main())
