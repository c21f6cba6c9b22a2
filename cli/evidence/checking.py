"""Checks a bundle without AWS: every file against the manifest, its signature, and the chain anew."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from cli.connecting import UsageError
from cli.evidence.bundled_keys import bundled_keys
from cli.evidence.packing import is_tight
from cli.evidence.signing import NO_PINS, Pins, PublicKey, signed_by_one_of
from cli.evidence.unpacking import MAX_KEPT, Unpacked
from cli.evidence.vouching import Vouched, swapped, unvouched
from parley.archive import evidence, keys
from parley.archive.chain import Committed, link_hash
from parley.archive.entries import Entry, EntryError, read_entry
from parley.archive.evidence import BundleError, Manifest, Opened, Unread
from parley.archive.evidence_files import File, FileCode, FileFault, check_files
from parley.archive.exporting import Redaction, export_faults, redaction_in
from parley.archive.keys import object_key
from parley.archive.redaction import went_out
from parley.archive.verdicts import Stored, Verdict, in_order
from parley.archive.verification import verify

WHOLE = "the zip file"
"""What is named where no file of it is concerned."""


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
    with bundle, path.open("rb") as raw:
        unpacked = Unpacked(bundle)
        if not is_tight(bundle, raw):
            unpacked.fault(WHOLE, FileCode.PACKING)
        return _checked(unpacked, pins, done)


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
    entries = unpacked.under(keys.entry_prefix(manifest.conversation))
    readable = _readable(entries)
    redaction = redaction_in(readable, manifest.exported) if manifest.viewer else None
    verdict = verify(
        manifest.conversation,
        entries,
        unpacked.under(keys.checkpoint_prefix(manifest.conversation)),
        _stored(links, files).get,
        lambda checkpoint: signed_by_one_of(signers, checkpoint),
        may_be_closed=_closing(manifest, redaction, unread),
        bare=bare,
        now=_moment(manifest.made_at),
    )
    sent = went_out(readable) if manifest.viewer is None else {each.seq for each in bare}
    vouched = Vouched(manifest.conversation, links, manifest.files.keys() & files.keys(), sent)
    excused = {each.key for each in unread if each.code == "access-denied"} | set(manifest.files)
    known = {fault.path for fault in unpacked.faults}
    for path, code in unvouched(vouched, unpacked):
        is_excused = code is FileCode.MISSING and (path in excused or verdict.erased)
        if path not in known and not is_excused:
            unpacked.fault(path, code)
    ends = export_faults(manifest, readable, links, verdict.signed)
    return replace(verdict, faults=in_order([*verdict.faults, *ends])), unread


def _closing(
    manifest: Manifest, redaction: Redaction | None, unread: Sequence[Unread]
) -> Callable[[Entry, Committed], bool]:
    """Whether an object of an entry may be missing: the relay recorded that it is kept back from the bundle's
    reader, or it was from its exporter, as the bundle tells."""
    denied = {each.key for each in unread if each.code == "access-denied"}

    def may_be_closed(entry: Entry, kind: Committed) -> bool:
        is_others = manifest.viewer is not None and (redaction is None or kind not in redaction.opened(entry))
        return is_others or object_key(entry.folder, kind) in denied

    return may_be_closed


def _stored(links: Sequence[Opened], files: Mapping[str, File]) -> dict[str, Stored]:
    return {
        path: Stored(files[path].sha256, salt)
        for each in links
        for kind, salt in each.salts.items()
        if (path := object_key(each.folder, kind)) in files
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
