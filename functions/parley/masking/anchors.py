"""Where protected domains can stand in a text at all: the fast first tests, linear however many there are."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Final

from ahocorasick_rs import AhoCorasick, MatchKind

from parley.masking.broken import KINDS, may_have_blocks
from parley.masking.octets import IN_A_RUN, LOWER, octets_of
from parley.masking.views import encodable

_SHORTEST_DIGEST: Final = 32
"""Hexadecimal digits of MD5."""
_FEW: Final = 16
"""Up to so many strings are found faster one after the other than by an automaton, which has to be made."""


class Anchors:
    """The lower-case domains, plain, compiled for searching."""

    def __init__(self, domains: Iterable[str]) -> None:
        self._domains = sorted(filter(None, domains))
        self._octets = [domain.encode("cp1252") for domain in self._domains if octets_of(domain) is not None]
        self._foreign = [
            form.encode().translate(LOWER)
            for domain in self._domains
            if not domain.isascii()
            for form in (domain, domain.upper())
        ]
        """Those with letters above ASCII in octets of UTF-8 that were lowered as Windows-1252."""
        shortest = min(map(len, self._domains), default=_SHORTEST_DIGEST)
        self.shortest_run = min(shortest * 4 // 3, _SHORTEST_DIGEST)
        """Characters of base64, which makes four of three octets, that hold one of them, or a digest."""
        self._long_run = b"x" * self.shortest_run

    @cached_property
    def _automaton(self) -> AhoCorasick:
        return AhoCorasick(self._domains, matchkind=MatchKind.Standard)

    def stand_in(self, lower: str) -> bool:
        """Whether one of them stands in lower-case text."""
        if len(self._domains) > _FEW:
            return bool(self._automaton.find_matches_as_indexes(encodable(lower)))
        for domain in self._domains:  # noqa: SIM110  # a generator costs more than the search
            if domain in lower:
                return True
        return False

    def place_in(self, octets: bytes) -> int:
        """Where one of them stands in lower-case octets (`parley.masking.octets`) of a text; -1 if none does.
        What it says of control characters may be wrong."""
        for foreign in self._foreign:
            at = octets.find(foreign)
            if at >= 0:
                return at
        if len(self._octets) > _FEW:
            lower = octets.decode("cp1252", "replace")
            return next((start for _, start, _ in self._automaton.find_matches_as_indexes(lower)), -1)
        for domain in self._octets:
            at = octets.find(domain)
            if at >= 0:
                return at
        return -1

    def occurrences(self, lower: str) -> list[tuple[int, int]]:
        """Where they stand in lower-case text, also within each other, by their ends."""
        if len(self._domains) > _FEW:
            found = self._automaton.find_matches_as_indexes(encodable(lower), overlapping=True)
            return [(start, end) for _, start, end in found]
        ends: list[tuple[int, int]] = []
        for domain in self._domains:
            start = lower.find(domain)
            while start >= 0:
                ends.append((start + len(domain), start))
                start = lower.find(domain, start + 1)
        return [(start, end) for end, start in sorted(ends)]

    def octet_places(self, lower: bytes) -> Iterator[tuple[str, int, int]]:
        """Each of them with where it stands in lower-case octets of a file, in UTF-8."""
        for domain in self._domains:
            octets = domain.encode()
            at = lower.find(octets)
            while at >= 0:
                yield domain, at, at + len(octets)
                at = lower.find(octets, at + len(octets))

    def encoded_runs(self, octets: bytes) -> Iterator[tuple[int, int]]:
        """Where runs of base64 or of hexadecimal digits stand that are long enough to hold one of them.

        octets: the text with one octet for a character, those above ASCII whatever they are.
        """
        # Octets that only say whether they may stand in a run are searched ten times as fast as the text.
        kinds = octets.translate(IN_A_RUN) + b" "
        start = kinds.find(self._long_run)
        while start >= 0:
            end = kinds.find(b" ", start)
            yield start, end
            start = kinds.find(self._long_run, end)

    def may_have_runs(self, octets: bytes) -> bool:
        """Whether an encoded run may stand there, whole or broken by line ends."""
        kinds = octets.translate(KINDS)
        return self._long_run in kinds or may_have_blocks(octets, kinds)
