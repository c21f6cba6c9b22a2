"""Mail whose notification never came."""

import pytest

from parley.mail.structure import read_header
from parley.mail.verdicts import Verdict
from parley.relaying.ports import SendDeferredError
from parley.relaying.receipts import LostReceipt, sweep_request
from parley.relaying.receive import ReceiptUnfinishedError
from parley.relaying.recovery import recover
from parley.relaying.sweep import GRACE, PATIENCE, Sweeping, sweep
from tests.support.fakes import FakeRounds
from tests.support.relay_world import BUYER, PASSED, SELLER_ALIAS, World, mail, ses_fields


@pytest.fixture
def world() -> World:
    return World()


def lost_mail(world: World, recipient: str | None) -> str:
    """An object in the inbox, as SES wrote it, and the sweep's request for it."""
    fields = ses_fields(BUYER, PASSED)
    if recipient is not None:
        fields = fields.replace("with SMTP id r1;", f"with SMTP id r1\r\n for {recipient};")
    world.inbox.put(
        "inbox/lostlost1",
        (fields + mail(BUYER, Message_ID="<lost@buyer.example>")).encode(),
        world.clock.now(),
    )
    return sweep_request("inbox/lostlost1", world.clock.now())


def swept(world: World) -> int:
    """By the first sweep that there is."""
    outside = Sweeping(
        inbox=world.inbox,
        messages=world.messages,
        rounds=FakeRounds(),
        queue=world.queue,
        clock=world.clock,
        inbox_prefix="inbox/",
    )
    return sweep(outside).forgotten


def test_a_forgotten_mail_is_relayed_by_what_ses_wrote_on_it(world: World) -> None:
    (report,) = world.receive(lost_mail(world, SELLER_ALIAS))
    assert report.outcome == "relayed"


def test_without_a_recipient_it_is_held(world: World) -> None:
    (report,) = world.receive(lost_mail(world, None))
    assert (report.outcome, report.codes) == ("held", ("notification-missing",))


def test_what_the_author_wrote_below_ses_fields_is_not_believed() -> None:
    forged = ses_fields(BUYER, PASSED).replace("X-SES-RECEIPT", "X-Other") + mail(BUYER)
    lost = LostReceipt("lostlost1", "inbox/lostlost1", World().clock.now())
    receipt = recover(lost, read_header(forged.encode()))
    assert receipt.verdicts.dmarc is receipt.verdicts.spam is Verdict.MISSING
    assert receipt.recipients == ()


def test_the_sweep_asks_for_old_objects_without_an_outcome_only(world: World) -> None:
    world.buyer_writes()
    lost_mail(world, SELLER_ALIAS)
    world.inbox.put("inbox/AMAZON_SES_SETUP_NOTIFICATION", b"setup", world.clock.now())
    assert swept(world) == 0
    world.clock.pass_by(GRACE * 2)
    world.inbox.put("inbox/freshfresh", b"new", world.clock.now())
    assert swept(world) == 1
    assert [world.receive(body)[0].outcome for body in world.queue.bodies] == ["relayed"]
    assert swept(world) == 0


def test_a_mail_is_asked_for_again_only_after_hours(world: World) -> None:
    lost_mail(world, SELLER_ALIAS)
    world.clock.pass_by(GRACE * 2)
    assert [swept(world), swept(world)] == [1, 0]
    world.clock.pass_by(PATIENCE)
    assert swept(world) == 1


def test_a_mail_that_is_being_worked_on_is_not_asked_for(world: World) -> None:
    notification = world.accept(mail(BUYER), BUYER, SELLER_ALIAS)
    world.mailer.fault = lambda _: (_ for _ in ()).throw(SendDeferredError("ses-paused"))
    with pytest.raises(ReceiptUnfinishedError):
        world.receive(notification)
    world.clock.pass_by(GRACE * 2)
    assert swept(world) == 0


def test_a_mail_that_the_sweep_was_faster_with_is_not_sent_again(world: World) -> None:
    raw = mail(BUYER)
    notification = world.accept(raw, BUYER, SELLER_ALIAS)
    key = next(iter(world.inbox.objects))
    fields = ses_fields(BUYER, PASSED).replace("id r1;", f"id r1\r\n for {SELLER_ALIAS};")
    world.inbox.put(key, (fields + raw).encode(), world.clock.now())
    world.clock.pass_by(GRACE * 2)
    swept(world)
    outcomes = [world.receive(body)[0] for body in (*world.queue.bodies, notification)]
    assert outcomes[0] == outcomes[1]
    assert len(world.sent) == 1
