"""What the relay recorded of a message, in words. The codes' meanings are those of the policy's table."""

import json
import re
from dataclasses import dataclass

from parley.conversation.messages import Message, State
from parley.mail.header import Header
from parley.mail.structure import StructureError, read_header
from parley.screening.policy import Action, row

_OUTCOMES = {
    State.RECEIVED: "being worked on",
    State.ARCHIVED: "waiting to be sent",
    State.SENDING: "being sent",
    State.RELAYED: "passed on",
    State.HELD: "kept back until a reviewer decides",
    State.RELEASING: "being passed on by a reviewer",
    State.RELEASED: "passed on by a reviewer",
    State.REFUSED: "not passed on; recorded as an attempt",
    State.EXPIRED: "kept back, and nobody decided in time",
    State.DISCARDED: "not passed on, nobody was told",
}
_LEADS_PAST = "it would lead past the relay"
_SHOWS_A_MAILBOX = "it would have shown a real mailbox, or the private domain of one"
_TELLS = "it can tell who somebody is, or where"
_WHY = {
    "protected-masked": _SHOWS_A_MAILBOX,
    "filename-masked": _SHOWS_A_MAILBOX,
    "attachment-masked": _SHOWS_A_MAILBOX,
    "image-metadata-removed": "it can tell where a picture was taken, and by whom",
    "signature-removed": "it would not match the masked text, and names its author",
    "certificate-removed": _TELLS,
    "remote-content-removed": "loading it would tell its owner who reads the mail, when and where",
    "html-replaced-by-text": "what a mail program would make of the HTML is not certain",
    "amp-removed": "it is a second copy of the text which programs load anew",
    "uuencoded-file-removed": "no rule can look into it",
    "enclosed-header-reduced": _TELLS,
    "tnef-opened": "only Outlook reads it, and nothing could be masked inside",
}
_WAYS = {
    Action.MASK: "masked",
    Action.FLAG: "flagged",
    Action.HOLD: "held back",
    Action.REFUSE: "refused",
    Action.DISCARD: "discarded",
    Action.DELIVER: "noted",
}
_PART = re.compile(r"part:([\d.]+)(:.*)?")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_VERDICT = re.compile(r"(?:^|;)\s*(spf|dkim|dmarc)=([a-z]{1,12})")
_SES_FIELDS = (("spam", "x-ses-spam-verdict"), ("virus", "x-ses-virus-verdict"))


@dataclass(frozen=True, slots=True)
class Explained:
    """A finding. why: what was masked or removed for, "" for all else. way: what it leads to. place: in
    words, "" for the mail as a whole. count: how often."""

    code: str
    meaning: str
    why: str
    action: Action
    way: str
    place: str
    count: int

    @property
    def stops(self) -> bool:
        return self.action in (Action.HOLD, Action.REFUSE, Action.DISCARD)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What SES found. name: "spf" and the like; status: as SES wrote it, in lower case."""

    name: str
    status: str

    @property
    def is_good(self) -> bool:
        return self.status == "pass"


@dataclass(frozen=True, slots=True)
class Story:
    """One message. author, recipient: roles; author is "" if it is not proved. masked: how many places
    were masked. reasons: why the mail was not passed on, as far as no finding says it: codes with their
    meanings."""

    seq: int
    author: str
    recipient: str
    state: State
    outcome: str
    findings: tuple[Explained, ...]
    reasons: tuple[tuple[str, str], ...]
    masked: int
    rules: int
    policy: str


def story(message: Message) -> Story:
    """From the message's record, which holds codes and places and no word of the mail."""
    record = json.loads(message.record or "{}")
    screening = record.get("screening", {})
    findings = tuple(_explained(*finding) for finding in screening.get("findings", []))
    found = {each.code for each in findings}
    stopped = message.state in (State.HELD, State.REFUSED, State.EXPIRED, State.DISCARDED)
    untold = [code for code in message.codes if stopped and code not in found]
    return Story(
        seq=message.seq,
        author=message.author_role or "",
        recipient=record.get("recipient_role", ""),
        state=message.state,
        outcome=_OUTCOMES[message.state],
        findings=findings,
        reasons=tuple((code, row(code).meaning) for code in untold),
        masked=sum(each.count for each in findings if each.action is Action.MASK),
        rules=len(screening.get("hits", [])) + len(screening.get("misses", [])),
        policy=str(screening.get("policy", "")),
    )


def verdicts(original: bytes) -> tuple[Verdict, ...]:
    """What SES wrote above the mail's own header section: all that stands above X-SES-RECEIPT."""
    try:
        header = read_header(original)
    except StructureError:
        return ()
    above = _above_receipt(header)
    results = (above.first("authentication-results") or b"").decode("ascii", "replace").lower()
    # A quoted local-part, which the author chose, can look like a result.
    by_name: dict[str, str] = {}
    for name, status in _VERDICT.findall(_QUOTED.sub("", results)):
        by_name.setdefault(name, status)
    for name, field in _SES_FIELDS:
        if value := above.first(field):
            by_name[name] = value.decode("ascii", "replace").lower()[:20]
    return tuple(Verdict(name, status) for name, status in by_name.items())


def _above_receipt(header: Header) -> Header:
    names = [field.name for field in header.fields]
    end = names.index("x-ses-receipt") if "x-ses-receipt" in names else 0
    return Header(header.fields[:end])


def _explained(code: str, _severity: str, place: str, count: int) -> Explained:
    known = row(code)
    way = "removed" if code.endswith("-removed") else _WAYS[known.action]
    why = _why(code) if known.action is Action.MASK else ""
    return Explained(code, known.meaning, why, known.action, way, place_in_words(place), count)


def _why(code: str) -> str:
    """The reason of a code that masks; by its family if it has none of its own."""
    by_family = _LEADS_PAST if code.startswith("contact-") else _TELLS
    return _WHY.get(code, by_family)


def place_in_words(place: str) -> str:
    """`part:1.2:filename` → "the file name of part 1.2"."""
    if place == "subject":
        return "the subject"
    if place.startswith("header:"):
        return f"the field {place.removeprefix('header:').title()}"
    if match := _PART.fullmatch(place):
        part = "the text" if match[1] == "1" else f"part {match[1]}"
        detail = {":filename": "the file name of ", ":header": "the header section of "}.get(
            match[2] or "", ""
        )
        return f"{detail}{part}"
    return place
