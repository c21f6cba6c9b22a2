"""Each contract is tested twice: on the fake in memory and on the adapter against moto."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.aws import Deployment, deployed
from tests.support.stores import Stores, in_memory, on_aws


@pytest.fixture
def deployment(template: dict[str, Any]) -> Iterator[Deployment]:
    with deployed(template) as stack:
        yield stack


@pytest.fixture(params=["fake", "aws"])
def stores(request: pytest.FixtureRequest) -> Stores:
    if request.param == "fake":
        return in_memory()
    return on_aws(request.getfixturevalue("deployment"))
