"""What reviewers ask of the API (docs/api.md, "For reviewers"): ids, codes and times, never mail."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any, Literal
from urllib.parse import quote, urlencode

from cli.answers import Export, Happening, HeldMessage, Hold, Note, read_body

What = Literal["transcript", "entries", "originals", "export"]


class Reviewing(ABC):
    """The requests of reviewers, over what signs and sends them. All methods raise what `_ask` raises."""

    @abstractmethod
    def _ask(self, method: str, path: str, body: object = None) -> dict[str, Any]: ...

    def held(self) -> Iterator[HeldMessage]:
        """The mail that waits for a decision, the oldest first. A request for each page."""
        for page in self._pages("/held", {}):
            yield from read_body(lambda body: list(map(HeldMessage.read, body["messages"])), page)

    def history(self, conversation: str) -> list[Happening]:
        """Everything that happened in a conversation, in the order of its chain. A request for each page."""
        path = f"/conversations/{segment(conversation)}/history"
        found: list[Happening] = []
        for page in self._pages(path, {"limit": "100"}):
            found += read_body(lambda body: list(map(Happening.read, body["happenings"])), page)
        return sorted(found, key=lambda each: each.seq)

    def add_note(self, conversation: str, *, case: str, text: str, id: str | None = None) -> Note:  # noqa: A002
        """id: your own, by which a repeated request is recognised."""
        body = _given(case=case, text=text, id=id)
        answered = self._ask("POST", f"/conversations/{segment(conversation)}/notes", body)
        return read_body(Note.read, answered)

    def place_hold(
        self,
        conversation: str,
        *,
        case: str,
        reason: str,
        id: str | None = None,  # noqa: A002
    ) -> Hold:
        """id: as for a note."""
        body = _given(case=case, reason=reason, id=id)
        answered = self._ask("POST", f"/conversations/{segment(conversation)}/holds", body)
        return read_body(Hold.read, answered)

    def lift_hold(self, conversation: str, hold: str, *, reason: str) -> Hold:
        path = f"/conversations/{segment(conversation)}/holds/{segment(hold)}/lift"
        return read_body(Hold.read, self._ask("POST", path, {"reason": reason}))

    def release(self, conversation: str, message: str, *, case: str, reason: str) -> str:
        """Asks for a held message to be sent; its state then: "releasing", or "released" before."""
        place = f"/conversations/{segment(conversation)}"
        return self._decide(place, message, "release", {"case": case, "reason": reason})

    def refuse(self, conversation: str, message: str, *, case: str, reason: str) -> str:
        """Refuses a held message for good; its state then: "refused"."""
        place = f"/conversations/{segment(conversation)}"
        return self._decide(place, message, "refuse", {"case": case, "reason": reason})

    def release_loose(self, receipt: str, message: str, *, case: str) -> str:
        """As `release`, of a mail that belongs to no conversation."""
        return self._decide(f"/receipts/{segment(receipt)}", message, "release", {"case": case})

    def refuse_loose(self, receipt: str, message: str, *, case: str) -> str:
        """As `refuse`, of a mail that belongs to no conversation; nobody is told."""
        return self._decide(f"/receipts/{segment(receipt)}", message, "refuse", {"case": case})

    def record_read(self, conversation: str, *, case: str, what: What, id: str | None = None) -> str:  # noqa: A002
        """Records that the caller is about to read; the record's id."""
        body = _given(case=case, what=what, id=id)
        answered = self._ask("POST", f"/conversations/{segment(conversation)}/reads", body)
        return read_body(lambda read: str(read["id"]), answered)

    def record_party_read(self, party: str, *, case: str, id: str | None = None) -> str:  # noqa: A002
        """Records that the caller is about to read what is registered of a party; the record's id."""
        answered = self._ask("POST", f"/parties/{segment(party)}/reads", _given(case=case, id=id))
        return read_body(lambda read: str(read["id"]), answered)

    def record_export(
        self,
        conversation: str,
        *,
        case: str,
        viewer: str | None = None,
        id: str | None = None,  # noqa: A002
    ) -> Export:
        """Records that the caller is about to export, as a read and as a link of the chain. viewer: the role
        that it is for, None for one from whom nothing is kept back."""
        body = {**_given(case=case, id=id), **({"for": viewer} if viewer else {})}
        answered = self._ask("POST", f"/conversations/{segment(conversation)}/exports", body)
        return read_body(Export.read, answered)

    def _decide(self, place: str, message: str, verb: str, body: Mapping[str, str]) -> str:
        answered = self._ask("POST", f"{place}/messages/{segment(message)}/{verb}", body)
        return read_body(lambda read: str(read["state"]), answered)

    def _pages(self, path: str, query: Mapping[str, str | None]) -> Iterator[dict[str, Any]]:
        asked = {name: value for name, value in query.items() if value is not None}
        while True:
            page = self._ask("GET", f"{path}?{urlencode(asked)}" if asked else path)
            yield page
            following = read_body(lambda body: body["next"], page)
            if following is None:
                return
            asked["cursor"] = str(following)


def _given(**members: str | None) -> dict[str, str]:
    return {name: each for name, each in members.items() if each is not None}


def segment(id_: str) -> str:
    """A path parameter: it cannot leave its segment, whatever it is."""
    return quote(id_, safe="")
