"""Which way the arrows point: what each package of the product may import, and what pure code may not call.

`mail` knows nothing of the product; `conversation`, `screening`, `masking` and `archive` know `mail`, and the
transcript within `archive` knows `conversation` and the table of `screening` too; `relaying` knows them all
and its own ports, `registering` knows `mail`, `conversation` and its own ports; `archiving`, `reviewing` and
`erasing` use the archive, and the ports of `relaying`; so does `tracking`; `stores` implement the ports; only
what wires knows `stores`.
Pure packages reach no AWS, clock, randomness, environment, file or network: those are arguments.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

FUNCTIONS = Path(__file__).resolve().parents[2] / "functions"
PARLEY = FUNCTIONS / "parley"

# Package → the other packages of the product that it may import.
MAY_KNOW = {
    "mail": set[str](),
    "conversation": {"mail"},
    "screening": {"mail"},
    "masking": {"mail"},
    "archive": {"mail"},
    "transcript": {"mail", "conversation", "screening", "archive"},
    "lake": set[str](),
    "relaying": {"mail", "conversation", "screening", "masking", "archive"},
    "registering": {"mail", "conversation"},
    "archiving": {
        *("mail", "conversation", "masking", "archive", "transcript", "lake"),
        *("registering", "relaying"),
    },
    "compacting": {"lake", "relaying"},
    "reviewing": {"mail", "conversation", "archive", "registering", "relaying"},
    "erasing": {"mail", "conversation", "archive", "lake", "relaying", "reviewing"},
    "tracking": {"mail", "conversation", "archive", "relaying"},
    "stores": {
        *("mail", "conversation", "screening", "masking", "archive"),
        *("relaying", "registering", "archiving", "compacting", "reviewing", "erasing", "tracking"),
        "settings",
    },
    "settings": set[str](),
    "observability": {"relaying", "tracking", "settings"},
    "settling": {"relaying", "observability"},
    "wiring": {
        *("mail", "conversation", "screening", "masking", "archive"),
        *("relaying", "registering", "archiving", "compacting", "reviewing", "erasing", "tracking"),
        "stores",
        "settings",
    },
}
PURE = ("mail", "conversation", "screening", "masking", "archive", "transcript", "lake")
NO_AWS = (
    *(*PURE, "relaying", "registering", "archiving", "compacting", "reviewing", "erasing", "tracking"),
    "settings",
)

AWS = {"boto3", "botocore", "aws_lambda_powertools"}
# Modules that are nothing but clock, randomness, environment, files, processes or network.
IMPURE_MODULES = {
    *("os", "time", "random", "secrets", "tempfile", "shutil", "glob", "pathlib"),
    *("socket", "ssl", "http", "urllib.request", "smtplib", "imaplib", "requests", "urllib3"),
    *("subprocess", "threading", "multiprocessing", "asyncio", "signal", "logging"),
}
IMPURE_CALLS = {
    *("datetime.now", "datetime.utcnow", "datetime.today", "date.today"),
    *("uuid.uuid1", "uuid.uuid4", "uuid1", "uuid4", "open", "print", "input"),
}


def imported(tree: ast.AST) -> Iterator[str]:
    """Every module that the code imports, wherever: `from a import b` gives both a and a.b."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (each.name for each in names)
            case ast.ImportFrom(module=module, names=names, level=0):
                yield str(module)
                yield from (f"{module}.{each.name}" for each in names)
            case ast.ImportFrom():
                yield "a relative import"


