"""Sylpheed, a mail program with windows, writes to NeoMutt through the deployed stack."""

import pytest

from sandbox.seeding import Correspondence
from sandbox.stack import Sandbox
from tests.programs.desk import desk
from tests.programs.exchange import BY_HAND, exchange, hypertext_mail
from tests.programs.neomutt import NeoMutt
from tests.programs.running import Home
from tests.programs.sylpheed import Sylpheed
from tests.programs.threads import assert_hides, text_of

pytestmark = pytest.mark.slow


def test_three_rounds_with_sylpheed_stay_in_one_thread_and_hide_both_mailboxes(
    sandbox: Sandbox, conversation: Correspondence, home: Home
) -> None:
    buyer = Sylpheed(desk(conversation.buyer, sandbox), home("buyer"))
    seller = NeoMutt(desk(conversation.seller, sandbox), home("seller"))
    exchange(buyer, seller, conversation.conversation)


def test_sylpheed_quotes_html_without_the_mailboxes_in_it(
    sandbox: Sandbox, conversation: Correspondence, home: Home
) -> None:
    """It shows HTML as text, and quotes what it shows; a mailbox in pieces would be put together there."""
    buyer, seller = desk(conversation.buyer, sandbox), desk(conversation.seller, sandbox)
    own, other = (each.mailbox.replace("@", "<b>&#64;</b>") for each in (buyer, seller))
    hypertext = f"<p>One cup is <i>broken</i>.</p><p>Mine: {own}. Yours: {other}.</p>"
    sandbox.submit(conversation.buyer.account, hypertext_mail(buyer, hypertext), [buyer.writes_to])
    question = seller.arrived(1)
    assert question.get_content_type() == "text/html"
    assert_hides(question, buyer)

    pictures = home("pictures")
    Sylpheed(seller, home("seller"), pictures).reply(f"I send another one. {seller.mailbox}\n")
    answer = buyer.arrived(1)
    assert_hides(answer, seller)
    assert answer["In-Reply-To"] == BY_HAND
    said = text_of(answer)
    assert "> One cup is broken." in said
    assert f"> Mine: {seller.writes_to}. Yours: {buyer.writes_to}." in said
    for name in ("opened", "written"):
        # A blank screen takes less than 5 KB.
        picture = (pictures / f"sylpheed-{name}.png").read_bytes()
        assert picture.startswith(b"\x89PNG")
        assert len(picture) > 10_000
