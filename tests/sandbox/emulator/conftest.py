"""One emulator for the tests that only talk to it."""

from collections.abc import Iterator

import pytest

from sandbox.emulator.process import Emulator
from sandbox.emulator.tools import EMULATOR, MissingToolError


@pytest.fixture(scope="session")
def installed() -> None:
    try:
        EMULATOR.found()
    except MissingToolError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def emulator(installed: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with Emulator.start(tmp_path_factory.mktemp("emulator"), region="eu-west-1") as started:
        yield started
