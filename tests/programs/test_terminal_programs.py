"""NeoMutt and S-nail write to each other and to themselves through the deployed stack."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.seeding import Correspondence
from sandbox.stack import Sandbox
from tests.programs.desk import Desk, MailProgram, desk
from tests.programs.exchange import exchange
from tests.programs.neomutt import NeoMutt
from tests.programs.running import Home
from tests.programs.s_nail import SNail

pytestmark = pytest.mark.slow

Program = Callable[[Desk, Path], MailProgram]


@pytest.mark.parametrize(
    ("buyers", "sellers"),
    [(NeoMutt, SNail), (SNail, NeoMutt), (NeoMutt, NeoMutt), (SNail, SNail)],
    ids=["neomutt-s-nail", "s-nail-neomutt", "neomutt-neomutt", "s-nail-s-nail"],
)
def test_three_rounds_stay_in_one_thread_and_hide_both_mailboxes(
    sandbox: Sandbox, conversation: Correspondence, home: Home, buyers: Program, sellers: Program
) -> None:
    buyer = buyers(desk(conversation.buyer, sandbox), home("buyer"))
    seller = sellers(desk(conversation.seller, sandbox), home("seller"))
    exchange(buyer, seller, conversation.conversation)