def called(tree: ast.AST) -> Iterator[str]:
    """The last two names of everything that the code calls: `datetime.now`, `open`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ".".join(ast.unparse(node.func).split(".")[-2:])


def within(module: str, modules: set[str]) -> bool:
    """Whether a module is one of `modules` or lies in one."""
    return any(module == each or module.startswith(f"{each}.") for each in modules)


def package_of(module: str) -> str:
    """The package to which a module of the product belongs: `archive.transcript.model` → `transcript`."""
    parts = module.split(".")
    return "transcript" if parts[:2] == ["archive", "transcript"] else parts[0]


def violations(package: str, source: str) -> list[str]:
    """What a module of `package` must not do, and does."""
    tree = ast.parse(source)
    found = []
    for module in imported(tree):
        head, _, rest = module.partition(".")
        known = package_of(rest)
        if module == "a relative import":
            found.append("has a relative import")
        if head == "parley" and known in MAY_KNOW and known != package and known not in MAY_KNOW[package]:
            found.append(f"imports {module}")
        if package in NO_AWS and within(module, AWS):
            found.append(f"imports {module}")
        if package in PURE and within(module, IMPURE_MODULES):
            found.append(f"imports {module}")
    if package in PURE:
        found += [f"calls {name}" for name in called(tree) if name in IMPURE_CALLS]
    return found


def modules() -> list[tuple[str, Path]]:
    """Each module of the product with the package (or single module) it belongs to."""
    return [
        (package_of(".".join(path.relative_to(PARLEY).with_suffix("").parts)), path)
        for path in sorted(PARLEY.rglob("*.py"))
        if path != PARLEY / "__init__.py"
    ]


@pytest.mark.parametrize(
    ("package", "path"), modules(), ids=lambda value: value.stem if isinstance(value, Path) else value
)
def test_a_module_imports_only_what_its_package_may(package: str, path: Path) -> None:
    assert not violations(package, path.read_text())


def test_every_package_has_its_place() -> None:
    assert {package for package, _ in modules()} <= MAY_KNOW.keys()


def test_only_wiring_and_handlers_know_the_stores() -> None:
    assert [package for package, known in MAY_KNOW.items() if "stores" in known] == ["wiring"]


def test_no_folder_in_the_asset_hides_a_standard_module() -> None:
    names = {path.stem for path in FUNCTIONS.iterdir() if path.is_dir() or path.suffix == ".py"}
    assert not names & sys.stdlib_module_names


CAUGHT = [
    ("mail", "import boto3"),
    ("mail", "from botocore.config import Config"),
    ("mail", "import os"),
    ("mail", "from os import environ"),
    ("mail", "import os.path"),
    ("mail", "import parley.masking.gate"),
    ("mail", "from parley import settings"),
    ("mail", "from . import header"),
    ("conversation", "from parley.screening.policy import Policy"),
    ("conversation", "import time"),
    ("conversation", "import secrets"),
    ("conversation", "import uuid\nuuid.uuid4()"),
    ("screening", "from parley.conversation import parties"),
    ("screening", "import datetime\ndatetime.datetime.now(datetime.UTC)"),
    ("screening", "from datetime import datetime\nclock = datetime.now()"),
    ("masking", "import urllib.request"),
    ("masking", "from urllib import request"),
    ("masking", "import socket"),
    ("masking", "def late():\n    import random"),
    ("archive", "from uuid import uuid4\nuuid4()"),
    ("archive", "open('/tmp/x')"),
    ("archive", "from parley.conversation.events import Event"),
    ("archive", "from parley.archive.transcript.model import Transcript"),
    ("transcript", "from parley.masking.mask import mask"),
    ("archiving", "import boto3"),
    ("relaying", "import boto3"),
    ("relaying", "from parley.stores.table import write_together"),
    ("registering", "from parley.relaying.ports import Directory"),
    ("registering", "import boto3"),
    ("settings", "import boto3"),
    ("observability", "from parley.stores import table"),
]


@pytest.mark.parametrize(("package", "source"), CAUGHT)
def test_what_a_package_may_not_do_is_caught(package: str, source: str) -> None:
    assert violations(package, source)


ALLOWED = [
    ("mail", "import re, html, base64\nfrom email.header import decode_header"),
    ("mail", "from urllib.parse import unquote"),
    ("mail", "import parley.mail.header"),
    ("conversation", "from datetime import UTC, datetime, timedelta\ndef late(now: datetime): ..."),
    ("archive", "from uuid import UUID, uuid5"),
    ("transcript", "from parley.archive.content import read_content"),
    ("relaying", "from parley.masking.gate import check"),
    ("stores", "import boto3, os, time"),
    ("wiring", "from parley.stores.table import write_together"),
]


@pytest.mark.parametrize(("package", "source"), ALLOWED)
def test_what_a_package_may_do_is_let_through(package: str, source: str) -> None:
    assert not violations(package, source)
