"""Words that announce contact data, found in one pass over a text however many there are."""

from collections.abc import Mapping
from enum import Enum, auto
from typing import Final, NamedTuple

from ahocorasick_rs import AhoCorasick, BytesAhoCorasick, Implementation, MatchKind

from parley.masking.octets import LOWER, octets_of
from parley.masking.views import View, encodable


class Sign(Enum):
    """What a word announces."""

    MESSENGER = auto()
    """A service's name: a handle may follow."""
    COMMON = auto()
    """A service's name that is also an ordinary word: more must say that a handle follows."""
    ADDRESS = auto()
    """The beginning of a link that leads to a person."""
    AT = auto()
    """An at sign in words or brackets."""
    DOT = auto()
    """A dot in words or brackets, or one that stands alone."""
    DIGIT = auto()
    """A digit in words."""


class Trigger(NamedTuple):
    """A word's place. value: of a digit in words, else -1. (A tuple: a text may hold thousands.)"""

    sign: Sign
    start: int
    end: int
    value: int = -1


_NAMES: Final[Mapping[Sign, str]] = {
    Sign.MESSENGER: "whatsapp,whats app,telegram,instagram,insta,wechat,weixin,微信,skype,discord,viber,"
    "kakaotalk,snapchat,threema,tiktok",
    Sign.COMMON: "signal,line,wire,messenger,facebook,snap,ig:,ig @",
    Sign.ADDRESS: "wa.me/,whatsapp.com/,whatsapp:,t.me/,telegram.me/,telegram.dog/,tg:,m.me/,"
    "messenger.com/t/,signal.me/,signal.group/,skype:,join.skype.com/,discord.gg/,discord.com/invite/,discord.com/users/,viber:,"
    "line.me/,kakao.com/o/,snapchat.com/add/,weixin:,threema.id/,instagram.com/,facebook.com/,fb.com/,fb.me/,"
    "tiktok.com/@,ig.me/",
    Sign.AT: "(at),[at],{at},<at>,(ät),[ät],(a),[a],(@),[@],-at-,_at_, at , ät ,arroba,klammeraffe,"
    "chiocciola,arobase,apenstaartje,małpa,snabel-a,zavináč",
    Sign.DOT: "(dot),[dot],{dot},<dot>,(punkt),[punkt],(.),[.],-dot-,_dot_, dot , punkt , punto , point ,"
    " ponto , kropka , . ",
}
_DIGITS: Final = (
    "zero,null,zéro,cero,nul,sıfır,sifir,零,〇",
    "one,eins,uno,een,jeden,bir,一",
    "two,zwei,zwo,deux,dos,due,dois,twee,dwa,iki,二",
    "three,drei,trois,tres,tre,três,drie,trzy,üç,三",
    "four,vier,quatre,cuatro,quattro,quatro,cztery,dört,四",
    "five,fünf,fuenf,cinq,cinco,cinque,vijf,pięć,beş,五",
    "six,sechs,seis,sei,zes,sześć,altı,alti,六",
    "seven,sieben,sept,siete,sette,sete,zeven,siedem,yedi,七",
    "eight,acht,huit,ocho,otto,oito,osiem,sekiz,八",
    "nine,neun,neuf,nueve,nove,negen,dziewięć,dokuz,九",
)


def _table() -> dict[str, tuple[Sign, int]]:
    names = {name: (sign, -1) for sign, listed in _NAMES.items() for name in listed.split(",")}
    digits = {name: (Sign.DIGIT, value) for value, listed in enumerate(_DIGITS) for name in listed.split(",")}
    return names | digits


_TABLE: Final = tuple(_table().items())
_FIRST_DIGIT: Final = next(index for index, (_, (sign, _)) in enumerate(_TABLE) if sign is Sign.DIGIT)
_FEWEST_DIGITS: Final = 5
_AUTOMATON: Final = AhoCorasick([name for name, _ in _TABLE], matchkind=MatchKind.Standard)
_WESTERN: Final = {index: octets for index, (name, _) in enumerate(_TABLE) if (octets := octets_of(name))}
"""The names that Windows-1252 can hold: texts that it can hold have no others."""
_INDEXES: Final = tuple(_WESTERN)
_OCTET_AUTOMATON: Final = BytesAhoCorasick(
    list(_WESTERN.values()), matchkind=MatchKind.Standard, implementation=Implementation.DFA
)
_MAX_TRIGGERS: Final = 20_000
_WINDOW: Final = 65_536
_LONGEST: Final = max(len(name) for name, _ in _TABLE)


def triggers(view: View) -> list[Trigger]:
    """The words in a view, in order of their places; at most 20,000. Digits only if there are enough of them
    for a number."""
    raw: list[tuple[int, int, int]] = []
    for offset in range(0, len(view.text), _WINDOW):
        found = _found(view, offset, offset + _WINDOW + _LONGEST)
        raw += [(offset + start, -offset - end, index) for index, start, end in found if start < _WINDOW]
        if len(raw) > _MAX_TRIGGERS:
            break
    if not raw:
        return []
    if sum(index >= _FIRST_DIGIT for _, _, index in raw) < _FEWEST_DIGITS:
        raw = [found for found in raw if found[2] < _FIRST_DIGIT]
    return [_trigger(start, -end, index) for start, end, index in sorted(raw[:_MAX_TRIGGERS])]


def has_triggers(text: str) -> bool:
    """Whether there may be any of the words in a short text: a fast first test."""
    octets = octets_of(text)
    return octets is None or bool(_OCTET_AUTOMATON.find_matches_as_indexes(octets.translate(LOWER)))


def _found(view: View, start: int, end: int) -> list[tuple[int, int, int]]:
    """Index in the table, start and end, of the words in text[start:end], all counted from there."""
    if view.octets is None:
        window = view.lower[start:end]
        try:
            return _AUTOMATON.find_matches_as_indexes(window, overlapping=True)
        except UnicodeEncodeError:
            return _AUTOMATON.find_matches_as_indexes(encodable(window), overlapping=True)
    window_octets = view.octets[start:end].translate(LOWER)
    found = _OCTET_AUTOMATON.find_matches_as_indexes(window_octets, overlapping=True)
    return [(_INDEXES[index], first, last) for index, first, last in found]


def _trigger(start: int, end: int, index: int) -> Trigger:
    name, (sign, value) = _TABLE[index]
    # What follows a name is read with its mark.
    return Trigger(sign, start, end - (sign is Sign.COMMON and name[-1] in ":@"), value)
