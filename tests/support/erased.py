"""A market whose buyer has left traces everywhere, and the function that erases them.

trace(market)                     mails both ways, attempts, held mail, notes, pages, exports, old versions
erase(market), run(market, span)  a privacy officer asks; the schedule works
"""

import gzip
import io
import tempfile
import zipfile
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from parley.archive.keys import erasable_prefixes
from parley.erasing.steps import LATE, SETTLING
from tests.support import canary
from tests.support.http import ask
from tests.support.mails import FORGED, PASS, Written
from tests.support.market import Market

SPAM = {**PASS, "spam": "FAIL"}
PERSON = (
    *("kordula.kanarie", "zeisig-post.example", "Kordula", "Kanarienvogel"),
    *(canary.SUBJECT_WORD, canary.BODY_WORD, "CA1@mail"),
)
"""What a search for the buyer, and for what was written, would look for."""
OFFICER = "arn:aws:sts::123456789012:assumed-role/Officer/erika"


def trace(market: Market) -> None:
    """In the conversations c1 and c2."""
    second = market.correspondence("c2")
    for written, verdicts in (
        (market.from_buyer(), PASS),
        (_with_attachments(market.from_buyer(message_id="CA2@mail.zeisig-post.example")), PASS),
        (_answer(market), PASS),
        (market.from_buyer(message_id="CA3@mail.zeisig-post.example"), FORGED),
        (market.from_buyer(message_id="CA4@mail.zeisig-post.example"), SPAM),
        (market.from_buyer(to=second.buyer_writes_to, message_id="CA5@mail.zeisig-post.example"), PASS),
    ):
        market.accept(written, verdicts=verdicts)
        assert market.work() == [True]
    market.accept(
        market.from_buyer(message_id="CA6@mail.zeisig-post.example"),
        recipients=(market.main.buyer_writes_to, second.buyer_writes_to),
    )
    assert market.work() == [True]
    note = {"case": "case-17", "text": f"{canary.BUYER_NAME} telephoned: {canary.BODY_WORD}"}
    assert ask(market, "POST", "/conversations/c1/notes", body=note).status == 201
    assert market.follow() == []
    keep_lake(market)
    leave_copies(market)


def trace_first_contacts(market: Market, intake: str = "intake1") -> str:
    """Mails with attachments at a contact alias: one held, one released, one that a reviewer refused and one
    that was refused on arrival. Returns the conversation that the released one opened."""
    to = market.contact_alias(intake)
    for number, verdicts in enumerate((SPAM, SPAM, SPAM, FORGED), start=1):
        written = market.from_buyer(to=to, message_id=f"CA1@mail.f{number}.zeisig-post.example")
        market.accept(_with_attachments(written), verdicts=verdicts)
        assert market.work() == [True]
    _, released, refused, _ = market.messages(intake)
    for message, verb in ((released, "release"), (refused, "refuse")):
        reason = {"case": "case-17", "reason": f"{canary.BUYER_NAME} wrote {canary.BODY_WORD}"}
        path = f"/conversations/{intake}/messages/{message.id}/{verb}"
        assert ask(market, "POST", path, body=reason).status < 300
        assert market.work() == [True]
    assert market.follow() == []
    opened = {each.conversation for each in market.deployment.messages() if each.state == "released"}
    (conversation,) = opened - {intake}
    assert conversation is not None
    return conversation


def erase(market: Market, **changes: Any) -> dict[str, Any]:
    """Asks for the buyer to be erased at once, whatever somebody may claim."""
    request = {"task": "erase", "party": "p-buyer", "case": "dsr-3", "who": OFFICER, "for_claims": False}
    answer: dict[str, Any] = market.invoke("erase_data", {**request, **changes})
    return answer


def run(market: Market, after: timedelta = timedelta()) -> dict[str, Any]:
    """The schedule, so long after what was before; then the table's stream is followed, and the lake kept."""
    market.clock.pass_by(after)
    answer: dict[str, Any] = market.invoke("erase_data", {"source": "aws.events"})
    fault, market.fault = market.fault, type(market.fault)()
    assert market.follow() == []
    keep_lake(market)
    market.fault = fault
    return answer


