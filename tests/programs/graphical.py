"""`python -m tests.programs.graphical FOLDER`: Sylpheed answers a mail in a sandbox; its windows to FOLDER.

Ends with 0 if the answer arrived in the right thread and shows no mailbox. Needs make setup, and the packages
of Sylpheed, Xvfb and xdotool from `packages.txt`.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import pytest

# The functions' asset is not installed as a package: Lambda, too, runs it from its folder.
sys.path.insert(0, str(Path(__file__).parents[2] / "functions"))

from sandbox.stack import Sandbox, running  # needs the path set above
from tests.programs.desk import desk
from tests.programs.exchange import BY_HAND, hypertext_mail
from tests.programs.sylpheed import Sylpheed
from tests.programs.threads import assert_hides, text_of


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.programs.graphical", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the pictures go")
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with running(progress=_say) as sandbox, tempfile.TemporaryDirectory() as home:
            _play(sandbox, Path(home), folder)
    except pytest.skip.Exception as missing:
        _say(f"{missing}")
        return 1
    return 0


def _play(sandbox: Sandbox, home: Path, pictures: Path) -> None:
    first = sandbox.first
    buyer, seller = desk(first.buyer, sandbox), desk(first.seller, sandbox)
    _say(f"{buyer.mailbox} writes to {buyer.writes_to}")
    question = f"<p>One cup is <i>broken</i>. My mailbox is {buyer.mailbox}.</p>"
    sandbox.submit(first.buyer.account, hypertext_mail(buyer, question), [buyer.writes_to])
    assert_hides(seller.arrived(1), buyer)

    _say("Sylpheed opens it at the seller's, answers and sends")
    Sylpheed(seller, home, pictures).reply(f"We send another one. Yours, {seller.mailbox}\n")
    answer = buyer.arrived(1)
    assert_hides(answer, seller)
    assert answer["In-Reply-To"] == BY_HAND
    _say(f"the answer is in the buyer's INBOX, in reply to the buyer's own {BY_HAND}:\n\n{text_of(answer)}")
    _say(f"pictures are in {pictures}")


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201  # a program, and not a test


if __name__ == "__main__":
    sys.exit(main())
