"""The synthesised stack, deployed by the CDK's command line, relays mail through its real queue."""

import base64
import json
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from itertools import pairwise
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from parley.archive.chain import Committed
from parley.archive.keys import entry_key, object_key
from parley.conversation.aliases import new_alias
from parley.conversation.messages import State
from parley.conversation.parties import Role
from sandbox.emulator import deployment as deploying
from sandbox.emulator.assembly import region_of
from sandbox.emulator.deployment import Deployed, DeploymentError, deploy
from sandbox.emulator.process import Emulator
from sandbox.emulator.stripping import AssemblyError
from sandbox.emulator.synthesis import synthesise
from sandbox.emulator.tools import CDK, EMULATOR, NODE, MissingToolError
from sandbox.ses.template import configuration_sets, event_destinations, identities
from tests.sandbox.emulator.deployed_market import CONVERSATION, Capture, DeployedMarket, capture_server
from tests.sandbox.emulator.test_process import free_port
from tests.support.canary import BUYER_MAILBOX, SELLER_MAILBOX, canaries_in
from tests.support.mails import Written

pytestmark = pytest.mark.slow


@dataclass
class World:
    """times: seconds that each step to the deployed stack took."""

    assembly: Path
    folder: Path
    capture: Capture
    emulator: Emulator
    deployed: Deployed
    market: DeployedMarket
    times: dict[str, float]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    try:
        for tool in (EMULATOR, CDK, NODE):
            tool.found()
    except MissingToolError as error:
        pytest.skip(str(error))
    folder = tmp_path_factory.mktemp("deployment")
    marks = [("synthesising", time.monotonic())]

    def step(name: str) -> None:
        marks.append((name, time.monotonic()))

    assembly = synthesise(folder / "cdk.out")
    step("starting the emulator")
    with (
        capture_server() as capture,
        Emulator.start(folder / "emulator", region=region_of(assembly), sesv2=capture.url) as emulator,
    ):
        deployed = deploy(assembly, emulator, folder, step)
        step("ready")
        times = {name: end - begin for (name, begin), (_, end) in pairwise(marks)}
        market = DeployedMarket(deployed, emulator)
        market.seed()
        yield World(assembly, folder, capture, emulator, deployed, market, times)


def test_a_mail_to_an_unknown_alias_is_discarded_by_the_deployed_function(world: World) -> None:
    unknown = f"{new_alias('s', 1)}@{world.market.settings.relay_domain}"
    receipt = world.market.accept(Written(author=BUYER_MAILBOX, to=unknown))
    message = world.market.outcome(receipt)
    assert (message.state, message.conversation) == (State.DISCARDED, None)
    assert world.capture.asked == []


def test_a_mail_is_relayed_and_its_answer_too(world: World) -> None:
    """Both through topic, queue, event source mapping, function and the SESv2 API that it is told of."""
    ways = (
        (BUYER_MAILBOX, Role.SELLER, SELLER_MAILBOX),
        (SELLER_MAILBOX, Role.BUYER, BUYER_MAILBOX),
    )
    for author, alias_of, addressee in ways:
        before = len(world.capture.asked)
        written = Written(author=author, to=world.market.alias_of(alias_of), body=f"Write to {author}.\r\n")
        message = world.market.outcome(world.market.accept(written))
        assert (message.state, message.conversation) == (State.RELAYED, CONVERSATION)
        (asked,) = world.capture.asked[before:]
        raw = base64.b64decode(asked["Content"]["Raw"]["Data"])
        relayed = message_from_bytes(raw)
        assert asked["Destination"]["ToAddresses"] == [relayed["To"]] == [addressee]
        assert world.market.alias_of(alias_of.other) in relayed["From"]
        assert author not in raw.decode()
        assert (
            relayed.get_payload(decode=True)
            == f"Write to {world.market.alias_of(alias_of.other)}.\r\n".encode()
        )


def test_what_was_relayed_is_archived_under_object_lock(world: World) -> None:
    message = world.market.outcome(
        world.market.accept(Written(author=BUYER_MAILBOX, to=world.market.alias_of(Role.SELLER)))
    )
    assert message.state is State.RELAYED
    bucket = world.market.settings.archive_bucket
    mails = {object_key(message.folder, kind) for kind in Committed if kind is not Committed.RECORD}
    entry = entry_key(CONVERSATION, message.seq, message.id)

    def archived() -> set[str] | None:
        """Once the entry is there, which follows the mails."""
        keys = {each["Key"] for each in world.market.s3.list_objects_v2(Bucket=bucket)["Contents"]}
        assert mails <= keys
        return keys if entry in keys else None

    mine = {key for key in world.market.wait(archived, "entry") if message.id in key}
    assert mine == {*mails, entry}
    for key in mine:
        retention = world.market.s3.get_object_retention(Bucket=bucket, Key=key)["Retention"]
        assert retention["Mode"] == "GOVERNANCE"
        version = world.market.s3.head_object(Bucket=bucket, Key=key)["VersionId"]
        with pytest.raises(ClientError, match="AccessDenied"):
            world.market.s3.delete_object(Bucket=bucket, Key=key, VersionId=version)


def test_afterwards_no_queue_holds_anything(world: World) -> None:
    world.market.wait(lambda: world.market.waiting("ReceiptsQueue") == 0 or None, "empty queue")
    assert world.market.waiting("ReceiptsDeadLetters") == 0


