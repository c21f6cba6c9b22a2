"""What only the archive on S3 can do wrong."""

import pytest
from botocore.exceptions import ClientError

from parley.stores.archive import S3Archive
from tests.support.aws import Deployment
from tests.support.wire import Answer


@pytest.fixture
def archive(deployment: Deployment) -> S3Archive:
    return S3Archive(deployment.clients.s3, deployment.settings.archive_bucket)


def test_a_second_put_adds_no_version(deployment: Deployment, archive: S3Archive) -> None:
    for content in (b"first", b"second"):
        archive.put("c1/original.eml", content, media_type="message/rfc822", metadata={})
    bucket = deployment.settings.archive_bucket
    assert len(deployment.clients.s3.list_object_versions(Bucket=bucket)["Versions"]) == 1


def test_media_type_and_metadata_are_kept(deployment: Deployment, archive: S3Archive) -> None:
    archive.put("c1/e.json", b"{}", media_type="application/json", metadata={"message": "m1"})
    kept = deployment.clients.s3.head_object(Bucket=deployment.settings.archive_bucket, Key="c1/e.json")
    assert (kept["ContentType"], kept["Metadata"]) == ("application/json", {"message": "m1"})


@pytest.mark.parametrize(
    ("status", "code"), [(409, "ConditionalRequestConflict"), (403, "AccessDenied"), (404, "NoSuchBucket")]
)
def test_a_put_that_may_not_have_happened_is_an_error(
    deployment: Deployment, archive: S3Archive, status: int, code: str
) -> None:
    deployment.wire.before = lambda call: Answer(status, code)
    with pytest.raises(ClientError, match=code):
        archive.put("c1/original.eml", b"x", media_type="message/rfc822", metadata={})


def test_a_put_is_one_call(deployment: Deployment, archive: S3Archive) -> None:
    deployment.wire.calls.clear()
    archive.put("c1/original.eml", b"x", media_type="message/rfc822", metadata={})
    assert deployment.wire.operations() == ["s3.PutObject"]


def test_keys_are_listed_behind_one_in_order(deployment: Deployment, archive: S3Archive) -> None:
    for key in (
        "entries/c1/0002_b.json",
        "entries/c1/0001_a.json",
        "entries/c1/0003_c.json",
        "entries/c10/1",
    ):
        archive.put(key, b"{}", media_type="application/json", metadata={})
    listed = archive.listed("entries/c1/", "entries/c1/0001_a.json")
    assert listed == ["entries/c1/0002_b.json", "entries/c1/0003_c.json"]
