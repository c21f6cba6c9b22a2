"""What verification found, in sentences."""

from collections.abc import Iterator, Sequence

from cli.evidence.checking import Checked
from cli.evidence.signing import PublicKey
from cli.evidence.verifying import Table, Verified
from cli.review.words import harmless
from parley.archive.evidence_files import FileCode
from parley.archive.verification import Code, Fault, Verdict

_SHOWN = 20
_FAULTS = {
    Code.ENTRY_UNREADABLE: "the entry cannot be read",
    Code.ENTRY_UNKNOWN: "the entry is of a version that this program does not know",
    Code.ENTRY_MALFORMED: "the entry is not of the form that entries have",
    Code.OTHER_CONVERSATION: "the object is of another conversation",
    Code.LINK_MISSING: "the link is missing",
    Code.TAIL_MISSING: "the end of the chain is missing: a signed checkpoint counts more links",
    Code.LINK_ALTERED: "the link was altered",
    Code.LINK_BROKEN: "the link does not follow the one before it",
    Code.ENTRY_TWICE: "there is a second entry for this place",
    Code.ENTRY_MISPLACED: "the entry lies under another name",
    Code.RECORD_ALTERED: "the record was altered",
    Code.OUTCOME_ALTERED: "the outcome was altered",
    Code.FOLDER_ALTERED: "the folder is not named after the link: who wrote, or when, was altered",
    Code.OBJECT_MISSING: "a mail, text or attachment is missing",
    Code.OBJECT_ALTERED: "a mail or text was altered, or its salt",
    Code.OBJECT_HIDDEN: "a delete marker hides what was written",
    Code.OBJECT_OVERWRITTEN: "something else was written over the object",
    Code.OBJECT_UNPROVED: "the object belongs to no link of the chain",
    Code.CHECKPOINT_CONTRADICTED: "a signed checkpoint says otherwise",
    Code.CHECKPOINT_FORGED: "a checkpoint's signature does not hold",
    Code.CHECKPOINT_MALFORMED: "a checkpoint cannot be read",
    Code.UNSIGNED_TAIL: "no checkpoint counts the end of the chain, though there was time enough to sign it",
    Code.NOTHING_SIGNED: "no checkpoint is signed with a key that counts",
    Code.EXPORT_UNPROVED: (
        "the link that records this export is not in the bundle under a signed checkpoint:"
        " its end may have been cut off"
    ),
    Code.EXPORT_DIFFERS: "the bundle hides what this party saw, or shows what it did not",
    Code.EXPORT_STALE: "the link that records this export is of another time than the manifest tells",
}
_FILES = {
    FileCode.MISSING: "is missing",
    FileCode.ALTERED: "was altered",
    FileCode.UNLISTED: "was added: the manifest does not name it",
    FileCode.TWICE: "is in it twice",
    FileCode.UNREADABLE: "is damaged and cannot be unpacked",
    FileCode.MALFORMED: "is not of the form it should have",
    FileCode.FORGED: "does not fit the manifest: that was altered, or signed with another key",
    FileCode.UNTRUSTED: "is none of the keys that you named",
    FileCode.OVERSIZE: "is larger than any such file is",
    FileCode.PACKING: "holds more than its files, or says two things of one of them",
    FileCode.UNPROVED: "comes from no mail and no link of the chain: the manifest alone vouches for it",
}
_TABLES: dict[Table, str] = {
    "same": "The relay's table ends with the same link.",
    "as-many": "The relay's table has as many links.",
    "following": "The relay's table has links that are not archived yet; they are a few minutes old.",
    "ahead": "The relay's table has links that the archive lacks: its end was cut, or write_archive fails.",
    "behind": "The relay's table ends before the archive does: it was changed or restored.",
    "different": "The relay's table ends with another link: one of the two was changed.",
    "not-compared": "The relay's table was not compared.",
}


def fault_told(fault: Fault) -> str:
    """Such as "link 3: the record was altered (record-altered) entries/…"."""
    where = f"links {fault.seq} to {fault.seq + fault.count - 1}" if fault.count > 1 else f"link {fault.seq}"
    where = where if fault.seq else "the conversation"
    return f"{where}: {_FAULTS[fault.code]} ({fault.code}) {fault.key}".rstrip()


