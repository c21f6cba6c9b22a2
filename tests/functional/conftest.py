"""A market on the deployed stack, and the canary's ear."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support import canary
from tests.support.aws import deployed
from tests.support.guard import under_own_roles
from tests.support.market import Market


@pytest.fixture(scope="session", autouse=True)
def _canary(pytestconfig: pytest.Config) -> None:
    """Listens from here on if the run does not from its beginning (`-p tests.support.canary`)."""
    if not pytestconfig.pluginmanager.has_plugin("parley-canary"):
        canary.pytest_configure(pytestconfig)


@pytest.fixture
def market(template: dict[str, Any]) -> Iterator[Market]:
    """Its functions work under their own roles: what a policy does not allow is refused as AWS does it."""
    with deployed(template) as deployment:
        market = Market(deployment)
        with under_own_roles(market) as guard:
            yield market
        assert [str(each.need) for each in guard.refused] == []
