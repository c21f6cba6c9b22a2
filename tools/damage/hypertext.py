"""Compares two HTML parts: what is read, where links lead, which pictures show, and what was taken out."""

from collections.abc import Iterable
from dataclasses import dataclass

from tools.damage.difference import Change, changes
from tools.damage.reader import Leaf
from tools.damage.reasons import MOST_SHOWN, Explainer, Told
from tools.damage.visible import Seen, comparable, scheme, seen

_LINKED = frozenset({"http", "https", "mailto", "tel", "sms"})
_CLEANED = frozenset(
    (
        *("scripts", "style sheets", "document titles", "form controls", "frames and objects", "comments"),
        *("document metadata", "sound and film", "drawings and formulas", "event handlers"),
    )
)
"""What the sanitiser takes out without a finding."""


@dataclass(frozen=True, slots=True)
class ContentIds:
    """What pictures in HTML can refer to, in the mail as it came and as it goes out."""

    old: frozenset[str]
    new: frozenset[str]


def content_ids(found: Iterable[Leaf]) -> frozenset[str]:
    """The Content-IDs of the leaves."""
    return frozenset(leaf.content_id for leaf in found if leaf.content_id)


def compare_html(
    before: Leaf, after: Leaf, codes: frozenset[str], ids: ContentIds, explainer: Explainer
) -> Told:
    """Reasons and damage. codes: the findings at that place."""
    old = seen(before.text)
    if not after.is_html:
        if "html-replaced-by-text" not in codes:
            return (), (f"HTML became {after.media_type}",)
        reasons, damage = _words(old.text, after.text, codes, explainer)
        return ("html-replaced-by-text", *reasons), damage
    new = seen(after.text)
    told = (
        _words(old.text, new.text, codes, explainer),
        _taken_out(old, new, codes),
        _pictures(old, new, ids),
        _links(old, new, codes, explainer),
    )
    return tuple(one for reasons, _ in told for one in reasons), tuple(
        one for _, lost in told for one in lost
    )


def _words(before: str, after: str, codes: frozenset[str], explainer: Explainer) -> Told:
    """What is read, white space counting as a blank."""
    if before.split() == after.split():
        return (), ()
    found = (change for change in changes(before, after) if change.before.split() != change.after.split())
    return explainer.explained(found, codes)


def _links(old: Seen, new: Seen, codes: frozenset[str], explainer: Explainer) -> Told:
    wanted = [comparable(link) for link in old.links]
    kept = [link for link in wanted if scheme(link) in _LINKED or link.startswith("#")]
    reasons = ["html: links that lead nowhere"] if len(kept) < len(wanted) else []
    damage, left = [], [comparable(link) for link in new.links]
    for link in kept:
        found = left[0] if left else ""
        if link == found:
            del left[:1]
        elif reason := explainer.reason(Change(link, found), codes):
            reasons.append(reason)
            del left[:1]
        elif reason := explainer.reason(Change(link, "***@***"), codes):
            reasons.append(reason)  # A link to a mailbox that was masked leads nowhere, and is left out.
        else:
            damage.append(f"the link {link[:MOST_SHOWN]!r} is gone or became {found[:MOST_SHOWN]!r}")
    damage += [f"a link to {link[:MOST_SHOWN]!r} was not there" for link in left]
    return tuple(reasons), tuple(damage)


def _taken_out(old: Seen, new: Seen, codes: frozenset[str]) -> Told:
    """By kind, and what should not have been."""
    reasons, damage = [], []
    for kind, count in sorted(old.held.items()):
        less = count - new.held[kind]
        if less <= 0:
            continue
        if kind in _CLEANED or (kind == "remote pictures" and "remote-content-removed" in codes):
            reasons.append(f"html: {kind}")
        else:
            damage.append(f"{less} of {count} {kind} are gone")
    return tuple(reasons), tuple(damage)


def _pictures(old: Seen, new: Seen, ids: ContentIds) -> Told:
    """Pictures of the mail itself."""
    known = [name for name in old.pictures if name in ids.old]
    reasons = ("html: pictures that are in no part",) if len(known) < len(old.pictures) else ()
    damage = [f"the picture cid:{name} is in no part" for name in new.pictures if name not in ids.new]
    if len(new.pictures) != len(known):
        damage.append(f"{len(known)} pictures of the mail became {len(new.pictures)}")
    return reasons, tuple(damage)
