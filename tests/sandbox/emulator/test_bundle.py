"""The functions' bundle is made once, however many ask at the same time, and kept while it may be in use."""

import os
import shutil
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from sandbox.emulator import bundle
from sandbox.emulator.bundle import KEPT_SECONDS, Bundle, make_bundle

AT_ONCE = 4
Change = Callable[[str], None]


@pytest.fixture
def change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Change:
    """Changes the functions' code, which is there. What it needs from elsewhere is one small package."""
    functions, packages = tmp_path / "functions", tmp_path / "package"
    for folder in (functions, packages):
        folder.mkdir()
    (packages / "package.py").write_text("package")
    monkeypatch.setattr(bundle, "BUILD", tmp_path / "build")
    monkeypatch.setattr(bundle, "FUNCTIONS", functions)
    monkeypatch.setattr(bundle, "fetch_packages", lambda: packages)

    def changed(code: str) -> None:
        (functions / "handler.py").write_text(code)

    changed("first")
    return changed


def contents(made: Bundle) -> dict[str, str]:
    return {path.name: path.read_text() for path in made.folder.iterdir()}


def test_it_has_the_code_and_the_packages(change: Change) -> None:
    assert contents(make_bundle()) == {"handler.py": "first", "package.py": "package"}


def test_several_that_ask_at_once_get_the_same_one_whole(
    change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = threading.Barrier(AT_ONCE)
    copy = shutil.copytree

    def slow_copy(*arguments: Any, **options: Any) -> Any:
        time.sleep(0.1)
        return copy(*arguments, **options)

    def ask(_: int) -> Bundle:
        together.wait(10)
        return make_bundle()

    monkeypatch.setattr(shutil, "copytree", slow_copy)
    for code in ("second", "third"):
        change(code)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            made = set(pool.map(ask, range(AT_ONCE)))
        (one,) = made
        assert contents(one) == {"handler.py": code, "package.py": "package"}


def test_the_one_before_a_change_stays_while_it_may_be_deployed(change: Change) -> None:
    before = make_bundle()
    change("second")
    assert make_bundle() != before
    assert contents(before)["handler.py"] == "first"


def test_what_nobody_has_asked_for_in_a_long_time_is_removed(change: Change) -> None:
    forgotten = make_bundle()
    change("second")
    used = make_bundle()
    long_ago = time.time() - KEPT_SECONDS - 60
    for each in (forgotten, used):
        os.utime(each.folder, (long_ago, long_ago))
    make_bundle()
    change("third")
    last = make_bundle()
    assert {path.name for path in last.folder.parent.iterdir()} == {used.digest, last.digest}
