"""What all tests share: the ear for canaries, and the stack's template, synthesised once a run."""

import sys
from typing import Any

import pytest

from tests.support.template import synthesised

# Importing the CDK takes half a minute and needs Node: the stack is synthesised by a program of its own.
sys.modules["aws_cdk"] = None  # type: ignore[assignment]

pytest_plugins = ["tests.support.canary"]


@pytest.fixture(scope="session")
def template() -> dict[str, Any]:
    """The CloudFormation template of `cdk.json` as it stands. Not for changing."""
    return synthesised()
