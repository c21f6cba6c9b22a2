"""Buckets as DuckDB's engine needs them: listed, and fetched by several connections at a time."""

import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cli.aws import Clients
from cli.lake.local import Found

_AT_A_TIME: Final = 16


@dataclass(frozen=True, slots=True)
class S3Bucket:
    """Implements `cli.lake.local.Bucket`."""

    clients: Clients
    name: str

    def list(self, prefix: str) -> Sequence[Found]:
        pages = self.clients.s3.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=prefix)
        return [Found(each["Key"], each["Size"]) for page in pages for each in page.get("Contents", [])]

    def fetch(self, keys: Sequence[str], folder: Path) -> None:
        with ThreadPoolExecutor(_AT_A_TIME) as pool:
            for _ in pool.map(lambda key: self._fetch(key, folder / key), keys):
                pass

    def _fetch(self, key: str, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        answer = self.clients.s3.get_object(Bucket=self.name, Key=key)
        with answer["Body"] as body, path.open("wb") as file:
            shutil.copyfileobj(body, file)
