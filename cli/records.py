"""DNS: the records that the stack asks for, and a port to look them up."""

from dataclasses import dataclass
from typing import Protocol

import dns.exception
import dns.resolver
from dns.rdtypes.ANY.TXT import TXT

LIFETIME_SECONDS = 6.0


class DnsUnansweredError(Exception):
    """The name servers gave no usable answer; whether the record exists is not known."""


class Resolver(Protocol):
    """Looks up one kind of record."""

    def look_up(self, name: str, kind: str) -> tuple[str, ...]:
        """The values in zone file notation, lower-case but for TXT; () if there are none.

        A TXT record is its strings joined, without quotes (RFC 7208 §3.3). Raises `DnsUnansweredError`.
        """


class DnspythonResolver:
    """Implements `Resolver`: the system's name servers, or others for a test."""

    def __init__(self, resolver: dns.resolver.Resolver | None = None) -> None:
        self._resolver = resolver or dns.resolver.Resolver()

    def look_up(self, name: str, kind: str) -> tuple[str, ...]:
        try:
            answer = self._resolver.resolve(name, kind, lifetime=LIFETIME_SECONDS, search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return ()
        except dns.exception.DNSException as error:
            raise DnsUnansweredError(type(error).__name__) from None
        return tuple(_text(each) for each in answer)


@dataclass(frozen=True, slots=True)
class Record:
    """label: as in the stack's output `Dns<label>`. value: as a zone file has it."""

    label: str
    name: str
    kind: str
    value: str

    @property
    def plain(self) -> str:
        """The value as `Resolver.look_up` gives it."""
        return self.value.strip('"') if self.kind == "TXT" else self.value.lower().rstrip(".")


def listed_records(outputs: dict[str, str]) -> tuple[Record, ...]:
    """The records that the stack's outputs list; none where it created them in a hosted zone."""
    found = []
    for key, value in outputs.items():
        if key.startswith("Dns"):
            name, kind, content = value.split(" ", 2)
            found.append(Record(key.removeprefix("Dns"), name, kind, content))
    return tuple(sorted(found, key=lambda record: record.label))


def _text(data: object) -> str:
    if isinstance(data, TXT):
        return b"".join(data.strings).decode("ascii", "replace")
    return str(data).lower().rstrip(".")