def keep_lake(market: Market) -> None:
    """A round of the lake, by its function."""
    with tempfile.TemporaryDirectory() as folder, patch.object(tempfile, "tempdir", folder):
        assert market.invoke("keep_lake", {})["failed"] == 0


def run_to_the_end(market: Market) -> None:
    for after in (timedelta(), SETTLING, LATE):
        assert run(market, after)["failed"] == 0


def open_plans(market: Market) -> list[dict[str, Any]]:
    answer: dict[str, list[dict[str, Any]]] = market.invoke("erase_data", {"task": "list"})
    return answer["erasures"]


def place_hold(market: Market, conversation: str = "c1", case: str = "case-17") -> str:
    body = {"case": case, "reason": "the parcel never came"}
    reply = ask(market, "POST", f"/conversations/{conversation}/holds", body=body)
    assert reply.status == 201, reply.body
    return str(reply.body["id"])


def lift_hold(market: Market, hold: str, conversation: str = "c1") -> None:
    path = f"/conversations/{conversation}/holds/{hold}/lift"
    assert ask(market, "POST", path, body={"reason": "decided"}).status == 200


def kept_of(market: Market, conversation: str) -> list[str]:
    """The keys of all that was written there."""
    prefixes = erasable_prefixes(conversation)
    return [key for key in market.deployment.archived() if key.startswith(prefixes)]


def versions_of(market: Market, conversation: str) -> list[str]:
    """The keys of every version and delete marker, those behind another one too."""
    found = []
    for prefix in erasable_prefixes(conversation):
        listed: Any = market.deployment.clients.s3.list_object_versions(
            Bucket=market.deployment.settings.archive_bucket, Prefix=prefix
        )
        found += [each["Key"] for kind in ("Versions", "DeleteMarkers") for each in listed.get(kind, [])]
    return found


def _answer(market: Market) -> Written:
    return market.from_seller(
        subject=f"Re: {canary.SUBJECT_WORD} zu Bestellung 303",
        body=f"{canary.BUYER_NAME} wrote:\r\n> {canary.BODY_WORD}\r\nTomorrow.\r\n",
    )


def _with_attachments(written: Written) -> Written:
    boundary = "b1"
    parts = [
        "Content-Type: text/plain; charset=utf-8\r\n\r\n" + written.body,
        'Content-Type: text/csv; charset=utf-8\r\nContent-Disposition: attachment; filename="k.csv"\r\n\r\n'
        f"{canary.BUYER_NAME};{canary.BODY_WORD}\r\n",
    ]
    body = "".join(f"--{boundary}\r\n{part}\r\n" for part in parts) + f"--{boundary}--\r\n"
    return Written(
        **{name: getattr(written, name) for name in ("author", "to", "name", "subject", "message_id")},
        body=body,
        fields={"Content-Type": f'multipart/mixed; boundary="{boundary}"'},
    )


def leave_copies(market: Market, conversation: str = "c1") -> None:
    """What other programs left: exports, another version of an original, and one behind a delete marker."""
    deployment = market.deployment
    s3, review = deployment.clients.s3, deployment.archive_settings.review_bucket
    archive = deployment.settings.archive_bucket
    text = f"{canary.BUYER_NAME} <{canary.BUYER_MAILBOX}>: {canary.BODY_WORD}".encode()
    bundle = io.BytesIO()
    with zipfile.ZipFile(bundle, "w", zipfile.ZIP_DEFLATED) as files:
        files.writestr("0001.eml", text)
    s3.put_object(Bucket=review, Key=f"exports/case-17/{conversation}.zip", Body=bundle.getvalue())
    s3.put_object(Bucket=review, Key=f"exports/case-17/{conversation}/notes.gz", Body=gzip.compress(text))
    first, second = kept_of(market, conversation)[:2]
    s3.put_object(Bucket=archive, Key=first, Body=text)
    s3.delete_object(Bucket=archive, Key=second)
    deployment.wire.suppressed |= {canary.BUYER_MAILBOX, canary.SELLER_MAILBOX}