def test_the_functions_log_no_mailbox(world: World) -> None:
    """Invariant I7, as deployed."""
    logs = world.deployed.local.client("logs")
    groups = [each["logGroupName"] for each in logs.describe_log_groups()["logGroups"]]
    lines = [
        each["message"] for group in groups for each in logs.filter_log_events(logGroupName=group)["events"]
    ]
    assert any("discarded" in line for line in lines)
    assert canaries_in("\n".join(lines)) == []


def test_the_inbox_sweep_runs(world: World) -> None:
    """It reads how far it was, lists the inbox, where all is too new to be forgotten, and notes that."""
    client = world.deployed.local.client("lambda")
    answer = client.invoke(FunctionName=world.deployed.function("tend_archive"), Payload=b"{}")
    assert "FunctionError" not in answer
    assert json.loads(answer["Payload"].read()) == {"forgotten": 0, "pages": 1}


def test_what_the_stand_ins_for_ses_read_is_there_and_resolved(world: World) -> None:
    deployed = world.deployed
    resolve = world.market.resolve
    (events,) = event_destinations(deployed.template, resolve)
    (identity,) = identities(deployed.template, resolve)
    assert (world.market.rule.bucket, world.market.rule.prefix) == (
        world.market.settings.inbox_bucket,
        "inbox/",
    )
    assert world.market.rule.recipients == (identity.domain,) == (world.market.settings.relay_domain,)
    assert {events.configuration_set} == configuration_sets(deployed.template, resolve)
    topics = {each["TopicArn"] for each in world.market.sns.list_topics()["Topics"]}
    assert {world.market.rule.topic, events.topic} <= topics


def test_deploying_again_changes_nothing_and_bootstraps_nothing(world: World) -> None:
    said: list[str] = []
    again = deploy(world.assembly, world.emulator, world.folder, said.append)
    assert "bootstrapping the emulator" not in said
    assert again.physical_ids == world.deployed.physical_ids


def test_outputs_are_returned(world: World) -> None:
    assert world.deployed.outputs["DnsMx"].startswith(
        f"{world.market.settings.relay_domain} MX 10 inbound-smtp."
    )


def test_a_deployment_that_fails_names_the_resource_and_the_reason(world: World, tmp_path: Path) -> None:
    for path in world.assembly.iterdir():
        if path.is_file():
            (tmp_path / path.name).write_bytes(path.read_bytes())
    (file,) = tmp_path.glob("*.template.json")
    template = json.loads(file.read_text())
    template["Resources"]["Broken"] = {"Type": "AWS::KMS::Key", "Properties": {"KeySpec": "none"}}
    file.write_text(json.dumps(template))
    with pytest.raises(DeploymentError, match=r"^Broken \(AWS::KMS::Key\): .+") as first:
        deploy(tmp_path, world.emulator, tmp_path)
    with pytest.raises(DeploymentError) as second:
        deploy(tmp_path, world.emulator, tmp_path)
    assert str(first.value).count("Broken (") == str(second.value).count("Broken (") == 1


def test_a_deployment_that_hangs_is_ended(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(deploying, "DEPLOY_SECONDS", 0.2)
    with pytest.raises(DeploymentError, match=r"cdk deploy did not end within 0\.2 s"):
        deploy(world.assembly, world.emulator, tmp_path)


@pytest.mark.parametrize("at", ["bundling the functions for this machine", "deploying the stack"])
def test_an_emulator_that_dies_is_told_of_with_its_last_words(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, at: str
) -> None:
    """Before this process asks it, and before the CDK does, which would try again for most of a minute."""
    monkeypatch.setattr(deploying, "DEPLOY_SECONDS", 1)
    with Emulator.start(tmp_path / "emulator", region="eu-west-1") as emulator:

        def progress(step: str) -> None:
            if step == at:
                os.kill(emulator.process_id, signal.SIGKILL)

        with pytest.raises(DeploymentError) as failed:
            deploy(world.assembly, emulator, tmp_path, progress)
        assert str(failed.value).endswith(emulator.last_words())
        assert emulator.last_words()


def test_a_stack_for_another_region_than_the_emulators_is_refused(world: World, tmp_path: Path) -> None:
    elsewhere = synthesise(tmp_path / "cdk.out", {"parley:region": "eu-central-1"})
    with pytest.raises(AssemblyError, match="for eu-central-1, and the emulator is eu-west-1"):
        deploy(elsewhere, world.emulator, tmp_path)


def test_after_a_restart_the_kept_stack_still_relays(world: World, tmp_path: Path) -> None:
    """The alias, opened before, is known; nothing is bootstrapped or deployed anew."""
    port = free_port()
    said: list[str] = []

    def started() -> Emulator:
        return Emulator.start(
            tmp_path / "emulator", region="eu-west-1", port=port, sesv2=world.capture.url, keep=True
        )

    with started() as emulator:
        first = deploy(world.assembly, emulator, tmp_path)
        DeployedMarket(first, emulator).seed()
    with started() as emulator:
        again = deploy(world.assembly, emulator, tmp_path, said.append)
        market = DeployedMarket(again, emulator)
        written = Written(author=BUYER_MAILBOX, to=market.alias_of(Role.SELLER))
        message = market.outcome(market.accept(written))
    assert again.physical_ids == first.physical_ids
    assert "bootstrapping the emulator" not in said
    assert message.state is State.RELAYED


def test_all_of_it_takes_less_than_a_minute(world: World) -> None:
    told = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in world.times.items())
    assert sum(world.times.values()) < 60, told
