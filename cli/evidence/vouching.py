"""What stands behind each file of a bundle besides the manifest, which its exporter signs: a link of the
chain, or a mail that a link commits to."""

from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from cli.evidence.unpacking import MAX_KEPT, Unpacked
from parley.archive import evidence, keys
from parley.archive.chain import Committed
from parley.archive.evidence import Opened
from parley.archive.evidence_files import File, FileCode
from parley.archive.keys import object_key
from parley.archive.redaction import attachments_in

_EXPORTERS = frozenset((evidence.README, evidence.TRANSCRIPT, evidence.CHAIN, evidence.ERRORS))
"""What the exporter makes. Of the chain every link is proved by itself."""


@dataclass(frozen=True, slots=True)
class Vouched:
    """files: those of the manifest that are there. sent: places of the mails that went out: attachments are
    kept of no others."""

    conversation: str
    links: Sequence[Opened]
    files: Collection[str]
    sent: Collection[int]


def committed_paths(links: Sequence[Opened]) -> set[str]:
    """What the links commit to and the bundle opens: those files are compared with the commitments."""
    return {
        object_key(each.folder, kind)
        for each in links
        for kind in each.salts
        if kind in each.link.commitments
    }


def swapped(conversation: str, files: Mapping[str, File]) -> Iterator[str]:
    """Attachments with another content than the one that their path names."""
    for path, digest in _attachments(conversation, files):
        if digest != files[path].sha256:
            yield path


def unvouched(vouched: Vouched, unpacked: Unpacked) -> Iterator[tuple[str, FileCode]]:
    """The paths of files behind which nothing stands, and of attachments that should be there. Those are
    extracted from the mails again, one mail after the other."""
    conversation, files = vouched.conversation, vouched.files
    committed = committed_paths(vouched.links)
    told = (
        evidence.KEYS_PREFIX,
        keys.entry_prefix(conversation),
        keys.checkpoint_prefix(conversation),
    )
    unknown = {path for path in files if path not in _EXPORTERS | committed and not path.startswith(told)}
    expected: set[str] = set()
    for link, mail, content in _mails(vouched.links, committed, files):
        attached = _extracted(conversation, unpacked, mail, content)
        unknown -= attached
        expected |= attached if link.link.seq in vouched.sent else set()
    yield from ((path, FileCode.UNPROVED) for path in sorted(unknown))
    yield from ((path, FileCode.MISSING) for path in sorted(expected - set(files)))


def _attachments(conversation: str, files: Collection[str]) -> Iterator[tuple[str, str]]:
    """The path of each, and the digest that it names."""
    prefix = keys.attachment_prefix(conversation)
    for path in files:
        if path.startswith(prefix):
            yield path, path.removeprefix(prefix).partition("/")[0]


def _mails(
    links: Sequence[Opened], committed: Set[str], files: Collection[str]
) -> Iterator[tuple[Opened, str, str]]:
    """Each mail that was composed, and its content: the product takes attachments from no other."""
    for each in links:
        mail, content = (object_key(each.folder, kind) for kind in (Committed.RELAYED, Committed.CONTENT))
        if {mail, content} <= committed and mail in files and content in files:
            yield each, mail, content


def _extracted(conversation: str, unpacked: Unpacked, mail: str, content: str) -> frozenset[str]:
    relayed, told = unpacked.content(mail, MAX_KEPT), unpacked.content(content, MAX_KEPT)
    return frozenset() if relayed is None or told is None else attachments_in(conversation, relayed, told)
