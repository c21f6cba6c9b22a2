"""The stand-ins, started for a test and gone after it."""

from collections.abc import Iterator

import pytest

from tests.sandbox.stand_ins import Inbound, Outbound, inbound, outbound


@pytest.fixture
def ses_in() -> Iterator[Inbound]:
    with inbound() as started:
        yield started


@pytest.fixture
def ses_out() -> Iterator[Outbound]:
    with outbound() as started:
        yield started
