"""The function that follows the table's stream."""

from typing import Any

import pytest

from cli.evidence.awaiting import PATIENCE
from parley.archiving.ahead import AT_ONCE
from parley.archiving.memory import MOST
from tests.support.resources import Template, properties


@pytest.fixture
def mapping(template: Template) -> dict[str, Any]:
    return properties(template, "AWS::Lambda::EventSourceMapping", "ArchivingMapping")


def test_the_changes_of_a_conversation_come_one_batch_after_the_other(mapping: dict[str, Any]) -> None:
    """With more than one batch of a shard at once, Lambda keeps the order of an item's changes only."""
    assert mapping["ParallelizationFactor"] == 1


def test_changes_are_collected_for_longer_than_most_mail_is_on_its_way(mapping: dict[str, Any]) -> None:
    """And for less than an export waits until its own link is archived."""
    assert 30 <= mapping["MaximumBatchingWindowInSeconds"] <= PATIENCE / 2


def test_a_window_of_ten_mails_a_second_fits_into_the_batches_of_four_shards(mapping: dict[str, Any]) -> None:
    changes = 10 * 5 * mapping["MaximumBatchingWindowInSeconds"] / 4
    assert changes <= mapping["BatchSize"]


def test_what_fails_comes_again_by_itself_and_a_batch_that_fails_is_halved(mapping: dict[str, Any]) -> None:
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["BisectBatchOnFunctionError"] is True
    assert "OnFailure" in mapping["DestinationConfig"]


def test_it_has_room_for_what_it_remembers_and_for_large_mails_at_once(template: Template) -> None:
    """Original, relayed mail and its attachment, of each; and the process itself."""
    large, process = 40_000_000, 150_000_000
    function = properties(template, "AWS::Lambda::Function", "WriteArchive")
    assert MOST + AT_ONCE * 3 * large + process <= function["MemorySize"] * 1_000_000
