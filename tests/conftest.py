"""What all tests share: the ear for canaries, how a run is shared out, and the stack's template."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.emulator.tools import CDK, EMULATOR, NODE, MissingToolError
from sandbox.stack import Sandbox, running
from tests.sandbox.ready_made import hurried
from tests.support.template import synthesised

# Importing the CDK takes half a minute and needs Node: the stack is synthesised by a program of its own.
sys.modules["aws_cdk"] = None  # type: ignore[assignment]

pytest_plugins = ["tests.support.canary", "tests.support.workers"]


@pytest.fixture(scope="session")
def template() -> dict[str, Any]:
    """The CloudFormation template of `cdk.json` as it stands. Not for changing."""
    return synthesised()


@pytest.fixture(scope="session")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As `make sandbox` synthesises it, but for what needs no synthesis of its own."""
    return hurried(tmp_path_factory.mktemp("assembly") / "cdk.out")


@pytest.fixture(scope="session")
def sandbox(assembly: Path) -> Iterator[Sandbox]:
    """The whole stack on this machine, started once a run, because all who ask for it run in one process.
    Tests share it: each writes in a correspondence of its own (`tests.support.correspondences`)."""
    try:
        for tool in (EMULATOR, CDK, NODE):
            tool.found()
    except MissingToolError as error:
        pytest.skip(str(error))
    with running(assembly=assembly) as started:
        yield started
