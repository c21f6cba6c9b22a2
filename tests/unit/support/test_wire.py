"""The harness itself: sealed, and able to break what it carries."""

from typing import Any

import boto3
import pytest

from tests.support.aws import deployed
from tests.support.resources import of_type
from tests.support.wire import Killed, SealBrokenError, kill_after, kill_before


def test_no_call_leaves_the_machine(template: dict[str, Any]) -> None:
    with deployed(template):
        client = boto3.client("s3", region_name="eu-west-1", endpoint_url="http://127.0.0.1:9")
        with pytest.raises(SealBrokenError):
            client.list_buckets()


def test_a_process_killed_before_a_call_has_no_effect(template: dict[str, Any]) -> None:
    with deployed(template) as deployment:
        deployment.wire.before = kill_before(2)
        deployment.store("one", b"1")
        with pytest.raises(Killed):
            deployment.store("two", b"2")
        deployment.wire.heal()
        assert inbox(deployment) == ["inbox/one"]


def test_a_process_killed_after_a_call_has_had_its_effect(template: dict[str, Any]) -> None:
    with deployed(template) as deployment:
        deployment.wire.after = kill_after(1)
        with pytest.raises(Killed):
            deployment.store("one", b"1")
        deployment.wire.heal()
        assert inbox(deployment) == ["inbox/one"]


def inbox(deployment: Any) -> list[str]:
    listed = deployment.clients.s3.list_objects_v2(Bucket=deployment.settings.inbox_bucket)
    return [entry["Key"] for entry in listed.get("Contents", [])]


def test_buckets_are_as_the_template_has_them(template: dict[str, Any]) -> None:
    with deployed(template) as deployment:
        s3, settings = deployment.clients.s3, deployment.settings
        lock = s3.get_object_lock_configuration(Bucket=settings.archive_bucket)["ObjectLockConfiguration"]
        assert lock["Rule"]["DefaultRetention"]["Mode"] == "GOVERNANCE"  # type: ignore[typeddict-item]
        assert s3.get_bucket_versioning(Bucket=settings.archive_bucket)["Status"] == "Enabled"
        assert "Status" not in s3.get_bucket_versioning(Bucket=settings.inbox_bucket)


def test_every_resource_of_the_template_that_this_harness_knows_can_be_made(template: dict[str, Any]) -> None:
    with deployed(template) as deployment:
        deployment.stack.make_all()
        queues = deployment.clients.sqs.list_queues()["QueueUrls"]
        assert len(queues) == len(of_type(template, "AWS::SQS::Queue"))
