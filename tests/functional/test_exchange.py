"""Buyer and seller write to each other through the deployed functions."""

import base64
import json
import random
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from parley.archive.chain import link_hash
from parley.conversation.conversations import Head
from tests.support import canary
from tests.support.mails import FORGED
from tests.support.market import Market
from tests.support.wire import Sent


def parsed(sent: Sent) -> EmailMessage:
    mail = message_from_bytes(sent.raw, policy=default)
    assert isinstance(mail, EmailMessage)
    return mail


def known_as(sent: Sent) -> str:
    """The Message-ID under which the recipient's program knows the mail: SES writes its own."""
    return f"<{sent.message_id}@eu-west-1.amazonses.com>"


def test_the_seller_gets_the_buyers_mail_from_the_buyers_alias(market: Market) -> None:
    market.accept(market.from_buyer())
    assert market.work() == [True]
    (sent,) = market.sent
    mail = parsed(sent)
    assert sent.mail_from == market.main.seller_writes_to
    assert sent.recipients == (canary.SELLER_MAILBOX,)
    assert mail["From"].addresses[0].addr_spec == market.main.seller_writes_to
    assert mail["To"].addresses[0].addr_spec == canary.SELLER_MAILBOX
    assert canary.SUBJECT_WORD in mail["Subject"]
    assert f"{canary.BODY_WORD}: wann kommt die Ware? Grüße" in mail.get_content()
    assert b"zeisig-post" not in sent.raw.lower()


def test_the_answer_reaches_the_buyer_in_the_same_thread(market: Market) -> None:
    market.accept(market.from_buyer())
    market.work()
    heard = market.sent[0]
    answer = market.from_seller(fields={"In-Reply-To": known_as(heard), "References": known_as(heard)})
    market.accept(answer)
    assert market.work() == [True]
    sent = market.sent[1]
    mail = parsed(sent)
    assert sent.mail_from == market.main.buyer_writes_to
    assert sent.recipients == (canary.BUYER_MAILBOX,)
    assert mail["In-Reply-To"] == "<CA1@mail.zeisig-post.example>"
    assert mail["References"].split()[-1] == "<CA1@mail.zeisig-post.example>"
    assert b"girlitz-handel" not in sent.raw.lower()


def test_a_follow_up_on_ones_own_mail_stands_in_the_recipients_thread(market: Market) -> None:
    first = market.from_buyer()
    market.accept(first)
    market.work()
    own = "<CA1@mail.zeisig-post.example>"
    market.accept(market.from_buyer(message_id="CA2@mail.zeisig-post.example", fields={"In-Reply-To": own}))
    market.work()
    assert parsed(market.sent[1])["In-Reply-To"] == known_as(market.sent[0])


def test_both_mails_lie_in_the_archive_as_they_came_and_as_they_went(market: Market) -> None:
    receipts = [market.accept(market.from_buyer()), market.accept(market.from_seller())]
    market.work()
    archived = market.deployment.archived()
    originals = [content for key, content in sorted(archived.items()) if key.endswith("original.eml")]
    relayed = [content for key, content in sorted(archived.items()) if key.endswith("relayed.eml")]
    assert originals == [market.stores.inbox.get(f"inbox/{receipt}") for receipt in receipts]
    assert relayed == [sent.raw for sent in market.sent]


def test_the_archive_tells_who_wrote_when_by_its_names(market: Market) -> None:
    market.accept(market.from_buyer())
    market.work()
    (message,) = market.messages()
    name = f"0001_2026-09-04T161200Z_buyer-to-seller_{message.id}"
    assert sorted(market.deployment.archived()) == [
        f"contents/c1/{name}.json",
        f"conversations/c1/{name}/original.eml",
        f"conversations/c1/{name}/relayed.eml",
    ]
    assert message.folder == f"conversations/c1/{name}/"


def test_events_of_a_mail_will_name_its_conversation_and_message(market: Market) -> None:
    market.accept(market.from_buyer())
    market.work()
    (message,) = market.messages()
    assert market.sent[0].tags == {"conversation": "c1", "message": message.id}
    assert market.sent[0].configuration_set == market.deployment.settings.configuration_set


def test_a_large_attachment_arrives_octet_for_octet(market: Market) -> None:
    pdf = b"%PDF-1.7\n" + random.Random(303).randbytes(9_000_000)
    lines = base64.encodebytes(pdf).decode().replace("\n", "\r\n")
    market.accept(
        market.from_buyer(
            fields={"Content-Type": 'multipart/mixed; boundary="b"', "Content-Transfer-Encoding": ""},
            body="--b\r\nContent-Type: text/plain\r\n\r\nThe invoice.\r\n"
            '--b\r\nContent-Type: application/pdf; name="invoice.pdf"\r\n'
            f"Content-Transfer-Encoding: base64\r\n\r\n{lines}\r\n--b--\r\n",
        )
    )
    assert market.work() == [True]
    (attached,) = parsed(market.sent[0]).iter_attachments()
    assert attached.get_content() == pdf


def test_the_links_of_both_mails_form_one_chain(market: Market) -> None:
    market.accept(market.from_buyer())
    market.accept(market.from_seller())
    market.work()
    first, second = (message.link or "" for message in market.messages())
    assert json.loads(first)["previous"] == ""
    assert json.loads(second)["previous"] == link_hash(first)
    assert market.view().head == Head(2, link_hash(second))


def test_an_unproved_first_contact_opens_nothing_and_is_recorded(market: Market) -> None:
    contact = market.contact_alias("intake1")
    before = len(market.deployment.items())
    market.accept(market.from_buyer(to=contact), verdicts=FORGED)
    assert market.work() == [True]
    assert market.sent == []
    assert market.outcomes("intake1") == [("refused", ("not-authenticated",))]
    assert len(market.deployment.items()) == before + 2, "a message and a receipt"


def test_a_second_contact_of_the_same_author_stays_in_the_conversation(market: Market) -> None:
    contact = market.contact_alias("intake1")
    for number in range(2):
        market.accept(market.from_buyer(to=contact, message_id=f"CA{number}@mail.zeisig-post.example"))
    assert market.work() == [True, True]
    assert len({sent.tags["conversation"] for sent in market.sent}) == 1
    assert len({sent.mail_from for sent in market.sent}) == 1


def test_a_first_contact_opens_a_conversation_and_the_answer_finds_back(market: Market) -> None:
    contact = market.contact_alias("intake1")
    market.accept(market.from_buyer(to=contact))
    assert market.work() == [True]
    (heard,) = market.sent
    assert heard.recipients == (canary.SELLER_MAILBOX,)
    answer = market.from_seller(to=heard.mail_from, fields={"In-Reply-To": known_as(heard)})
    market.accept(answer)
    assert market.work() == [True]
    assert market.sent[1].recipients == (canary.BUYER_MAILBOX,)
    assert b"girlitz-handel" not in market.sent[1].raw.lower()
