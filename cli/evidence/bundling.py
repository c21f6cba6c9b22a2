"""Writes a bundle: `parley.archive.evidence` says what is in it.

Mails pass through one after the other, so that a conversation of any size needs the memory of a few. The same
archive gives the same files in the same order.
"""

import os
import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from cli.evidence.explaining import readme
from cli.evidence.holdings import FirstVersions, Holdings, Object, Refusal
from cli.evidence.ordering import Keys, Order, Page, Written
from cli.evidence.verifying import Progress
from parley.archive import evidence, keys
from parley.archive.chain import Committed, link_hash
from parley.archive.entries import Entry, EntryError, read_entry
from parley.archive.evidence import Manifest, Opened, Unread
from parley.archive.evidence_files import File, file_of, is_safe
from parley.archive.exporting import redaction_in
from parley.archive.keys import object_key
from parley.archive.redaction import NOTHING, NoSuchPartyError, Share, attachments_in, shares

_AHEAD = 4
"""How many mails are in memory at a time, of 40 MB at most."""


def write_bundle(
    order: Order, holdings: Holdings, keys_: Keys, page: Page, out: Path, progress: Progress
) -> Written:
    """Puts the whole bundle in the place of `out`, or leaves that as it is.

    Raises `NoSuchPartyError`, `OSError` and botocore's errors.
    """
    handle, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.")
    scratch = Path(name)
    try:
        with os.fdopen(handle, "wb") as file, ZipFile(file, "w", ZIP_DEFLATED) as bundle:
            writer = _Writer(order, holdings.as_first_written(), bundle)
            writer.write(keys_, page, progress)
        scratch.replace(out)
    except BaseException:
        with suppress(FileNotFoundError):
            scratch.unlink()
        raise
    return Written(
        files=len(writer.files) + 2, octets=out.stat().st_size, unread=tuple(sorted(writer.unread))
    )


