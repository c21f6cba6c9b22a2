"""Checks a bundle without AWS: every file against the manifest, its signature, and the chain anew."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from cli.connecting import UsageError
from cli.evidence.bundled_keys import bundled_keys
from cli.evidence.signing import NO_PINS, Pins, PublicKey, signed_by_one_of
from cli.evidence.unpacking import MAX_KEPT, Unpacked
from cli.evidence.vouching import committed_paths, swapped, unproved
from parley.archive import evidence, keys
from parley.archive.chain import Committed, link_hash
from parley.archive.entries import Entry, EntryError, read_entry
from parley.archive.evidence import BundleError, Manifest, Opened, Unread
from parley.archive.evidence_files import File, FileCode, FileFault, check_files
from parley.archive.exporting import export_faults
from parley.archive.keys import NAMES
from parley.archive.records import MessageRecord
from parley.archive.verdicts import Stored, Verdict, in_order
from parley.archive.verification import verify


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
        return _checked(Unpacked(bundle), pins, done)


def _checked(unpacked: Unpacked, pins: Pins, done: Callable[[], None]) -> Checked:
    unpacked.check_names()
    raw = unpacked.content(evidence.MANIFEST, MAX_KEPT)
    try:
        if raw is None:
            raise BundleError(evidence.MANIFEST)
        manifest = evidence.read_manifest(raw)
    except BundleError as error:
        unpacked.fault(error.path, FileCode.MALFORMED)
        return Checked(manifest=None, faults=tuple(sorted(unpacked.faults)))
    files = unpacked.files(manifest.files, done)
    for name in swapped(manifest.conversation, files):
        unpacked.fault(name, FileCode.ALTERED)
    unpacked.faults.update(
        # What could not be read is named as such already.
        each
        for each in check_files(manifest.files, files)
        if FileFault(each.path, FileCode.UNREADABLE) not in unpacked.faults
    )
    signer, others = bundled_keys(unpacked, manifest, raw, pins)
    verdict, unread = _verdict(unpacked, manifest, files, others)
    return Checked(
        manifest=manifest,
        faults=tuple(sorted(unpacked.faults)),
        verdict=verdict,
        unread=unread,
        manifest_key=signer,
        checkpoint_keys=tuple(sorted(each.fingerprint for each in others)),
        are_pinned=bool(pins.checkpoints and pins.exports),
    )


def _verdict(
    unpacked: Unpacked, manifest: Manifest, files: Mapping[str, File], signers: Sequence[PublicKey]
) -> tuple[Verdict | None, tuple[Unread, ...]]:
    """What the chain says; None, and a fault, where it cannot be read."""
    try:
        links = evidence.read_chain(unpacked.kept.get(evidence.CHAIN, b""))
        unread = evidence.read_errors(unpacked.kept.get(evidence.ERRORS, b""))
        if any(each.link.conversation != manifest.conversation for each in links):
            raise BundleError(evidence.CHAIN)
    except BundleError as error:
        unpacked.fault(error.path, FileCode.MALFORMED)
        return None, ()
    bare = [evidence.bare_entry(each) for each in links if each.is_bare]
    if manifest.viewer is None and bare:
        # From whom nothing is kept back, no record is.
        unpacked.fault(evidence.CHAIN, FileCode.MALFORMED)
        bare = []
    if (manifest.count, manifest.tip) != _end(links):
        unpacked.fault(evidence.MANIFEST, FileCode.MALFORMED)
    known = {fault.path for fault in unpacked.faults}
    for path in unproved(manifest.conversation, links, manifest.files.keys() & files.keys(), unpacked):
        if path not in known:
            unpacked.fault(path, FileCode.UNPROVED)
    entries = unpacked.under(keys.entry_prefix(manifest.conversation))
    verdict = verify(
        manifest.conversation,
        entries,
        unpacked.under(keys.checkpoint_prefix(manifest.conversation)),
        _stored(links, files).get,
        lambda checkpoint: signed_by_one_of(signers, checkpoint),
        may_be_closed=_closing(manifest, links, unread),
        bare=bare,
        now=_moment(manifest.made_at),
    )
    ends = export_faults(manifest, _readable(entries), verdict.signed)
    return replace(verdict, faults=in_order([*verdict.faults, *ends])), unread


def _closing(
    manifest: Manifest, links: Sequence[Opened], unread: Sequence[Unread]
) -> Callable[[Entry, Committed], bool]:
    """Whether an object of an entry may be missing: it is kept back from the bundle's reader, or was from its
    exporter. Never one that the bundle says it opens."""
    denied = {each.key for each in unread if each.code == "access-denied"}
    told = committed_paths(links)

    def may_be_closed(entry: Entry, kind: Committed) -> bool:
        path = entry.folder + NAMES[kind]
        is_own = kind is Committed.ORIGINAL and isinstance(entry.record, MessageRecord)
        is_others = manifest.viewer is not None and not is_own
        return path not in told and (is_others or path in denied)

    return may_be_closed


def _stored(links: Sequence[Opened], files: Mapping[str, File]) -> dict[str, Stored]:
    return {
        path: Stored(files[path].sha256, salt)
        for each in links
        for kind, salt in each.salts.items()
        if (path := each.folder + NAMES[kind]) in files
    }


def _readable(entries: Sequence[tuple[str, bytes]]) -> list[Entry]:
    """What cannot be read, verification names."""
    found = []
    for _, raw in entries:
        try:
            found.append(read_entry(raw))
        except EntryError:
            continue
    return found


def _end(links: Sequence[Opened]) -> tuple[int, str]:
    return (links[-1].link.seq, link_hash(links[-1].link.to_json())) if links else (0, "")


def _moment(told: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(told)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
