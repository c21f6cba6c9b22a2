"""An evidence bundle: a conversation, or what one party saw of it, to be checked without AWS.

A zip file. The archive's objects lie in it under their keys, and beside them:

manifest.json           SHA-256 and size of every file but these two; what the bundle is of, for whom, by whom
manifest.sig            signature over manifest.json: ECDSA over SHA-256 with the curve P-256, in DER
chain.json              every link, and the salts of what the bundle opens
errors.json             what should be in the bundle and could not be read
transcript.html         the conversation as a page
keys/<fingerprint>.pem  public halves of the keys that signed the manifest and the checkpoints

A bundle for one party holds the entries of that party's own messages and of the export itself only. Of all
others it holds the bare link, so that the chain can be followed, and the contents that the party saw
(`parley.archive.redaction`).
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, Final

import fastjsonschema

from parley.archive import evidence_schema
from parley.archive.chain import VERSION, Committed, Link, digest, link_hash, read_json
from parley.archive.entries import Entry, is_moment
from parley.archive.evidence_files import File

MANIFEST, CHAIN, ERRORS = evidence_schema.MANIFEST, evidence_schema.CHAIN, evidence_schema.ERRORS
SIGNATURE, TRANSCRIPT, README = "manifest.sig", "transcript.html", "README.txt"
KEYS_PREFIX: Final = "keys/"


class BundleError(ValueError):
    """A file of the bundle is not what it should be; `path` names it."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """viewer: the role that the bundle is for, None for one that keeps nothing back. made_at: ISO 8601, UTC.
    made_by: who, as IAM names them; "" in a bundle for a party, whom that is none of its business.
    tool: name and version of the program. exported: id of the export's own event in the chain
    (`parley.archive.exporting`). count, tip: the last link with an entry. key: fingerprint of the key that
    signs the manifest."""

    conversation: str
    viewer: str | None
    case: str
    made_at: str
    made_by: str
    tool: str
    exported: str
    count: int
    tip: str
    key: str
    files: Mapping[str, File]

    def to_bytes(self) -> bytes:
        return _written("evidence", asdict(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A link in a bundle. folder: where the objects lie that it commits to. salts: of those that the bundle
    opens, the record excepted: its salt stands in the entry. is_bare: whether the entry is kept back."""

    link: Link
    folder: str
    salts: Mapping[Committed, str]
    is_bare: bool


@dataclass(frozen=True, slots=True, order=True)
class Unread:
    """key: of the object. code: "object-missing", "access-denied", "name-unsafe"; "object-hidden" or
    "object-overwritten" where the bundle has what was first written, and not what was done to it later."""

    key: str
    code: str


def fingerprint(public_key: bytes) -> str:
    """Of a public key in DER (SubjectPublicKeyInfo): 64 hex digits."""
    return digest(public_key)


def key_path(fingerprint: str) -> str:
    return f"{KEYS_PREFIX}{fingerprint}.pem"


def read_manifest(raw: bytes) -> Manifest:
    """Raises `BundleError`."""
    fields = _read(MANIFEST, raw)
    files = {path: File(**told) for path, told in fields.pop("files").items()}
    return Manifest(**fields, files=files)


def chain_file(links: Iterable[Opened]) -> bytes:
    told = [
        {
            "link": asdict(each.link) | {"version": VERSION},
            "link_hash": link_hash(each.link.to_json()),
            "folder": each.folder,
            "salts": dict(each.salts),
            "bare": each.is_bare,
        }
        for each in links
    ]
    return _written("chain", {"links": told})


def read_chain(raw: bytes) -> tuple[Opened, ...]:
    """Raises `BundleError`."""
    links = tuple(_opened(told) for told in _read(CHAIN, raw)["links"])
    places = [each.link.seq for each in links]
    if places != sorted(set(places)):
        raise BundleError(CHAIN)
    return links


def _opened(told: Mapping[str, Any]) -> Opened:
    link = Link(**{name: each for name, each in told["link"].items() if name != "version"})
    if told["link_hash"] != link_hash(link.to_json()) or not is_moment(link.at):
        raise BundleError(CHAIN)
    salts = {Committed(kind): salt for kind, salt in told["salts"].items()}
    return Opened(link=link, folder=told["folder"], salts=salts, is_bare=told["bare"])


def bare_entry(opened: Opened) -> Entry:
    """The entry that a bare link stands for, as `parley.archive.verification` takes it."""
    told = link_hash(opened.link.to_json())
    return Entry(told_hash=told, link=opened.link, record=None, record_salt="", folder=opened.folder)


def errors_file(errors: Iterable[Unread]) -> bytes:
    return _written("errors", {"errors": [asdict(each) for each in sorted(errors)]})


def read_errors(raw: bytes) -> tuple[Unread, ...]:
    """Raises `BundleError`."""
    return tuple(Unread(**each) for each in _read(ERRORS, raw)["errors"])


def _written(kind: str, fields: Mapping[str, object]) -> bytes:
    told = {**fields, "kind": kind, "schema_version": evidence_schema.SCHEMA_VERSION}
    return json.dumps(told, indent=1, sort_keys=True).encode("ascii")


def _read(path: str, raw: bytes) -> dict[str, Any]:
    try:
        fields: dict[str, Any] = read_json(raw)
        _validator(path)(fields)
    except (ValueError, fastjsonschema.JsonSchemaException):
        raise BundleError(path) from None
    return {name: each for name, each in fields.items() if name not in ("kind", "schema_version")}


@cache
def _validator(path: str) -> Any:
    return fastjsonschema.compile(evidence_schema.SCHEMAS[path])
