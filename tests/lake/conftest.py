"""The made-up marketplace and its lake, made once."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cli.lake.engines import Answer
from cli.lake.local import LocalLake
from cli.lake.statements import named_statement
from parley.lake.catalogue import Query, find_query
from tests.lake.folders import FolderBucket, write_lake
from tests.lake.world import FIRST, World, make, rows

TODAY = (FIRST.date()).replace(year=FIRST.year + 1)
Asked = Callable[..., Answer]


@pytest.fixture(scope="session")
def world() -> World:
    return make(5_400)


@pytest.fixture(scope="session")
def lake(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lake")
    write_lake(rows(world), folder, tmp_path_factory.mktemp("scratch"))
    return folder


@pytest.fixture(scope="session")
def asked(lake: Path, tmp_path_factory: pytest.TempPathFactory) -> Asked:
    """Runs a query as `parley query` does. The query is that of the catalogue, or one made for the test."""
    bucket, fetched = FolderBucket(lake), tmp_path_factory.mktemp("fetched")

    def run(query: str | Query, **given: str) -> Answer:
        found = find_query(query) if isinstance(query, str) else query
        statement = named_statement(found, found.bind({k.rstrip("_"): v for k, v in given.items()}, TODAY))
        return LocalLake(bucket, bucket, fetched).run(statement, lambda state, scanned: None)

    return run
