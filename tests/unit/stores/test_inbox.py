"""How the inbox is read page by page."""

from datetime import UTC, datetime, timedelta
from unittest.mock import patch

from tests.support.aws import Deployment
from tests.support.stores import on_aws


def test_the_next_page_is_asked_for_when_the_last_one_is_used_up(deployment: Deployment) -> None:
    for n in range(5):
        deployment.store(f"receipt-{n}", b"mail")
    deployment.clients.s3.put_object(Bucket=deployment.settings.inbox_bucket, Key="elsewhere/x", Body=b"")
    now, day = datetime.now(UTC), timedelta(days=1)
    deployment.wire.calls.clear()
    with patch.dict("os.environ", {"MOTO_S3_DEFAULT_MAX_KEYS": "2"}):
        listing = on_aws(deployment).inbox.written_between(now - day, now + day)
        assert deployment.wire.operations() == []
        found = [next(listing)[0], next(listing)[0]]
        assert deployment.wire.operations() == ["s3.ListObjectsV2"]
        found += [key for key, _ in listing]
    assert found == [f"inbox/receipt-{n}" for n in range(5)]
    assert deployment.wire.operations() == ["s3.ListObjectsV2"] * 3
