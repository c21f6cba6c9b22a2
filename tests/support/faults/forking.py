"""A part of the work in a copy of this process, which ends with it. One at a time: whoever forks waits."""

import gc
import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from tests.support import canary
from tests.support.faults.files import Files

_SECONDS = 60
"""After which a child ends by itself: it hangs."""


class Child:
    """This process, if it is a copy: what it has to say, and its end."""

    def __init__(self, pipe: int) -> None:
        self._pipe = pipe
        signal.alarm(_SECONDS)
        gc.disable()
        canary.CAGE.heard.clear()

    def end(self, answer: Any) -> NoReturn:
        """Nothing of what waits for this process to end normally is done: it is the parent's."""
        with os.fdopen(self._pipe, "w") as told_to:
            json.dump(answer, told_to)
        os._exit(0)


class Parent:
    def __init__(self, pipe: int, child: int, files: Files) -> None:
        self._pipe = pipe
        self._child = child
        self._files = files

    def answer(self) -> Any:
        """What the child has said when it has ended; None if it died without a word."""
        with os.fdopen(self._pipe) as pipe:
            text = pipe.read()
        os.waitpid(self._child, 0)
        self._files.put_back()
        return json.loads(text) if text else None


def fork(folder: Path) -> Child | Parent:
    """folder: nobody else's, in which both have their files. What the child does there, the parent undoes."""
    files = Files.now(folder)
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return Parent(reading, child, files)
    os.close(reading)
    return Child(writing)


@contextmanager
def many_forks() -> Iterator[None]:
    """What is there now is not looked at by the collector, and so not copied for each child."""
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()
