"""Checks a bundle without AWS: every file against the manifest, its signature, and the chain anew."""

import hashlib
import lzma
import zlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zipfile import BadZipFile, ZipFile, ZipInfo

from cli.connecting import UsageError
from cli.evidence.signing import NO_PINS, NoKeyError, Pins, PublicKey, read_pem, signed_by_one_of
from parley.archive import evidence, keys
from parley.archive.chain import Committed
from parley.archive.entries import Entry
from parley.archive.evidence import BundleError, File, FileCode, FileFault, Manifest, Opened, Unread
from parley.archive.keys import NAMES
from parley.archive.records import MessageRecord
from parley.archive.verification import Stored, Verdict, verify

_CHUNK = 1 << 20
_MAX_KEPT = 256 << 20
"""Octets of a file that is read as a whole; of a conversation of 100,000 messages they are fewer."""
_BROKEN = (
    BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
    # Among them UnicodeDecodeError, and places before the beginning of the file.
    ValueError,
    OverflowError,
)
"""What `zipfile` raises for a file that was damaged, encrypted, or packed in a way that it does not know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """manifest, verdict: None where the bundle is too damaged to tell. manifest_key, checkpoint_keys:
    fingerprints of those that signed, "" where the signature does not hold. are_pinned: whether the reader
    named keys of both roles."""

    manifest: Manifest | None
    faults: tuple[FileFault, ...]
    verdict: Verdict | None = None
    unread: tuple[Unread, ...] = ()
    manifest_key: str = ""
    checkpoint_keys: tuple[str, ...] = ()
    are_pinned: bool = False

    @property
    def is_complete(self) -> bool:
        """Whether nothing that belongs in the bundle was left out of it, for whatever reason it tells."""
        kept_back = self.manifest is None or self.verdict is None
        if self.manifest is not None and self.verdict is not None and self.manifest.viewer is None:
            kept_back = bool(self.verdict.unopened)
        return not self.unread and not kept_back

    @property
    def is_intact(self) -> bool:
        return not self.faults and self.verdict is not None and self.verdict.is_intact


def check(path: Path, pins: Pins = NO_PINS, done: Callable[[], None] = lambda: None) -> Checked:
    """done: called after each file. Raises `UsageError` for what is no bundle, `OSError`."""
    try:
        bundle = ZipFile(path)
    except BadZipFile:
        raise UsageError(f"{path} is no zip file, or only the beginning of one.") from None
    except (NotImplementedError, ValueError, OverflowError):
        raise UsageError(f"{path} is damaged: its list of files cannot be read.") from None
    with bundle:
        return _Check(bundle, pins, done).run()


class _Check:
    def __init__(self, bundle: ZipFile, pins: Pins, done: Callable[[], None]) -> None:
        self._bundle = bundle
        self._pins = pins
        self._done = done
        self._faults: set[FileFault] = set()
        self._infos = {info.filename: info for info in bundle.infolist()}
        self._kept: dict[str, bytes] = {}

    def run(self) -> Checked:
        names = Counter(info.filename for info in self._bundle.infolist())
        for name, times in names.items():
            if times > 1:
                self._fault(name, FileCode.TWICE)
            if not evidence.is_safe(name):
                self._fault(name, FileCode.MALFORMED)
        raw = self._content(evidence.MANIFEST, _MAX_KEPT)
        try:
            if raw is None:
                raise BundleError(evidence.MANIFEST)
            manifest = evidence.read_manifest(raw)
        except BundleError as error:
            self._fault(error.path, FileCode.MALFORMED)
            return Checked(manifest=None, faults=tuple(sorted(self._faults)))
        files = self._files(manifest)
        for name in _swapped(manifest.conversation, files):
            self._fault(name, FileCode.ALTERED)
        self._faults.update(
            # What could not be read is named as such already.
            each
            for each in evidence.check_files(manifest, files)
            if FileFault(each.path, FileCode.UNREADABLE) not in self._faults
        )
        signer, others = self._keys(manifest, raw)
        verdict, unread = self._verdict(manifest, files, others)
        return Checked(
            manifest=manifest,
            faults=tuple(sorted(self._faults)),
            verdict=verdict,
            unread=unread,
            manifest_key=signer,
            checkpoint_keys=tuple(sorted(each.fingerprint for each in others)),
            are_pinned=bool(self._pins.checkpoints and self._pins.exports),
        )

    def _files(self, manifest: Manifest) -> dict[str, File]:
        """What is there; of the small files that are needed again, the content is kept."""
        files = {}
        for name, info in sorted(self._infos.items()):
            if name in (evidence.MANIFEST, evidence.SIGNATURE):
                continue
            told = manifest.files.get(name)
            if (found := self._hashed(info, told.size if told else 0, keep=_is_small(name))) is not None:
                files[name] = found
            self._done()
        return files

    def _hashed(self, info: ZipInfo, size: int, *, keep: bool) -> File | None:
        """Reads no more than the manifest tells, whatever the file unpacks to."""
        keep = keep and size <= _MAX_KEPT
        hashed, count, kept = hashlib.sha256(), 0, []
        try:
            with self._bundle.open(info) as file:
                while count <= size and (chunk := file.read(min(_CHUNK, size + 1 - count))):
                    hashed.update(chunk)
                    count += len(chunk)
                    kept += [chunk] if keep else []
        except _BROKEN:
            self._fault(info.filename, FileCode.UNREADABLE)
            return None
        if keep:
            self._kept[info.filename] = b"".join(kept)
        return File(hashed.hexdigest(), count)

    def _content(self, name: str, limit: int) -> bytes | None:
        if name not in self._infos:
            return None
        self._hashed(self._infos[name], limit, keep=True)
        return self._kept.pop(name, None)

    def _keys(self, manifest: Manifest, raw: bytes) -> tuple[str, list[PublicKey]]:
        """The fingerprint of the manifest's key, "" if its signature does not hold; and the other keys."""
        found: dict[str, PublicKey] = {}
        for name, content in self._kept.items():
            if name.startswith(evidence.KEYS_PREFIX):
                try:
                    key = read_pem(content)
                except NoKeyError:
                    self._fault(name, FileCode.MALFORMED)
                    continue
                pins = self._pins.exports if key.fingerprint == manifest.key else self._pins.checkpoints
                if evidence.key_path(key.fingerprint) != name:
                    self._fault(name, FileCode.ALTERED)
                elif pins and key.fingerprint not in pins:
                    self._fault(name, FileCode.UNTRUSTED)
                else:
                    found[key.fingerprint] = key
        # Who may sign manifests must not be able to sign a checkpoint: that key counts for nothing else.
        signer = found.pop(manifest.key, None)
        signature = self._content(evidence.SIGNATURE, 1024)
        holds = signer is not None and signer.signed(hashlib.sha256(raw).digest(), signature or b"")
        if signature is None:
            self._fault(evidence.SIGNATURE, FileCode.MISSING)
        elif not holds:
            self._fault(evidence.SIGNATURE, FileCode.FORGED)
        return manifest.key if holds else "", [*found.values()]

    def _verdict(
        self, manifest: Manifest, files: Mapping[str, File], signers: list[PublicKey]
    ) -> tuple[Verdict | None, tuple[Unread, ...]]:
        try:
            links = evidence.read_chain(self._kept.get(evidence.CHAIN, b""))
            unread = evidence.read_errors(self._kept.get(evidence.ERRORS, b""))
            if any(each.link.conversation != manifest.conversation for each in links):
                raise BundleError(evidence.CHAIN)
        except BundleError as error:
            self._fault(error.path, FileCode.MALFORMED)
            return None, ()
        stored = _stored(links, files)
        bare = [evidence.bare_entry(each) for each in links if each.is_bare]
        if manifest.viewer is None and bare:
            # From whom nothing is kept back, no record is.
            self._fault(evidence.CHAIN, FileCode.MALFORMED)
            bare = []
        denied = {each.key for each in unread if each.code == "access-denied"}
        told = {each.folder + NAMES[kind] for each in links for kind in each.salts}

        def may_be_closed(entry: Entry, kind: Committed) -> bool:
            path = entry.folder + NAMES[kind]
            is_own = kind is Committed.ORIGINAL and isinstance(entry.record, MessageRecord)
            is_others = manifest.viewer is not None and not is_own
            return path not in told and (is_others or path in denied)

        verdict = verify(
            manifest.conversation,
            self._under(keys.entry_prefix(manifest.conversation)),
            self._under(keys.checkpoint_prefix(manifest.conversation)),
            stored.get,
            lambda checkpoint: signed_by_one_of(signers, checkpoint),
            may_be_closed=may_be_closed,
            bare=bare,
            now=_moment(manifest.made_at),
        )
        return verdict, unread

    def _under(self, prefix: str) -> list[tuple[str, bytes]]:
        return sorted((name, each) for name, each in self._kept.items() if name.startswith(prefix))

    def _fault(self, path: str, code: FileCode) -> None:
        self._faults.add(FileFault(path, code))


def _stored(links: tuple[Opened, ...], files: Mapping[str, File]) -> dict[str, Stored]:
    return {
        path: Stored(files[path].sha256, salt)
        for each in links
        for kind, salt in each.salts.items()
        if (path := each.folder + NAMES[kind]) in files
    }


def _swapped(conversation: str, files: Mapping[str, File]) -> list[str]:
    """Attachments with another content than the one that their path names."""
    prefix = keys.conversation_prefix(conversation) + "attachments/"
    return [
        path
        for path, file in files.items()
        if path.startswith(prefix) and path.removeprefix(prefix).partition("/")[0] != file.sha256
    ]


def _moment(told: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(told)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _is_small(name: str) -> bool:
    """Whether it is read as a whole: what tells of the conversation, not what was written in it."""
    return name in (evidence.CHAIN, evidence.ERRORS) or name.startswith(
        (evidence.KEYS_PREFIX, "entries/", "checkpoints/")
    )
