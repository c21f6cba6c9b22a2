"""Which style declarations keep text from being seen, as far as sanitised HTML can hold them.

An approximation of the cascade: later rules win over earlier ones, a style attribute over rules, and what
is `!important` over all; how specific a selector is does not count. Rules in `@media`, and those that ask for
what stands around an element, can hide and cannot show: they may apply or not.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

HIDING: Final = re.compile(
    r"display\s*:\s*none|visibility\s*:|opacity\s*:|overflow|text-indent\s*:\s*-"
    r"|font(?:-size)?\s*:[^;}]*?(?<![\w.#/\-])(?:0|\.|1(?:\.\d*)?p[xt])",
    re.IGNORECASE,
)
"""Found in every style sheet and style attribute that may hide something: a fast first test."""
TURNING: Final = re.compile(r"rtl|float|-reverse", re.IGNORECASE)
"""Found in every style sheet and style attribute that may put text into another order."""
_NOTHING: Final = r"0+(?:\.0*)?(?:[a-z]{1,4}|%)?"
_HIDES: Final = {
    name: (flag, re.compile(pattern))
    for name, flag, pattern in (
        ("display", "display", "none"),
        ("visibility", "visibility", "hidden|collapse"),
        ("opacity", "opacity", r"0*(?:\.0\d*)?%?"),
        ("text-indent", "indent", r"-\d{3,}.*|-\d{2,}(?:em|rem|%|vw)"),
        *((name, "overflow", "hidden|clip|auto|scroll") for name in ("overflow", "overflow-x", "overflow-y")),
        *((name, name, _NOTHING) for name in ("width", "max-width", "height", "max-height")),
    )
}
_TINY: Final = re.compile(
    r"(?<![\w.#/\-])(?:0+(?:\.[0-2]\d*)?|\.[0-2]\d*|1(?:\.\d*)?(?=p[xt]))(?:[a-z]{1,4}|%)?(?![\w.%])"
)
_RELATIVE: Final = re.compile(r"[\d.]+(?:em|%|ex|ch)\b|inherit|smaller|larger")
_IMPORTANT: Final = re.compile(r"\s*!\s*important\Z")
_RULE: Final = re.compile(r"([^{}]+)\{([^{}]*)\}")
_MEDIA: Final = re.compile(r"@media[^{}]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
_COMBINATOR: Final = re.compile(r"[\s>+~]+")
_PSEUDO: Final = re.compile(r":[\w\-]+(?:\([^()]*\))?")
_SIMPLE: Final = re.compile(r"([.#]?)([\w\-]+)")

Effect = Mapping[str, bool]
"""What declarations do, by what they do it with: whether it hides. What is not named stays as it is."""


class Rule(NamedTuple):
    """A rule that may hide. place: its place among all. names: what an element must have: `.class`, `#id`,
    its own name."""

    place: int
    names: frozenset[str]
    usual: Effect
    important: Effect


def effects_of(style: str) -> tuple[Effect, Effect]:
    """The effects of declarations, in lower case: usual ones, and those that are important."""
    effects: tuple[dict[str, bool], dict[str, bool]] = ({}, {})
    for declaration in style.split(";"):
        name, _, value = declaration.partition(":")
        name, value = name.strip(), value.strip()
        kept = _IMPORTANT.sub("", value)
        effect = effects[kept != value]
        if known := _HIDES.get(name):
            effect[known[0]] = known[1].fullmatch(kept) is not None
        elif name in ("font-size", "font"):
            is_tiny = _TINY.search(kept) is not None
            if is_tiny or not _RELATIVE.search(kept):
                effect["size"] = is_tiny
    return effects


def is_gone(effect: Effect) -> bool:
    """Whether an element with these effects goes with all that is in it."""
    if effect.get("display") or effect.get("opacity") or effect.get("indent"):
        return True
    no_room = any(effect.get(name) for name in ("width", "max-width", "height", "max-height"))
    return no_room and bool(effect.get("overflow"))


def rules_of(sheet: str) -> dict[str, list[Rule]]:
    """The rules of a style sheet (`stylesheets.kept_rules`) that have effects, in order, by one of their
    names, "" for none: an element has those rules of which it has all names. Linear in the sheet."""
    sheet = sheet.lower()
    media = "".join(_MEDIA.findall(sheet))
    known: dict[frozenset[str], Rule] = {}
    usual = _MEDIA.sub("", sheet)
    # Those that may apply come last.
    for part, first, is_certain in ((usual, 0, True), (media, len(usual), False)):
        for found in _RULE.finditer(part):
            for rule in _rules(found, first + found.start(), is_certain=is_certain):
                before = known.get(rule.names, rule)
                known[rule.names] = rule._replace(
                    usual={**before.usual, **rule.usual}, important={**before.important, **rule.important}
                )
    # By the rarest of their names, so that no list of them is long.
    number = Counter(name for names in known for name in names)
    rules: dict[str, list[Rule]] = {}
    for rule in known.values():
        rules.setdefault(min(rule.names, key=lambda name: number[name], default=""), []).append(rule)
    return rules


def _rules(found: re.Match[str], place: int, *, is_certain: bool) -> Iterator[Rule]:
    effects = effects_of(found[2])
    if not any(effects):
        return
    hiding = [{name: True for name in effect if effect[name]} for effect in effects]
    for selector in found[1].split(","):
        compounds = _COMBINATOR.split(_PSEUDO.sub("", selector).strip(" >+~\n"))
        names = frozenset(dot + name for dot, name in _SIMPLE.findall(compounds[-1]))
        is_plain = is_certain and len(compounds) == 1 and ":" not in selector
        yield Rule(place, names, *(effects if is_plain else hiding))
