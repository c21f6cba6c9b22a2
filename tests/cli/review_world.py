"""What the commands for reviewers reach: buckets on a simulated S3, and an API that notes its requests."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from moto import mock_aws
from typer.testing import CliRunner

from cli import main, options
from cli.answers import HeldMessage, Hold, OpenedConversation
from cli.aws import Clients
from cli.checks.site import Site
from cli.deployment import Part
from cli.marketplace import MarketplaceApi
from parley.archive.keys import transcript_key
from tests.cli.sites import NOW, PARTS, REGION, FakeResolver, a_deployment
from tests.support.evidence import CONVERSATION, Archived
from tests.support.lean_moto import lean
from tests.support.stack import any_client

PAGE = b"<!doctype html><title>Transcript</title>"
OPENED = OpenedConversation(
    id=CONVERSATION,
    status="open",
    order="303-11",
    buyer="buyer-1",
    seller="seller-1",
    buyer_alias="b-1@relay.example.com",
    seller_alias="s-1@relay.example.com",
    holds=(Hold(id="17-a", case="case-17", placed_at="2026-09-04T16:12:00+00:00", in_force=True),),
)


@dataclass
class FakeApi:
    """Notes what it is asked; `error` is what it answers with, if there is one."""

    error: Exception | None = None
    asked: list[tuple[Any, ...]] = field(default_factory=list)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def answer(*given: Any, **named: Any) -> Any:
            self.asked.append((name, *given, *named.values()))
            if self.error is not None:
                raise self.error
            return {
                "conversation": OPENED,
                "conversations": iter([OPENED]),
                "held": iter([HeldMessage(**WAITING), HeldMessage(**LOOSE)]),
                "history": [],
                "release": "releasing",
                "refuse": "refused",
                "release_loose": "releasing",
                "refuse_loose": "refused",
            }.get(name)

        return answer


WAITING: dict[str, Any] = {
    "conversation": CONVERSATION,
    "receipt": "o8i2hkv5c4pgd7qp",
    "message": "m4",
    "state": "held",
    "codes": ("spam",),
    "received_at": "2026-09-04T16:12:00+00:00",
    "direction": "seller-to-buyer",
}
LOOSE = WAITING | {
    "conversation": None,
    "receipt": "d3q1i8s5n8b1kq0q",
    "message": "m5",
    "codes": ("notification-missing",),
    "direction": None,
}


class World:
    """Buckets on a simulated S3, and an API."""

    def __init__(self) -> None:
        self.s3: Any = any_client("s3", REGION)
        for bucket in ("archive-bucket", "review-bucket"):
            self.s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
        self.s3.put_bucket_versioning(Bucket="archive-bucket", VersioningConfiguration={"Status": "Enabled"})
        self.api = FakeApi()
        keys = {Part.EXPORT_KEY: "export-key", Part.SIGNING_KEY: "signing-key"}
        parts = {**PARTS, **keys, Part.ARCHIVE: "archive-bucket", Part.REVIEW: "review-bucket"}
        self.site = Site(
            deployment=a_deployment(parts=parts),
            clients=Clients(lambda service: any_client(service, REGION)),
            resolver=FakeResolver(),
            api=cast(MarketplaceApi, self.api),
            now=NOW,
        )

    def file(self, made: Archived) -> None:
        for key, (content, salt) in made.objects.items():
            self.s3.put_object(Bucket="archive-bucket", Key=key, Body=content, Metadata={"salt": salt})
        self.s3.put_object(Bucket="review-bucket", Key=transcript_key(CONVERSATION), Body=PAGE)


@contextmanager
def a_world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """With the command connected to it."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("PARLEY_CASE", raising=False)
    with mock_aws(), lean():
        made = World()
        monkeypatch.setattr(options, "connect", lambda _: made.site)
        yield made


def run(*arguments: str, text: str = "", **environment: str) -> Any:
    return CliRunner().invoke(main.app, list(arguments), input=text, env={"COLUMNS": "200", **environment})
