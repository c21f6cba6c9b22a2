"""Checking that what a chain's links commit to is there, unchanged: records, mails and contents."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from parley.archive.chain import Committed, commitment, digest, is_salt
from parley.archive.entries import Entry
from parley.archive.folders import is_own_folder
from parley.archive.keys import content_key, object_key
from parley.archive.outcomes import told_outcomes
from parley.archive.proving import place_in
from parley.archive.records import EventKind, EventRecord, MessageRecord
from parley.archive.verdicts import Code, Fault, Stored

COMPOSED_ANEW = "composition-changed"
"""The code of a mail that came out otherwise when work on it resumed: what its link commits to besides the
original may never have been kept."""


def committed_objects(entry: Entry) -> list[tuple[Committed, str]]:
    """Kind and key of each object that the entry's link commits to."""
    return [(kind, object_key(entry.folder, kind)) for kind in entry.contents]


class Opening:
    """Compares what the links of a chain commit to with what is there.

    Afterwards `erased` has the places whose contents were erased, and `unopened` those whose contents were
    kept back from this reader.
    """

    def __init__(
        self,
        chain: Sequence[tuple[str, Entry]],
        signed: int,
        stored: Callable[[str], Stored | None],
        may_be_closed: Callable[[Entry, Committed], bool],
        faults: list[Fault],
    ) -> None:
        self._chain = chain
        self._stored = stored
        self._may_be_closed = may_be_closed
        self._faults = faults
        self.erased: list[int] = []
        self.unopened: list[int] = []
        self._faulty: set[int] = set()
        # An event excuses what is missing once it is signed: anybody who can write here could add one.
        self._erased_until: dict[str | None, int] = {}
        counting = [
            entry for _, entry in chain if entry.seq <= signed or isinstance(entry.record, MessageRecord)
        ]
        self._outcomes = told_outcomes(counting)
        for entry in counting:
            if isinstance(entry.record, EventRecord) and entry.record.kind is EventKind.ERASED:
                self._erased_until[entry.record.message] = entry.seq

    def check(self) -> None:
        self._faulty = {fault.seq for fault in self._faults}
        for key, entry in self._chain:
            self._check_record(key, entry)
            told = self._outcomes.get(entry.id)
            self._check_objects(entry, never_filed=told is not None and COMPOSED_ANEW in told.codes)

    def _check_record(self, key: str, entry: Entry) -> None:
        if entry.record is None:
            return  # Kept back from this reader: its link alone is in the chain.
        opened = commitment(entry.record_salt, digest(entry.record.to_json().encode("ascii")))
        if opened != entry.link.commitments[Committed.RECORD]:
            self._fault(entry, Code.RECORD_ALTERED, key)
        elif isinstance(entry.record, MessageRecord) and not self._outcomes[entry.id].admits(entry):
            self._fault(entry, Code.OUTCOME_ALTERED, key)
        elif entry.seq not in self._faulty and not is_own_folder(entry):
            self._fault(entry, Code.FOLDER_ALTERED, key)

    def _check_objects(self, entry: Entry, *, never_filed: bool) -> None:
        erased = self.was_erased(entry)
        is_erased = is_unopened = False
        for kind, key in committed_objects(entry):
            found = self._stored(key)
            if found is not None:
                promised = entry.link.commitments[kind]
                if not is_salt(found.salt) or commitment(found.salt, found.digest) != promised:
                    self._fault(entry, Code.OBJECT_ALTERED, key)
            elif erased:
                is_erased = True
            elif self._may_be_closed(entry, kind):
                is_unopened = True
            elif kind is Committed.ORIGINAL or not never_filed:
                self._fault(entry, Code.OBJECT_MISSING, key)
        self.erased += [entry.seq] if is_erased else []
        self.unopened += [entry.seq] if is_unopened else []

    def disturbances(self, disturbed: Mapping[str, Code]) -> Iterator[Fault]:
        """Of what was hidden or written over, that which no erasure explains. disturbed: by key."""
        owners = {entry.folder: entry for _, entry in self._chain if entry.folder}
        owners |= {content_key(folder): entry for folder, entry in owners.items()}
        for key, code in disturbed.items():
            folder = key[: key.rfind("/") + 1]
            owner = owners.get(folder) or owners.get(key)
            # An attachment belongs to every mail that had it: any erasure may have been that of the last one.
            explained = self.was_anything_erased if "/attachments/" in key else False
            if owner is not None:
                explained = self.was_erased(owner)
            if not explained:
                place = owner.seq if owner else place_in(key) or place_in(folder.removesuffix("/"))
                yield Fault(seq=place, code=code, key=key)

    @property
    def was_anything_erased(self) -> bool:
        return bool(self._erased_until)

    def was_erased(self, entry: Entry) -> bool:
        # What people wrote about a message is erased with it.
        about = entry.record.message if isinstance(entry.record, EventRecord) else None
        return entry.seq < max(self._erased_until.get(each, 0) for each in (None, entry.id, about))

    def _fault(self, entry: Entry, code: Code, key: str) -> None:
        self._faults.append(Fault(seq=entry.seq, code=code, key=key))
