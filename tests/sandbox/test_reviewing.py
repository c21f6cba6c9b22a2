"""A reviewer at work on the stack as it is deployed into the local emulator, by the client of the API."""

import json

import pytest

from cli.marketplace import ApiProblem, HeldMessage
from sandbox.stack import Sandbox
from tests.sandbox.whole import written
from tests.support.correspondences import correspond, wait

pytestmark = pytest.mark.slow
DECISION = {"case": "case-17", "reason": "an ordinary question"}


def held_in(sandbox: Sandbox, conversation: str) -> list[HeldMessage]:
    return [each for each in sandbox.api.held() if each.conversation == conversation]


def test_a_reviewer_notes_holds_releases_and_looks_back(sandbox: Sandbox) -> None:
    here, api = correspond(sandbox), sandbox.api
    raw = written(
        here.buyer.account, here.buyer.writes_to, "When will it come?\n", X_Sandbox_Verdicts="spam=FAIL"
    )
    sandbox.submit(here.buyer.account, raw, [here.buyer.writes_to])
    (waiting,) = wait(lambda: held_in(sandbox, here.conversation), "held mail")
    assert (waiting.codes, waiting.direction) == (("spam",), "buyer-to-seller")

    api.record_read(here.conversation, case="case-17", what="transcript")
    api.add_note(here.conversation, case="case-17", text="The buyer asked twice.")
    hold = api.place_hold(here.conversation, **DECISION)
    assert api.conversation(here.conversation).holds == (hold,)
    assert api.lift_hold(here.conversation, hold.id, reason="settled").in_force is False
    assert api.release(here.conversation, waiting.message, **DECISION) == "releasing"

    wait(lambda: [each for each in api.history(here.conversation) if each.state == "released"], "release")
    # SES's own events come at any time after the release.
    kinds = [each.kind for each in api.history(here.conversation) if each.kind not in ("sent", "delivered")]
    assert kinds == ["message", "note", "hold-placed", "hold-lifted", "release-asked", "released"]
    assert held_in(sandbox, here.conversation) == []
    with pytest.raises(ApiProblem) as refused:
        api.refuse(here.conversation, waiting.message, **DECISION)
    assert refused.value.code == "not-held"

    s3 = sandbox.deployed.local.client("s3")
    review = sandbox.deployed.variables("admin_api")["PARLEY_REVIEW_BUCKET"]
    keys = [each["Key"] for each in s3.list_objects_v2(Bucket=review, Prefix="accesses/")["Contents"]]
    reads = [json.loads(s3.get_object(Bucket=review, Key=key)["Body"].read()) for key in keys]
    (read,) = [each for each in reads if each.get("conversation") == here.conversation]
    assert (read["case"], read["what"]) == ("case-17", "transcript")
