"""The wire to SES: one SendEmail from the finished mail to the body that is signed and ready to go."""

import hashlib
from collections.abc import Callable, Iterator
from typing import Any, cast

import boto3
from botocore.awsrequest import AWSResponse, HTTPHeaders
from botocore.config import Config
from botocore.httpsession import BUFFER_SIZE

from parley.mail.address import Mailbox
from parley.relaying.ports import Submission
from parley.stores.mailer import SesMailer

OURS, BOTOCORES = "our mailer", "botocore alone"
_FROM, _TO = Mailbox("b-7k2m", "relay.example"), Mailbox("shop", "haendler-mueller.example")
_TAGS = {"message": "m1", "conversation": "c1"}


class _Answer:
    """The body of SES's answer, as botocore reads it."""

    def stream(self, **_: object) -> Iterator[bytes]:
        yield b'{"MessageId": "0102"}'


def sender(who: str, *, seen: Callable[[bytes], object] = len) -> Callable[[bytes], object]:
    """Sends a mail up to the socket. seen: is given the body of each request as the socket is, a file in
    pieces."""
    client = boto3.session.Session("key", "secret", region_name="eu-west-1").client(
        "sesv2", config=Config(retries={"mode": "standard", "total_max_attempts": 1})
    )

    def answer(request: Any, **_: object) -> AWSResponse:
        for piece in _pieces(request.body):
            seen(piece)
        return AWSResponse(request.url, 200, HTTPHeaders(), _Answer())

    client.meta.events.register("before-send.sesv2.SendEmail", cast("Callable[..., None]", answer))
    if who == BOTOCORES:
        return lambda raw: client.send_email(
            FromEmailAddress=str(_FROM),
            Destination={"ToAddresses": [str(_TO)]},
            Content={"Raw": {"Data": raw}},
            ConfigurationSetName="Parley",
            EmailTags=[{"Name": name, "Value": value} for name, value in _TAGS.items()],
        )
    mailer = SesMailer(client, "Parley")
    return lambda raw: mailer.send(Submission(reverse_path=_FROM, forward_path=_TO, raw=raw, tags=_TAGS))


def _pieces(body: Any) -> Iterator[bytes]:
    """As urllib3 takes them, with the size that botocore tells it."""
    if not hasattr(body, "read"):
        yield body
        return
    while piece := body.read(BUFFER_SIZE):
        yield piece


def bodies_agree(raw: bytes) -> bool:
    """Whether both make the same body of a mail."""
    digests = []
    for who in (OURS, BOTOCORES):
        digest = hashlib.sha256()
        sender(who, seen=digest.update)(raw)
        digests.append(digest.digest())
    return digests[0] == digests[1]


def body_octets(raw: bytes) -> int:
    """How long the body of the request is."""
    lengths: list[int] = []
    sender(OURS, seen=lambda body: lengths.append(len(body)))(raw)
    return sum(lengths)
