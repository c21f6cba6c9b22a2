"""Which elements and attributes of HTML may go out, and what becomes of each attribute's value."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import nh3

from parley.masking.contact_rules import ContactKind, Treatment, contact_code
from parley.masking.contacts import contact_hits, is_known
from parley.masking.content_ids import content_id_key, source_key
from parley.masking.effects import HIDING, TURNING
from parley.masking.hosts import TOP_LEVEL, links
from parley.masking.links import is_wrapped, target
from parley.masking.matcher import Matcher
from parley.masking.protected import MASKED_MAILBOX
from parley.masking.remote import is_remote, style_loads
from parley.masking.styles import safe_style
from parley.masking.text import is_plain, mask_text
from parley.masking.triggers import has_triggers
from parley.masking.views import View

TAGS: Final = set(nh3.ALLOWED_TAGS) | {
    *("font", "big", "address", "main", "section", "dir", "menu", "tfoot"),
    *("fieldset", "legend", "label", "nobr", "rb"),
}
_COMMON: Final = {
    *("style", "class", "id", "dir", "lang", "title", "hidden"),
    *("align", "valign", "width", "height", "bgcolor", "background"),
}
_CELL: Final = {"colspan", "rowspan", "nowrap", "headers", "scope", "abbr", "char", "charoff"}
ATTRIBUTES: Final = {
    "*": _COMMON,
    "a": {"href", "name", "target"},
    "area": {"href", "alt", "shape", "coords"},
    "blockquote": {"type", "cite"},
    "col": {"span"},
    "colgroup": {"span"},
    "font": {"color", "face", "size"},
    "hr": {"size", "noshade", "color"},
    # The last three never pass; they are listed to be noticed.
    "img": {"src", "alt", "border", "hspace", "vspace", "usemap", "srcset", "lowsrc", "dynsrc"},
    "li": {"value", "type"},
    "map": {"name"},
    "ol": {"start", "type", "reversed"},
    "table": {"border", "cellpadding", "cellspacing", "summary", "frame", "rules", "role"},
    "td": _CELL,
    "th": _CELL,
    "time": {"datetime"},
    "ul": {"type"},
}
SCHEMES: Final = {"http", "https", "mailto", "tel", "cid", "data", "sms"}
_AS: Final = {name: name for name in ("src", "href", "style", "title", "hidden")} | {
    "cite": "href",
    "alt": "title",
    "summary": "title",
    "abbr": "title",
    "background": "src",
    **dict.fromkeys(("srcset", "lowsrc", "dynsrc"), "srcset"),
}
"""Attributes that are not just masked, and as which one each is treated."""
_SHORTEST: Final = 7
_CALLS: Final = frozenset({"tel", "sms"})
_HANDLES: Final = frozenset({ContactKind.HANDLE})
_LINKED: Final = frozenset({"http", "https", "mailto", "tel", "sms"})
_TURNING: Final = frozenset({"rtl", "right"})
_OWN_PICTURE: Final = re.compile(r"url\(#(\d+)\)")
_NO_SCHEME: Final = re.compile(r"[a-z0-9\-]+(?:\.[a-z0-9\-]+)*\.([a-z]{2,24})(?:[/?#]|\Z)", re.IGNORECASE)


@dataclass(slots=True)
class AttributeFilter:
    """Decides attribute by attribute while the sanitiser runs; remembers values, which repeat a lot."""

    matcher: Matcher
    content_ids: Mapping[str, str]
    mask_contacts: bool
    encoded: bool
    """Whether encoded runs anywhere in the HTML hold something protected."""
    protected: int = 0
    contacts: list[str] = field(default_factory=list)
    remote: int = 0
    hides: bool = False
    """Whether a style, or the attribute of that purpose, may hide text."""
    turns: bool = False
    """Whether something may put text into another order."""
    failure: Exception | None = None
    _known: dict[tuple[str, str], str | None] = field(default_factory=dict)

    def __call__(self, _tag: str, name: str, value: str) -> str | None:
        key = (_AS.get(name, ""), value)
        if key in self._known:
            return self._known[key]
        try:
            decided = self._known[key] = self._decide(*key)
        except Exception as failure:  # the sanitiser would swallow it and go on
            self.failure = failure
            return None
        return decided

    def _decide(self, name: str, value: str) -> str | None:
        if name == "hidden":
            self.hides = True
        elif value.lower() in _TURNING:
            self.turns = True
        if name == "src":
            return self._picture(value.strip())
        if name == "href":
            return self._link(value.strip())
        if name == "srcset":
            self.remote += is_remote(value)
            return None
        return self._style(value) if name == "style" else self._masked(value, shown=name == "title")

    def _style(self, value: str) -> str:
        """The declarations that may stand. The mail's own pictures have a number while the text is masked, so
        that their Content-ID is not taken for a mailbox."""
        self.hides = self.hides or HIDING.search(value) is not None
        self.turns = self.turns or TURNING.search(value) is not None
        if "(" not in value:
            return self._masked(safe_style(value))
        self.remote += style_loads(value)
        own: list[str] = []

        def number(target: str) -> str | None:
            if (new := self.own_picture(target)) is None:
                return None
            own.append(new)
            return f"#{len(own) - 1}"

        masked = self._masked(safe_style(value, number))
        return _OWN_PICTURE.sub(lambda match: f"url({own[int(match[1])]})", masked) if own else masked

    def _masked(self, value: str, *, shown: bool = False) -> str:
        """shown: whether people read the value, so that other contact data may stand in it."""
        if not self.encoded and not (shown and len(value) >= _SHORTEST) and is_plain(value, self.matcher):
            return value
        masked = mask_text(value, self.matcher, mask_contacts=self.mask_contacts)
        self.protected += masked.protected
        self.contacts += masked.contacts
        return masked.text

    def _picture(self, value: str) -> str | None:
        if value[:4].lower() == "cid:":
            return self.own_picture(value)
        if value[:5].lower() == "data:":
            return self._inline_picture(value)
        if own := self.content_ids.get(source_key(value)):
            return f"cid:{own}"
        self.remote += bool(value)
        return None

    def _inline_picture(self, value: str) -> str | None:
        """A picture that stands in its URL, without metadata; None for one that cannot be read."""
        # Few mails have one, and everything that reads pictures takes long to import.
        from parley.masking.inline import clean_data_uri

        clean = clean_data_uri(value)
        if clean is None or self._masked(clean) != clean:
            self.contacts.append("attachment-unreadable")
            return None
        if clean != value:
            self.contacts.append("image-metadata-removed")
        return clean

    def own_picture(self, value: str) -> str | None:
        """What a `cid:` URL becomes; None if it is none, or names nothing in the mail."""
        if value[:4].lower() != "cid:":
            return None
        new = self.content_ids.get(content_id_key(html.unescape(value[4:])))
        return None if new is None else f"cid:{new}"

    def _link(self, value: str) -> str | None:
        if value.startswith("#"):
            return self._masked(value)
        if value.startswith("//"):
            value = "https:" + value
        elif (host := _NO_SCHEME.match(value)) and (host[1].lower() in TOP_LEVEL or host[0][:4] == "www."):
            value = "http://" + value
        scheme = value.split(":", 1)[0].lower()
        if scheme == "cid":
            return self._picture(value)
        if scheme not in _LINKED or not self._may_lead(scheme, value):
            return None
        masked = self._masked(value)
        if masked != value and is_wrapped(value):
            masked = self._masked(target(value))
        return None if scheme == "mailto" and MASKED_MAILBOX in masked else masked

    def _may_lead(self, scheme: str, value: str) -> bool:
        """Whether a link may stand, as far as it leads to a telephone, a chat or a host."""
        if not self.mask_contacts:
            return True
        kind = self._kind(scheme, value)
        if kind in self.matcher.contacts.masked and kind is not ContactKind.MAILBOX:
            self.contacts.append(contact_code(kind, Treatment.MASK))
            return False
        if kind in self.matcher.contacts.flagged and kind is not ContactKind.MAILBOX:
            self.contacts.append(contact_code(kind, Treatment.FLAG))
        return True

    def _kind(self, scheme: str, value: str) -> ContactKind | None:
        """The kind of contact data that a link is; mailboxes are found in its text."""
        if scheme in _CALLS:
            number = value.partition(":")[2].partition("?")[0]
            return None if self.matcher.contacts.is_public_number(number) else ContactKind.PHONE
        if scheme == "mailto":
            return None
        contacts = self.matcher.contacts
        if has_triggers(value) and next(contact_hits(View(value), self.matcher, _HANDLES), None):
            return ContactKind.HANDLE
        if ContactKind.LINK not in contacts.masked and ContactKind.LINK not in contacts.flagged:
            return None
        host = next(iter(links(value, value.lower())), None)
        return None if host is None or is_known(host[1], self.matcher) else ContactKind.LINK