class _Writer:
    def __init__(self, order: Order, holdings: FirstVersions, bundle: ZipFile) -> None:
        self._order = order
        self._holdings = holdings
        self._bundle = bundle
        # The form of the time in a zip file has no zone.
        self._time = order.made_at.timetuple()[:6]
        self.files: dict[str, File] = {}
        self.unread: set[Unread] = set()
        self._salts: dict[str, str] = {}

    def write(self, keys_: Keys, page: Page, progress: Progress) -> None:
        listed = self._holdings.keys()
        done = progress(len(listed))
        told = self._told(listed, done)
        entries = sorted(self._entries(told), key=lambda each: each.seq)
        opened = self._shares(entries)
        self._add(evidence.README, readme(self._order.conversation, self._order.viewer))
        attachments = self._add_contents(opened, done)
        self._add_attachments(listed, attachments, done)
        open_ = {share.entry.link.seq for share in opened if not share.is_bare}
        for key, raw in told:
            if key.startswith(keys.checkpoint_prefix(self._order.conversation)) or self._may_see(raw, open_):
                self._add(key, raw)
        self._add(evidence.CHAIN, evidence.chain_file(self._opened(share) for share in opened))
        self._add_page(page, opened)
        self._note_disturbances()
        self._add(evidence.ERRORS, evidence.errors_file(self.unread))
        for public in (keys_.manifest, *keys_.checkpoints):
            self._add(evidence.key_path(public.fingerprint), public.to_pem())
        self._sign(keys_, entries)

    def _shares(self, entries: Sequence[Entry]) -> list[Share]:
        """What the relay recorded for this export; of everything where nothing is kept back."""
        if self._order.viewer is None:
            return shares(entries, None, roles=self._order.roles)
        if self._order.viewer not in self._order.roles:
            raise NoSuchPartyError(self._order.viewer)
        told = redaction_in(entries, self._order.exported)
        return [Share(each, NOTHING) for each in entries] if told is None else told.shares(entries)

    def _told(self, listed: Iterable[str], done: Callable[[], None]) -> list[tuple[str, bytes]]:
        """Entries and checkpoints."""
        contents = keys.erasable_prefixes(self._order.conversation)
        wanted = [key for key in listed if not key.startswith(contents)]
        found = []
        for each in self._holdings.read_all(wanted, done=done):
            if isinstance(each, Object):
                found.append((each.key, each.content))
            else:
                self._note(each)
        return found

    def _entries(self, told: Iterable[tuple[str, bytes]]) -> Iterable[Entry]:
        prefix = keys.entry_prefix(self._order.conversation)
        for key, raw in told:
            if key.startswith(prefix):
                try:
                    yield read_entry(raw)
                except EntryError as error:
                    self.unread.add(Unread(key, error.code))

    def _may_see(self, raw: bytes, places: set[int]) -> bool:
        """An entry that cannot be read is evidence of that, but nobody knows for whom."""
        try:
            entry = read_entry(raw)
        except EntryError:
            return self._order.viewer is None
        return entry.seq in places

    def _add_contents(self, opened: Sequence[Share], done: Callable[[], None]) -> set[str]:
        """Returns the keys of the attachments in the mails that went out."""
        wanted = {
            object_key(share.entry.folder, kind): (share.entry.folder, kind)
            for share in opened
            for kind in share.contents
        }
        attachments: set[str] = set()
        relayed: dict[str, bytes] = {}
        for found in self._holdings.read_all(list(wanted), ahead=_AHEAD, done=done):
            if not isinstance(found, Object):
                self._note(found)
                continue
            self._salts[found.key] = found.salt
            self._add(found.key, found.content)
            folder, kind = wanted[found.key]
            if kind is Committed.RELAYED:
                relayed = {folder: found.content}
            elif kind is Committed.CONTENT and folder in relayed:
                attachments |= attachments_in(self._order.conversation, relayed.pop(folder), found.content)
        return attachments

    def _add_attachments(self, listed: Iterable[str], attached: set[str], done: Callable[[], None]) -> None:
        prefix = keys.attachment_prefix(self._order.conversation)
        wanted = [
            key
            for key in listed
            if key.startswith(prefix) and (self._order.viewer is None or key in attached)
        ]
        for found in self._holdings.read_all(wanted, ahead=_AHEAD, done=done):
            if isinstance(found, Object):
                self._add(found.key, found.content)
            else:
                self._note(found)

    def _opened(self, share: Share) -> Opened:
        entry = share.entry
        salts: dict[Committed, str] = {
            kind: self._salts[key]
            for kind in share.contents
            if self._salts.get(key := object_key(entry.folder, kind))
        }
        # The name of a folder tells what lies in it: to whom nothing in it is shown, it is not named.
        folder = entry.folder if share.opened else ""
        return Opened(link=entry.link, folder=folder, salts=salts, is_bare=share.is_bare)

    def _add_page(self, page: Page, opened: Sequence[Share]) -> None:
        def stored(key: str) -> bytes | None:
            found = self._holdings.read(key)
            return found.content if isinstance(found, Object) and key in self.files else None

        content = page(opened, stored)
        if content is None:
            self.unread.add(Unread(evidence.TRANSCRIPT, "object-missing"))
        else:
            self._add(evidence.TRANSCRIPT, content)

    def _sign(self, keys_: Keys, entries: Sequence[Entry]) -> None:
        order, last = self._order, entries[-1] if entries else None
        manifest = Manifest(
            conversation=order.conversation,
            viewer=order.viewer,
            case=order.case,
            made_at=order.made_at.isoformat(),
            made_by="" if order.viewer else order.made_by,
            tool=order.tool,
            exported=order.exported,
            count=last.seq if last else 0,
            tip=link_hash(last.link.to_json()) if last else "",
            key=keys_.manifest.fingerprint,
            files=self.files,
        ).to_bytes()
        self._put(evidence.MANIFEST, manifest)
        self._put(evidence.SIGNATURE, keys_.sign(manifest))

    def _add(self, path: str, content: bytes) -> None:
        if not is_safe(path):
            self.unread.add(Unread(path, "name-unsafe"))
            return
        self._put(path, content)
        self.files[path] = file_of(content)

    def _put(self, path: str, content: bytes) -> None:
        info = ZipInfo(path, self._time)
        info.compress_type = ZIP_DEFLATED
        info.external_attr = 0o600 << 16
        self._bundle.writestr(info, content)

    def _note_disturbances(self) -> None:
        """What the bundle has as it was first written, and somebody wrote over or hid since."""
        for key, code in self._holdings.disturbed.items():
            if key in self.files or self._order.viewer is None:
                self.unread.add(Unread(key, code))

    def _note(self, refusal: Refusal) -> None:
        self.unread.add(Unread(refusal.key, refusal.code))
