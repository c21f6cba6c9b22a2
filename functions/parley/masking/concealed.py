"""Text in HTML that nobody sees, and the page without it.

Preheaders of newsletters are such text and do no harm. Between the characters of a mailbox it keeps a search
from finding what a reader sees, so the page is read without it, too. It stays where it is.
"""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate
from typing import Final, NamedTuple

from parley.masking.effects import HIDING, Effect, Rule, effects_of, is_gone, rules_of
from parley.masking.rendering import between_tags, page_of, page_text
from parley.masking.text import Medium
from parley.masking.views import View

_TAG: Final = re.compile(r"(<[^<>]*>)")
_PIECE: Final = re.compile(r"<[^<>]*>|[^<]+")
_OPENING: Final = re.compile(r"<([a-z][a-z0-9]*)([^<>]*)>")
_ATTRIBUTE: Final = re.compile(r" (class|id|style|hidden)=\"([^\"]*)\"")
_BODY: Final = re.compile(r"<body([^<>]*)>")
_EMPTY: Final = tuple(f"<{name}{end}" for name in ("area", "br", "col", "hr", "img", "wbr") for end in " >")
_HELD_BACK: Final[Effect] = {"display": True}


class _State(NamedTuple):
    """What an element's text inherits: whether it is gone, too small to be seen, invisible; or any of it."""

    gone: bool = False
    small: bool = False
    invisible: bool = False
    hides: bool = False

    def within(self, effect: Effect) -> "_State":
        """The state of an element with that effect in one of this state."""
        gone = self.gone or is_gone(effect)
        small, invisible = effect.get("size", self.small), effect.get("visibility", self.invisible)
        return _State(gone, small, invisible, gone or small or invisible)


def may_conceal(frame: str, *, styles_hide: bool) -> bool:
    """Whether some text of a page may be concealed: a fast first test. frame: as for `medium`. styles_hide:
    whether a `hidden` or style attribute in the page may hide something."""
    return styles_hide or (bool(frame) and HIDING.search(frame) is not None)


def medium(frame: str) -> Medium:
    """The page without what is concealed. frame: what stands before it, with its style sheet and body."""
    page = _Page(rules_of(frame) if HIDING.search(frame) else {})
    body = _BODY.search(frame)
    page.root = _SHOWN.within(page.effect("body", body[1] if body else ""))
    shown = lru_cache(maxsize=2)(page.without_concealed)

    def read(cleaned: str) -> View:
        return page_of(page.view(cleaned))

    return Medium(read, lambda cleaned: page_text(shown(cleaned)), between_tags)


_SHOWN: Final = _State()


@dataclass(slots=True)
class _Page:
    rules: Mapping[str, list[Rule]]
    root: _State = _SHOWN
    _states: dict[tuple[_State, str], _State] = field(default_factory=dict)

    def effect(self, name: str, attributes: str) -> Effect:
        given = {key: html.unescape(value).lower() for key, value in _ATTRIBUTE.findall(attributes)}
        names = {
            name,
            f"#{given.get('id', '').strip()}",
            *(f".{one}" for one in given.get("class", "").split()),
        }
        found = (rule for one in ("", *names) for rule in self.rules.get(one, ()) if rule.names <= names)
        rules = sorted(found, key=lambda rule: rule.place)
        usual, important = effects_of(given.get("style", ""))
        effect = dict(_HELD_BACK) if "hidden" in given or name == "rp" else {}
        for step in (*(rule.usual for rule in rules), usual, *(rule.important for rule in rules), important):
            effect.update(step)
        return effect

    def view(self, cleaned: str) -> View:
        pieces, kept = self._pieces(cleaned)
        if pieces == kept:
            return View(cleaned)
        starts = accumulate(map(len, pieces), initial=0)
        at = {start: new for start, old, new in zip(starts, pieces, kept, strict=False) if new != old}
        return View(cleaned).rewritten(_PIECE, lambda match: at.get(match.start(), match.group()))

    def without_concealed(self, cleaned: str) -> str:
        return "".join(self._pieces(cleaned)[1])

    def _pieces(self, cleaned: str) -> tuple[list[str], list[str]]:
        """Text and tags by turns, and what of each is seen. The tags of what is gone go as well: it breaks no
        line."""
        pieces = _TAG.split(cleaned)
        kept = pieces.copy()
        if not self.root.hides and not any(self._within(self.root, tag).hides for tag in set(pieces[1::2])):
            return pieces, kept
        stack = [self.root]
        for index in range(1, len(pieces), 2):
            tag, state = pieces[index], stack[-1]
            if tag[1] == "/":
                if len(stack) > 1:
                    stack.pop()
            elif not tag.startswith(_EMPTY):
                state = self._within(state, tag)
                stack.append(state)
            if state.gone:
                kept[index] = ""
            if stack[-1].hides:
                kept[index + 1] = ""
        return pieces, kept

    def _within(self, state: _State, tag: str) -> _State:
        known = self._states.get((state, tag))
        if known is None:
            opening = _OPENING.fullmatch(tag)
            known = state.within(self.effect(*opening.groups())) if opening else state
            self._states[state, tag] = known
        return known
