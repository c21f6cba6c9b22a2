"""A market on the deployed stack, and the canary's ear."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support import canary
from tests.support.aws import deployed
from tests.support.market import Market


@pytest.fixture(scope="session", autouse=True)
def _canary(pytestconfig: pytest.Config) -> None:
    """Listens from here on if the run does not from its beginning (`-p tests.support.canary`)."""
    if not pytestconfig.pluginmanager.has_plugin("parley-canary"):
        canary.pytest_configure(pytestconfig)


@pytest.fixture
def market(template: dict[str, Any]) -> Iterator[Market]:
    with deployed(template) as deployment:
        yield Market(deployment)
