"""What the smoke test needs from outside, so that tests can stand in for it."""

import time
from dataclasses import dataclass
from typing import Protocol

from cli.checks.site import Site
from cli.findings import Finding
from cli.marketplace import OpenedConversation, RegisteredParty, Role


class Marketplace(Protocol):
    """What is used of `cli.marketplace.MarketplaceApi`. Raises as that does."""

    def register_party(
        self,
        *,
        role: Role,
        locale: str,
        mailboxes: list[str],
        id: str | None = None,  # noqa: A002
    ) -> RegisteredParty: ...

    def open_conversation(self, *, order: str, buyer: str, seller: str) -> OpenedConversation: ...

    def close(self, conversation: str) -> OpenedConversation: ...


class Post(Protocol):
    """Sends the first mail, as the author's own mail server would."""

    def send(self, raw: bytes, *, author: str, recipient: str) -> str:
        """The id that SES gave the mail. Raises what botocore raises."""


class SesPost:
    """Implements `Post` with SES itself, whose mail to the relay domain comes in by its MX like any other."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def send(self, raw: bytes, *, author: str, recipient: str) -> str:
        answer = self._site.clients.sesv2.send_email(
            FromEmailAddress=author,
            Destination={"ToAddresses": [recipient]},
            Content={"Raw": {"Data": raw}},
        )
        return answer["MessageId"]


class Teller(Protocol):
    """Hears how it goes."""

    def told(self, scenario: str, hop: str, finding: Finding) -> None: ...

    def waiting(self, text: str) -> None: ...


class Clock(Protocol):
    def monotonic(self) -> float:
        """Seconds."""

    def sleep(self, seconds: float) -> None: ...


class SystemClock:
    """Implements `Clock`."""

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What a smoke test is played on. seconds: how long it waits for mail to come through."""

    site: Site
    marketplace: Marketplace
    post: Post
    teller: Teller
    clock: Clock
    seconds: float
