"""Writes the whole page for where one is."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sandbox.page.columns import Mailbox, mailbox, writing
from sandbox.page.details import Details, Told
from sandbox.page.exchange import Exchange
from sandbox.page.guard import Secrets
from sandbox.page.place import Place
from sandbox.page.quoting import runs
from sandbox.page.submitting import Refused
from sandbox.page.watch import Seen, Watch
from sandbox.seeding import Correspondent

_TEMPLATES = Path(__file__).parent / "templates"


class Renderer:
    """May be used from any thread."""

    def __init__(self, exchange: Exchange, secrets: Secrets, watch: Watch) -> None:
        self._exchange = exchange
        self._secrets = secrets
        self._watch = watch
        self._details = Details(exchange.archive)
        environment = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.filters.update(size=_size, clock=_clock, runs=runs, sentence=_sentence)
        self._template = environment.get_template("page.html")

    def page(self, place: Place, refused: Refused | None = None, *, may_mark: bool = False) -> bytes:
        """HTML in UTF-8. may_mark: whether opening a mail marks it as read."""
        # The version is taken first: should something change meanwhile, the page is asked for once more.
        version, seen = self._watch.version(), self._watch.look()
        columns = [self._column(person, place, refused, may_mark) for person in self._exchange.people]
        messages, trouble = self._messages(seen, place)
        page = self._template.render(
            columns=columns,
            messages=messages,
            queues=seen.queues,
            transcript=seen.transcript,
            trouble=trouble,
            conversation=self._exchange.archive.conversation,
            version=version,
            secrets=self._secrets,
        )
        # Text of a hostile mail may hold surrogates, which no encoding has.
        return page.encode("utf-8", "replace")

    def _column(
        self, person: Correspondent, place: Place, refused: Refused | None, may_mark: bool
    ) -> Mailbox:
        made = mailbox(person, place, self._exchange.mailboxes, may_mark=may_mark)
        if refused is None or refused.role != person.role:
            return made
        column = place.column(person.role)
        return replace(made, writing=writing(refused.draft, person.role, column, place, refused.problem))

    def _messages(self, seen: Seen, place: Place) -> tuple[tuple[Told, ...], str]:
        try:
            return self._details.tell(seen.messages, place), seen.trouble
        except (BotoCoreError, ClientError) as error:
            # The list alone needs nothing of the archive.
            return self._details.tell(seen.messages, place.at_message(0)), type(error).__name__


def _size(octets: int) -> str:
    if octets < 1_000:
        return f"{octets} bytes"
    return f"{octets / 1_000:.0f} KB" if octets < 1_000_000 else f"{octets / 1_000_000:.1f} MB"


def _clock(at: datetime) -> str:
    """In the zone of this machine."""
    return f"{at.astimezone():%H:%M:%S}"


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
