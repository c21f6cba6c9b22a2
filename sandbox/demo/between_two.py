"""The scenes in which people write to each other."""

from collections.abc import Sequence

from sandbox.demo.acts import Act
from sandbox.demo.checks import (
    Check,
    answers,
    equal,
    files,
    no_leak,
    original_kept,
    outcome,
    parsed,
    same_octets,
    would_leak,
)
from sandbox.demo.evidence import Filed
from sandbox.demo.letters import OLD_MAILBOX, broken_cup, photo_of_it, sorry, two_shops
from sandbox.demo.panels import record, written_and_seen
from sandbox.demo.pictures import photo, pixels, receipt
from sandbox.demo.stage import Exchanged, Stage, author
from sandbox.page.reading import plain_text
from sandbox.seeding import BUYER, ORDER, Correspondence, Correspondent

QUESTION, ANSWER = "the buyer's question", "the shop's answer"


def first_mail(stage: Stage) -> Act:
    both = stage.first
    mail, filed = _exchange(stage, both.buyer, broken_cup(author(both.buyer), both.buyer.writes_to))
    stage.exchanged[QUESTION] = mail
    (seen_as,) = parsed(mail.heard)["From"].addresses
    return _act(
        both.buyer,
        mail,
        filed,
        would_leak(mail.written, both, to=both.seller.account.mailbox),
        _no_leak(both, both.seller, mail.heard),
        equal("It comes from the buyer's alias.", both.seller.writes_to, seen_as.addr_spec),
        equal("Her older mailbox cannot be read either.", False, OLD_MAILBOX in plain_text(mail.heard)),
        codes=["contact-mailbox-masked"],
    )


def answer(stage: Stage) -> Act:
    both, question = stage.first, stage.recall(QUESTION)
    mail, filed = _exchange(stage, both.seller, sorry(author(both.seller), question.heard))
    stage.exchanged[ANSWER] = mail
    own = question.written_id
    return _act(
        both.seller,
        mail,
        filed,
        _no_leak(both, both.buyer, mail.heard, own),
        *answers(mail.heard, in_reply_to=own, among=own),
    )


def follow_up(stage: Stage) -> Act:
    both, question, answered = stage.first, stage.recall(QUESTION), stage.recall(ANSWER)
    picture, paper = photo(both.buyer.account.mailbox), receipt(ORDER)
    mail, filed = _exchange(
        stage, both.buyer, photo_of_it(author(both.buyer), answered.heard, picture, paper)
    )
    got = files(mail.heard)
    shown = got.get("broken cup.png", b"")
    return _act(
        both.buyer,
        mail,
        filed,
        _no_leak(both, both.seller, mail.heard, answered.written_id),
        *answers(mail.heard, in_reply_to=answered.written_id, among=question.heard_id),
        same_octets("The receipt arrives octet for octet.", paper, got.get(f"receipt {ORDER}.pdf")),
        same_octets("The photo shows the same, pixel for pixel.", pixels(picture), pixels(shown)),
        equal("Who took the photo no longer stands in the file.", False, b"Author" in shown),
        codes=["image-metadata-removed"],
    )


def two_aliases(stage: Stage) -> Act:
    """One envelope: each shop has its own message, its own outcome and its own alias for the buyer."""
    shops = (stage.first, stage.shop("304-02", "Porzellan Wagner", "laden@porzellan-wagner.example"))
    aliases = [both.buyer.writes_to for both in shops]
    written = two_shops(author(stage.first.buyer), aliases)
    before = [len(stage.inbox(both.seller)) for both in shops]
    posted = stage.post(BUYER.account, written, *zip(shops, aliases, strict=True))
    filed = [each for (each,) in posted]
    heard = [
        stage.arrived(both.seller, count, each)
        for both, count, each in zip(shops, before, filed, strict=True)
    ]
    names = [both.seller.person.display_name for both in shops]
    sheets = [written_and_seen("Anna", written, *each) for each in zip(names, heard, strict=True)]
    seen = tuple(sheet for _, sheet in sheets)
    records = tuple(record(each, f"Archived for {name}") for each, name in zip(filed, names, strict=True))
    return Act(
        groups=((sheets[0][0],), seen, records),
        checks=(
            *(
                outcome(each, "relayed", "protected-masked", whose=f"{name}: the")
                for each, name in zip(filed, names, strict=True)
            ),
            *(_no_leak(both, both.seller, mail) for both, mail in zip(shops, heard, strict=True)),
            _apart(names[0], heard[0], shops[1]),
            _apart(names[1], heard[1], shops[0]),
            equal("These are two messages with two ids.", 2, len({each.message.id for each in filed})),
            *(
                original_kept(each, written, whose=f"{name}: the")
                for each, name in zip(filed, names, strict=True)
            ),
        ),
    )


def _apart(name: str, heard: bytes, elsewhere: Correspondence) -> Check:
    aliases = (elsewhere.buyer.writes_to, elsewhere.seller.writes_to)
    named = [alias for alias in aliases if alias.encode() in heard.lower()]
    return equal(f"{name} cannot read that another shop was asked, or by whom there.", [], named)


def _exchange(stage: Stage, by: Correspondent, written: bytes) -> tuple[Exchanged, Filed]:
    """Within the first conversation: the mail as the other side got it, and what the archive holds."""
    both = stage.first
    other = both.seller if by is both.buyer else both.buyer
    before = len(stage.inbox(other))
    ((filed,),) = stage.post(by.account, written, (both, by.writes_to))
    return Exchanged(written, stage.arrived(other, before, filed)), filed


def _act(by: Correspondent, mail: Exchanged, filed: Filed, *checks: Check, codes: Sequence[str] = ()) -> Act:
    sides = ("Anna", "The shop") if by.person is BUYER else ("The shop", "Anna")
    sheets = written_and_seen(sides[0], mail.written, sides[1], mail.heard)
    return Act(
        groups=(sheets, (record(filed),)),
        checks=(
            outcome(filed, "relayed", "protected-masked", *codes),
            *checks,
            original_kept(filed, mail.written),
        ),
    )


def _no_leak(both: Correspondence, reader: Correspondent, heard: bytes, *own_ids: str) -> Check:
    name = reader.person.display_name
    return no_leak(
        f"In what {name} got, no mailbox but its own in To can be read, in any encoding.",
        heard,
        both,
        to=reader.account.mailbox,
        own_ids=own_ids,
    )