def verified_told(verified: Verified, signers: Sequence[PublicKey]) -> Iterator[str]:
    """Lines that do nothing to a terminal: names in a bucket are anybody's."""
    return map(harmless_line, _verified(verified, signers))


def checked_told(checked: Checked) -> Iterator[str]:
    """As `verified_told`."""
    return map(harmless_line, _checked(checked))


def harmless_line(text: str) -> str:
    return harmless(text).replace("\n", "\ufffd").replace("\t", "\ufffd")


def _verified(verified: Verified, signers: Sequence[PublicKey]) -> Iterator[str]:
    yield from _chain(verified.verdict)
    for key in verified.attachments:
        yield f"attachment altered: {key}"
    if verified.denied:
        yield f"{len(verified.denied)} objects may not be read with these credentials; a senior reviewer may."
    yield _TABLES[verified.table]
    for each in signers:
        yield f"key {each.fingerprint}"
    if not verified.is_intact:
        yield "NOT INTACT"
        return
    stray = len(verified.verdict.stray)
    yield f"intact{_so_far(verified.verdict)}" + (f", but {stray} objects prove nothing" if stray else "")


def _checked(checked: Checked) -> Iterator[str]:
    for fault in checked.faults[:_SHOWN]:
        yield f"{fault.path} {_FILES[fault.code]} ({fault.code})"
    if len(checked.faults) > _SHOWN:
        yield f"and {len(checked.faults) - _SHOWN} more; --json has them all"
    if (manifest := checked.manifest) is not None:
        whom = f"what the {manifest.viewer} saw" if manifest.viewer else "everything"
        yield f"Conversation {manifest.conversation}, {whom}, for case {manifest.case}, {manifest.made_at}"
        yield f"{len(manifest.files)} files, {len(checked.unread)} that should be in it and could not be read"
    for each in checked.unread[:_SHOWN]:
        yield f"not in the bundle: {each.key} ({each.code})"
    if checked.verdict is not None:
        yield from _chain(checked.verdict)
        # Whoever signs with keys of their own can leave out what they like.
        if checked.manifest is not None and checked.is_intact and checked.are_pinned:
            yield f"It lacks no link that was there when it was made, {checked.manifest.made_at}."
    if checked.manifest_key:
        yield f"The manifest is signed with {checked.manifest_key}"
    for key in checked.checkpoint_keys:
        yield f"Checkpoints are signed with {key}"
    if not checked.are_pinned:
        yield (
            "Compare these with the fingerprints that the marketplace published"
            " (--fingerprint for checkpoints, --export-fingerprint for the manifest)."
        )
    yield "The transcript is what the exporter made: the manifest vouches for it, not the chain."
    yield verdict_told(checked)


def verdict_told(checked: Checked) -> str:
    """The last line: whether a bundle is intact, and what that does not say."""
    if checked.verdict is None or not checked.is_intact:
        return "NOT INTACT"
    incomplete = "" if checked.is_complete else ", but NOT COMPLETE: some of what belongs in it is not"
    return f"intact{_so_far(checked.verdict)}{incomplete}"


def _so_far(verdict: Verdict) -> str:
    return (
        f" up to link {verdict.signed}; {verdict.unsigned} links are not yet signed"
        if verdict.unsigned
        else ""
    )


def _chain(verdict: Verdict) -> Iterator[str]:
    for fault in verdict.faults[:_SHOWN]:
        yield fault_told(fault)
    if len(verdict.faults) > _SHOWN:
        yield f"and {len(verdict.faults) - _SHOWN} more; --json has them all"
    yield f"{verdict.count} links, {verdict.signed} of them signed"
    for places, text in (
        (verdict.pending, "wait for their outcome"),
        (verdict.erased, "were erased, their links are left"),
        (verdict.unopened, "are kept back from this reader, in part or with all there may be"),
    ):
        if places:
            listed = ", ".join(map(str, places[:_SHOWN]))
            yield f"{len(places)} {text}: {listed}{', …' if len(places) > _SHOWN else ''}"
    for key in verdict.stray[:_SHOWN]:
        yield (
            f"no link commits to {key}: an attempt that did not succeed left it, or somebody put it there;"
            " it proves nothing"
        )
    if len(verdict.stray) > _SHOWN:
        yield f"and {len(verdict.stray) - _SHOWN} more of these; --json has them all"
