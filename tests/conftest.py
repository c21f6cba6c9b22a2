"""What all tests share: the ear for canaries, and the stack's template, synthesised once a run."""

from typing import Any

import pytest

from tests.support.template import synthesised

pytest_plugins = ["tests.support.canary"]


@pytest.fixture(scope="session")
def template() -> dict[str, Any]:
    """The CloudFormation template of `cdk.json` as it stands. Not for changing."""
    return synthesised()
