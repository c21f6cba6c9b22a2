"""No other threads, where a process is to be forked."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

import duckdb

from parley.archiving import ahead
from parley.compacting import fetching

_MODULES = (ahead, fetching)
"""That have threads read for them."""
_ALONE = {"threads": 1, "async_threads": 0}
"""Settings of DuckDB: the engine works in the thread that calls it, and starts none."""
_connect = duckdb.connect


@contextmanager
def no_threads() -> Iterator[None]:
    with ExitStack() as patches:
        for module in _MODULES:
            patches.enter_context(patch.object(module, "ThreadPoolExecutor", Inline))
        patches.enter_context(patch.object(duckdb, "connect", _connected))
        yield


def _connected(*where: str, config: dict[str, Any] | None = None) -> duckdb.DuckDBPyConnection:
    return _connect(*where, config={**(config or {}), **_ALONE})


class Inline(Executor):
    """Does at once what it is given."""

    def __init__(self, _workers: int) -> None:
        return

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future
