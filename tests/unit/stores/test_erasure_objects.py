"""Deleting for good: every version, behind a lock, and never believing an answer that it did not read."""

from types import SimpleNamespace
from typing import Any

import pytest

from parley.erasing.ports import NotErasedError
from parley.stores.erasure_objects import S3Objects, SesSuppressions
from tests.support.aws import Deployment
from tests.support.wire import Answer, Call


@pytest.fixture
def archive(deployment: Deployment) -> S3Objects:
    return S3Objects(deployment.clients.s3, deployment.settings.archive_bucket, locked=True)


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parley.stores.erasure_objects.time.sleep", lambda _: None)


def put(deployment: Deployment, *keys: str) -> None:
    for key in keys:
        deployment.clients.s3.put_object(Bucket=deployment.settings.archive_bucket, Key=key, Body=b"x")


def versions(deployment: Deployment) -> list[str]:
    listed: Any = deployment.clients.s3.list_object_versions(Bucket=deployment.settings.archive_bucket)
    return sorted(each["Key"] for kind in ("Versions", "DeleteMarkers") for each in listed.get(kind, []))


def test_every_version_and_delete_marker_under_a_prefix_goes_though_it_is_locked(
    deployment: Deployment, archive: S3Objects
) -> None:
    put(deployment, "conversations/c1/a", "conversations/c1/a", "conversations/c1/b", "conversations/c10/a")
    deployment.clients.s3.delete_object(Bucket=deployment.settings.archive_bucket, Key="conversations/c1/b")
    assert archive.erase("conversations/c1/") == 4
    assert versions(deployment) == ["conversations/c10/a"]


def test_only_keys_that_hold_a_text_go_where_one_is_given(deployment: Deployment, archive: S3Objects) -> None:
    put(deployment, "exports/17/c1.zip", "exports/17/c2.zip")
    assert archive.erase("exports/", holding="c1") == 1
    assert versions(deployment) == ["exports/17/c2.zip"]


def test_nothing_to_delete_is_no_error(archive: S3Objects) -> None:
    assert archive.erase("conversations/c1/") == 0


def test_an_empty_prefix_is_refused(archive: S3Objects) -> None:
    with pytest.raises(ValueError, match="whole bucket"):
        archive.erase("")


def test_more_versions_than_one_request_takes_are_deleted(deployment: Deployment, archive: S3Objects) -> None:
    put(deployment, *(f"conversations/c1/{number}" for number in range(1_003)))
    assert archive.erase("conversations/c1/") == 1_003
    assert versions(deployment) == []


def test_an_answer_of_200_with_errors_in_it_is_an_error(deployment: Deployment) -> None:
    """Without the right to bypass governance, S3 answers just so."""
    put(deployment, "conversations/c1/a")
    locked = S3Objects(deployment.clients.s3, deployment.settings.archive_bucket)
    with pytest.raises(NotErasedError) as raised:
        locked.erase("conversations/c1/")
    assert raised.value.codes == ("AccessDenied",)
    assert versions(deployment) == ["conversations/c1/a"]


class _Client:
    """A bucket with one version. Gives these codes, one for each request to delete it, then obeys."""

    def __init__(self, *codes: str) -> None:
        self._codes = list(codes)
        self._left = [{"Key": "k/a", "VersionId": "1"}]
        self.asked = 0

    def get_paginator(self, _name: str) -> Any:
        return SimpleNamespace(paginate=lambda **_: [{"Versions": list(self._left)}])

    def delete_objects(self, **_: Any) -> dict[str, Any]:
        self.asked += 1
        if self._codes:
            return {"Errors": [{"Key": "k/a", "Code": self._codes.pop(0)}]}
        self._left.clear()
        return {}


def test_an_error_that_passes_is_tried_again() -> None:
    client: Any = _Client("InternalError")
    assert S3Objects(client, "b").erase("k/") == 1
    assert client.asked == 2


def test_an_error_that_does_not_pass_away_is_raised_in_the_end() -> None:
    client: Any = _Client(*["SlowDown"] * 4)
    with pytest.raises(NotErasedError):
        S3Objects(client, "b").erase("k/")


def test_a_mailbox_is_taken_off_the_suppression_list(deployment: Deployment) -> None:
    deployment.wire.suppressed.add("anna+a@privatmail.example")
    SesSuppressions(deployment.clients.sesv2).remove("anna+a@privatmail.example")
    assert deployment.wire.suppressed == set()


def test_a_mailbox_that_is_not_on_the_suppression_list_is_no_error(deployment: Deployment) -> None:
    SesSuppressions(deployment.clients.sesv2).remove("anna@privatmail.example")


def test_another_error_of_the_suppression_list_is_one(deployment: Deployment) -> None:
    def refuse(_call: Call) -> Answer:
        return Answer(400, "BadRequestException")

    deployment.wire.before = refuse
    with pytest.raises(deployment.clients.sesv2.exceptions.BadRequestException):
        SesSuppressions(deployment.clients.sesv2).remove("anna@privatmail.example")
