"""Clock, randomness, and how the clients are set up."""

from datetime import UTC, timedelta
from typing import Any

import pytest

from parley.relaying.ports import Clock, Entropy
from parley.stores.clients import SEND_SECONDS, Clients
from parley.stores.clock import SystemClock
from parley.stores.entropy import SystemEntropy
from tests.support.aws import Deployment
from tests.support.fakes import FakeClock, FakeEntropy
from tests.support.resources import properties


@pytest.mark.parametrize("clock", [SystemClock(), FakeClock()], ids=["system", "fake"])
def test_a_clock_tells_utc_and_does_not_run_backwards(clock: Clock) -> None:
    first, second = clock.now(), clock.now()
    assert first.tzinfo is UTC
    assert second >= first


def test_the_fake_clock_stands_until_it_is_moved() -> None:
    clock = FakeClock()
    before = clock.now()
    clock.pass_by(timedelta(seconds=5))
    assert clock.now() - before == timedelta(seconds=5)


@pytest.mark.parametrize("entropy", [SystemEntropy(), FakeEntropy()], ids=["system", "fake"])
def test_bits_are_as_many_as_asked_for_and_never_the_same(entropy: Entropy) -> None:
    drawn = [entropy.bits(65) for _ in range(200)]
    assert len(set(drawn)) == 200
    assert all(0 <= bits < 1 << 65 for bits in drawn)
    assert any(bits >= 1 << 64 for bits in drawn)


def test_a_send_is_never_repeated_by_the_sdk_and_waits_for_a_large_mail(deployment: Deployment) -> None:
    config = Clients("eu-west-1").sesv2.meta.config
    assert config.retries["total_max_attempts"] == 1  # type: ignore[attr-defined]
    assert config.read_timeout == SEND_SECONDS  # type: ignore[attr-defined]


@pytest.mark.parametrize("service", ["dynamodb", "s3", "sqs", "secretsmanager"])
def test_all_tries_of_any_other_call_end_before_the_function_does(
    deployment: Deployment, template: dict[str, Any], service: str
) -> None:
    config = getattr(Clients("eu-west-1"), service).meta.config
    assert config.retries["total_max_attempts"] == 4
    timeout = properties(template, "AWS::Lambda::Function", "ReceiveMail")["Timeout"]
    assert 4 * (config.connect_timeout + config.read_timeout) < timeout


def test_clients_speak_to_the_region_of_the_function_unless_told_otherwise(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-north-1")
    assert Clients().sqs.meta.region_name == "eu-north-1"
    assert Clients("eu-west-1").sqs.meta.region_name == "eu-west-1"


def test_a_client_is_made_when_it_is_first_used_and_then_kept(deployment: Deployment) -> None:
    clients = Clients("eu-west-1")
    assert not {"dynamodb", "s3", "sesv2"} & vars(clients).keys()
    assert clients.s3 is clients.s3
