"""Bad input gets an outcome with a code: every sample mail, whole and cut off anywhere, is received.

Each is written by a registered buyer whom SES has proved, so that it goes the whole way: read, screened,
masked, composed, read again, archived, sent, and told of. In memory; a sample of them, whoever wrote it, by
way of the stores too.
"""

import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from parley.conversation.messages import OUTCOMES
from parley.conversation.parties import PartyId, Role
from parley.mail.address import Mailbox
from parley.mail.header import Header
from parley.mail.structure import StructureError, read_header
from parley.relaying.reading import from_mailboxes
from parley.screening.policy import CODES
from tests.corpus.test_decisions import mails
from tests.support import mails as written
from tests.support.aws import deployed
from tests.support.market import Market
from tests.support.relay_world import BUYER, PASSED, SELLER_ALIAS, World, ses_fields

CUTS = 50
MAILS = mails()


def author_of(raw: bytes) -> Mailbox:
    try:
        header = read_header(raw)
    except StructureError:
        header = Header(())
    default = Mailbox(*BUYER.split("@"))
    found = next(iter(from_mailboxes(header)), default)
    return default if found.domain == "relay.example" else found


def world_of(author: Mailbox) -> World:
    """Where this author is the buyer."""
    world, buyer = World(), PartyId(Role.BUYER)
    parties = world.memory.parties
    parties[buyer] = replace(parties[buyer], mailboxes=(author,))
    return world


def outcome_of(raw: bytes, author: Mailbox) -> tuple[str, tuple[str, ...]]:
    world = world_of(author)
    notification = json.loads(world.accept("", str(author), SELLER_ALIAS))
    key = notification["receipt"]["action"]["objectKey"]
    world.inbox.put(key, ses_fields(str(author), PASSED).encode() + raw, world.clock.now())
    (report,) = world.receive(json.dumps(notification))
    return report.outcome, report.codes


def check_outcome(outcome: str, codes: tuple[str, ...], end: int) -> None:
    assert outcome in OUTCOMES, end
    assert set(codes) <= set(CODES), (end, codes)
    assert "pipeline-error" not in codes, end
    assert outcome == "relayed" or codes, end


@pytest.mark.parametrize("path", MAILS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_every_mail_cut_anywhere_ends_in_an_outcome_with_known_codes(path: Path) -> None:
    raw, chance = path.read_bytes(), random.Random(path.name)
    author = author_of(raw)
    for end in [len(raw), *(chance.randrange(len(raw) + 1) for _ in range(CUTS))]:
        check_outcome(*outcome_of(raw[:end], author), end)


def test_the_samples_go_the_whole_way() -> None:
    """Or the test above would say little."""
    outcomes = [outcome_of(raw, author_of(raw))[0] for raw in map(Path.read_bytes, MAILS)]
    assert outcomes.count("relayed") > len(outcomes) / 3


def test_a_sample_ends_in_outcomes_by_way_of_the_stores_too(template: dict[str, Any]) -> None:
    chance = random.Random(2045)
    with deployed(template) as deployment:
        market = Market(deployment)
        for path in MAILS[::4]:
            raw, before = path.read_bytes(), len(market.messages())
            for each in (raw, raw[: chance.randrange(len(raw) + 1)]):
                receipt = market.accept(market.from_buyer())
                head = written.ses_fields(
                    author=str(market.buyer.receiving_mailbox),
                    source=str(market.buyer.receiving_mailbox),
                    recipients=(market.main.buyer_writes_to,),
                    verdicts=written.PASS,
                    at=market.clock.now(),
                )
                deployment.store(receipt, head + each)
            assert market.work() == [True, True], path.name
            assert len(market.messages()) == before + 2
