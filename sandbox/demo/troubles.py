"""The scenes in which somebody or something else writes: strangers, forgers, and machines."""

from sandbox.accounts import Account
from sandbox.demo.acts import Act
from sandbox.demo.checks import chain, equal, no_leak, original_kept, outcome, parsed, queues_empty
from sandbox.demo.evidence import awaited
from sandbox.demo.letters import Author, anybody_there, curious, forged
from sandbox.demo.panels import books, queues, record, sheet, unseen
from sandbox.demo.proofs import proof, proved, told
from sandbox.demo.stage import Stage, author
from sandbox.seeding import PASSWORD

STRANGER = Account("curious@passerby.example", PASSWORD)


def stranger(stage: Stage) -> Act:
    written = curious(Author("Kim Curious", STRANGER.mailbox), stage.first.buyer.writes_to)
    return _refused(stage, "Kim", STRANGER, written, "stranger")


def forgery(stage: Stage) -> Act:
    """No account, so no proof: SES finds that neither SPF nor DKIM nor DMARC speaks for Anna's mailbox."""
    written = forged(author(stage.first.buyer), stage.first.buyer.writes_to)
    return _refused(stage, "The forger", None, written, "not-authenticated")


def out_of_office(stage: Stage) -> Act:
    both = stage.shop("305-07", "Teehaus am Meer", "ooto@teehaus.example")
    to, name = both.buyer.writes_to, author(both.buyer)
    before = len(stage.inbox(both.buyer))
    first = anybody_there(name, to, "Opening hours", "are you open on Saturday?")
    second = anybody_there(name, to, "And on Sunday?", "or on Sunday, perhaps?")
    ((_, away),) = stage.post(both.buyer.account, first, (both, to), messages=2)
    heard = stage.arrived(both.buyer, before, away)
    ((_, again),) = stage.post(both.buyer.account, second, (both, to), messages=2)
    got = len(stage.inbox(both.buyer)) - before
    return Act(
        groups=(
            (sheet("Anna wrote, and then once more", first), sheet("Anna sees", heard)),
            (record(away, "Archived of the first answer"), record(again, "Archived of the second answer")),
        ),
        checks=(
            outcome(away, "relayed", "auto-reply", whose="The first answer's"),
            outcome(again, "discarded", "automatic-repeated", whose="The second answer's"),
            equal("Anna got one automatic answer to two mails.", 1, got),
            equal("It still says that a machine wrote it.", "auto-replied", parsed(heard)["Auto-Submitted"]),
            no_leak(
                "The shop's mailbox cannot be read in it.",
                heard,
                both,
                to=both.buyer.account.mailbox,
                own_ids=[str(parsed(first)["Message-ID"])],
            ),
        ),
    )


def bounce(stage: Stage) -> Act:
    both = stage.shop("306-01", "Kännchen & Co.", "bounce@kaennchen.example")
    written = anybody_there(author(both.buyer), both.buyer.writes_to, "My teapot", "is my teapot mended?")
    before = len(stage.inbox(both.buyer))
    ((filed,),) = stage.post(both.buyer.account, written, (both, both.buyer.writes_to))
    events = stage.listener.until("Bounce", filed.message.id)
    notice = awaited(lambda: next(iter(stage.inbox(both.buyer)[before:]), None), "a notice for Anna")
    again = anybody_there(author(both.buyer), both.buyer.writes_to, "My teapot", "hello?")
    ((refused,),) = stage.post(both.buyer.account, again, (both, both.buyer.writes_to))
    return Act(
        groups=(
            (sheet("Anna wrote", written), unseen("Kännchen & Co.", "Nothing: there is no such mailbox.")),
            (record(filed, events=[event.told for event in events]), sheet("Anna is told", notice)),
            (record(refused, "Archived of her next mail"),),
        ),
        checks=(
            outcome(filed, "relayed", "protected-masked"),
            equal(
                "SES tells that it tried, and that the mailbox does not exist.",
                ["Send", "Bounce (Permanent, General, 5.1.1)"],
                [event.told for event in events],
            ),
            no_leak(
                "Anna is told, and not which mailbox it was.",
                notice,
                both,
                to=both.buyer.account.mailbox,
                own_ids=[str(parsed(written)["Message-ID"])],
            ),
            outcome(refused, "refused", "recipient-unreachable", whose="Her next mail's"),
            original_kept(filed, written),
        ),
    )


def closing(stage: Stage) -> Act:
    awaited(lambda: stage.is_quiet() or None, "the end of the work on SES's events")
    kept = stage.all_books()
    proofs = [proof(stage.sandbox, both) for both in stage.all]
    filed, waiting = [each.filed() for each in kept], stage.sandbox.queues().depths()
    return Act(
        groups=((books(filed), queues(waiting)),),
        checks=(
            *(chain(each, book.links(), book.head()) for each, book in zip(filed, kept, strict=True)),
            *map(proved, proofs),
            *map(told, proofs),
            queues_empty(waiting),
        ),
    )


def _refused(stage: Stage, who: str, account: Account | None, written: bytes, code: str) -> Act:
    """To the shop, which must not see it; and nobody may be told, Anna least of all."""
    both = stage.first
    people = [both.buyer.account, both.seller.account, STRANGER]
    stage.sandbox.mailboxes.add(STRANGER)
    before = [len(stage.inbox(person)) for person in people]
    claimed = str(parsed(written)["From"].addresses[0].addr_spec)
    ((filed,),) = stage.post(account, written, (both, both.buyer.writes_to), reverse_path=claimed)
    after = [len(stage.inbox(person)) for person in people]
    nothing = unseen("The shop", "Nothing. Whoever reviews a dispute sees that somebody tried.")
    return Act(
        groups=((sheet(f"{who} wrote", written), nothing), (record(filed),)),
        checks=(
            outcome(filed, "refused", code),
            equal("Nothing came to the shop.", before[1], after[1]),
            equal("Nobody was told: no notice to Anna or to the stranger.", before[::2], after[::2]),
            equal("Nothing was made to be sent.", None, filed.relayed),
            original_kept(filed, written),
        ),
    )
