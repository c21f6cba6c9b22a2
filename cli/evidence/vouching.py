"""What stands behind each file of a bundle besides the manifest, which its exporter signs: a link of the
chain, or a mail that a link commits to."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from cli.evidence.unpacking import MAX_KEPT, Unpacked
from parley.archive import evidence, keys
from parley.archive.chain import Committed
from parley.archive.evidence import Opened
from parley.archive.evidence_files import File
from parley.archive.keys import NAMES
from parley.archive.redaction import attachments_in

_EXPORTERS = frozenset((evidence.README, evidence.TRANSCRIPT, evidence.CHAIN, evidence.ERRORS))
"""What the exporter makes. Of the chain every link is proved by itself."""


def committed_paths(links: Sequence[Opened]) -> set[str]:
    """What the links commit to and the bundle opens: those files are compared with the commitments."""
    return {
        each.folder + NAMES[kind] for each in links for kind in each.salts if kind in each.link.commitments
    }


def swapped(conversation: str, files: Mapping[str, File]) -> Iterator[str]:
    """Attachments with another content than the one that their path names."""
    for path, digest in _attachments(conversation, files):
        if digest != files[path].sha256:
            yield path


def unproved(
    conversation: str, links: Sequence[Opened], files: Collection[str], unpacked: Unpacked
) -> Iterator[str]:
    """The paths of files behind which nothing stands. Attachments are extracted from the mails again, one
    mail after the other, until each has been found."""
    committed = committed_paths(links)
    attachments = dict(_attachments(conversation, files))
    told = (
        evidence.KEYS_PREFIX,
        keys.entry_prefix(conversation),
        keys.checkpoint_prefix(conversation),
    )
    for path in files:
        known = path in _EXPORTERS or path in committed or path in attachments or path.startswith(told)
        if not known:
            yield path
    missing = set(attachments.values())
    for mail, content in _mails(links, committed, files):
        if not missing:
            break
        missing -= _extracted(unpacked, mail, content)
    yield from (path for path, digest in attachments.items() if digest in missing)


def _attachments(conversation: str, files: Collection[str]) -> Iterator[tuple[str, str]]:
    """The path of each, and the digest that it names."""
    prefix = keys.conversation_prefix(conversation) + "attachments/"
    for path in files:
        if path.startswith(prefix):
            yield path, path.removeprefix(prefix).partition("/")[0]


def _mails(
    links: Sequence[Opened], committed: Collection[str], files: Collection[str]
) -> Iterator[tuple[str, str]]:
    """Each mail that went out, and its content: the product takes attachments from no other."""
    for each in links:
        mail, content = (each.folder + NAMES[kind] for kind in (Committed.RELAYED, Committed.CONTENT))
        if {mail, content} <= set(committed) and mail in files and content in files:
            yield mail, content


def _extracted(unpacked: Unpacked, mail: str, content: str) -> frozenset[str]:
    relayed, told = unpacked.content(mail, MAX_KEPT), unpacked.content(content, MAX_KEPT)
    return frozenset() if relayed is None or told is None else attachments_in(relayed, told)
