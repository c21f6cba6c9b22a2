"""Everything that is left of a deployment, as whoever searches it for a person would read it.

Every version of every object of every bucket, and every item of the table; archives and compressed objects
and the lake's files are opened, transfer encodings and escapes undone, again and again.
"""

import base64
import binascii
import gzip
import html
import io
import json
import quopri
import re
import tempfile
import zipfile
from collections.abc import Iterator
from email import message_from_bytes, policy
from typing import Any
from urllib.parse import unquote_to_bytes

import duckdb

from tests.support.aws import Deployment

_DEPTH = 6
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{12,}(?:\r?\n[A-Za-z0-9+/_-]+)*={0,2}")
_IN_PARQUET = (
    "SELECT * FROM read_parquet(?)",
    "SELECT * FROM parquet_metadata(?)",
    "SELECT * FROM parquet_kv_metadata(?)",
)
_ENCODED_WORD = re.compile(rb"=\?[^?]+\?[bBqQ]\?[^?]*\?=")


def found_in(deployment: Deployment, words: tuple[str, ...]) -> list[str]:
    """Where one of the words can be read, as `bucket/key` or an item's key; nothing tells case apart."""
    places = [*_objects(deployment), *_items(deployment)]
    return sorted({f"{place}: {word}" for place, octets in places for word in words if reads(octets, word)})


def reads(octets: bytes, word: str) -> bool:
    """Whether the word can be read in the octets."""
    folded = word.lower()
    return any(
        folded in text.decode(charset, "replace").lower()
        for text in readings(octets)
        for charset in ("utf-8", "latin-1", "utf-16-le", "utf-16-be")
    )


def readings(octets: bytes, depth: int = 0) -> Iterator[bytes]:
    yield octets
    if depth == _DEPTH:
        return
    seen = {octets}
    for opened in _opened(octets):
        if opened and opened not in seen:
            seen.add(opened)
            yield from readings(opened, depth + 1)


def _opened(octets: bytes) -> Iterator[bytes]:
    if octets.startswith(b"\x1f\x8b"):
        yield gzip.decompress(octets)
        return
    if octets.startswith(b"PAR1"):
        yield from _rows(octets)
        return
    if zipfile.is_zipfile(io.BytesIO(octets)):
        with zipfile.ZipFile(io.BytesIO(octets)) as files:
            for name in files.namelist():
                yield name.encode()
                yield files.read(name)
        return
    if b"MIME-Version" in octets:
        for part in message_from_bytes(octets).walk():
            content = part.get_payload(decode=True)
            yield content if isinstance(content, bytes) else b""
    for word in _ENCODED_WORD.findall(octets):
        parsed = policy.default.header_factory("subject", word.decode("ascii", "replace"))
        yield str(parsed).encode()
    for run in _BASE64.findall(octets):
        try:
            plain = run.translate(bytes.maketrans(b"-_", b"+/"), b"\r\n").rstrip(b"=")
            yield base64.b64decode(plain + b"=" * (-len(plain) % 4))
        except (binascii.Error, ValueError):
            continue
    if b"=" in octets:
        yield quopri.decodestring(octets)
    if b"%" in octets:
        yield unquote_to_bytes(octets)
    if b"&" in octets:
        yield html.unescape(octets.decode("utf-8", "replace")).encode("utf-8", "replace")
    if b"\\u" in octets:
        unescaped = re.sub(
            r"\\u([0-9a-f]{4})",
            lambda escape: chr(int(escape[1], 16)),
            octets.decode("utf-8", "replace"),
            flags=re.I,
        )
        yield unescaped.encode("utf-8", "replace")


def _rows(parquet: bytes) -> Iterator[bytes]:
    """What a file of the lake holds, its columns' names and statistics included."""
    with tempfile.NamedTemporaryFile(suffix=".parquet") as file, duckdb.connect() as engine:
        file.write(parquet)
        file.flush()
        for query in _IN_PARQUET:
            found = engine.execute(query, [file.name])
            yield repr([each[0] for each in found.description or ()]).encode()
            for row in found.fetchall():
                yield repr(row).encode()


def _objects(deployment: Deployment) -> Iterator[tuple[str, bytes]]:
    s3 = deployment.clients.s3
    for bucket in s3.list_buckets()["Buckets"]:
        name = bucket["Name"]
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=name):
            for each in page.get("DeleteMarkers", []):
                yield f"{name}/{each['Key']}", each["Key"].encode()
            for version in page.get("Versions", []):
                where = {"Bucket": name, "Key": version["Key"], "VersionId": version["VersionId"]}
                answer: Any = s3.get_object(**where)  # type: ignore[arg-type]  # as listed
                told = json.dumps(answer["Metadata"]).encode()
                yield f"{name}/{version['Key']}", version["Key"].encode() + b"\n" + told
                yield f"{name}/{version['Key']}", answer["Body"].read()


def _items(deployment: Deployment) -> Iterator[tuple[str, bytes]]:
    for item in deployment.items():
        octets = json.dumps(item, ensure_ascii=False, default=repr).encode()
        yield f"{item['pk']['S']}/{item['sk']['S']}", octets
