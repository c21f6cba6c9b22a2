"""How the inbox is read page by page."""

from unittest.mock import patch

from tests.support.aws import Deployment
from tests.support.stores import on_aws


def test_each_page_says_where_the_next_begins_and_costs_one_call(deployment: Deployment) -> None:
    for n in range(5):
        deployment.store(f"receipt-{n}", b"mail")
    deployment.clients.s3.put_object(Bucket=deployment.settings.inbox_bucket, Key="jnbox/x", Body=b"")
    inbox, found, after = on_aws(deployment).inbox, [], ""
    deployment.wire.calls.clear()
    with patch.dict("os.environ", {"MOTO_S3_DEFAULT_MAX_KEYS": "2"}):
        while after is not None:
            listed = inbox.listed(after)
            found += [key for key, _ in listed.objects]
            after = listed.next
    assert found == [f"inbox/receipt-{n}" for n in range(5)]
    assert deployment.wire.operations() == ["s3.ListObjectsV2"] * 3
