"""`parley access-export`: what a person may have of their own data (GDPR Art. 15).

Their own mails as they wrote them, those of others as they reached them, and what is registered of them.
Nothing that the other side alone saw, and no mailbox but the person's own, unless they wrote it themselves.
"""

import json as json_
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any
from zipfile import ZIP_DEFLATED, ZipFile

import typer

from cli.checks.site import Site
from cli.commanding import examples, site_command
from cli.connecting import UsageError
from cli.evidence.holdings import Object
from cli.marketplace import MarketplaceApi, OpenedConversation
from cli.options import SENIOR, Case, Json, case_of
from cli.review.commands import api_of
from cli.review.reading import entries_of, holdings_of
from parley.archive.chain import Committed
from parley.archive.keys import object_key
from parley.archive.redaction import Share, shares
from parley.conversation.parties import Role

_AHEAD = 4
"""How many mails are in memory at a time, of 40 MB at most."""
_README = """What is stored of you
=====================

about-you.json   how you are registered
messages.json    a list of your messages: when, which way, what became of them, and their files
messages/        your mails as you sent them, and those of others as they reached you

Where the list has no file for a message, it says why: "erased" means that it was deleted before. Mails to a
shop's public address that were stopped before they opened a conversation are not in here.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One message in the list. way: "sent" or "received". outcome: of what they sent, None of others' mail.
    file: its path in the zip, None where there is none; why: the reason then."""

    conversation: str
    order: str | None
    at: str
    way: str
    outcome: str | None
    file: str | None
    why: str | None = None


def add_command(app: typer.Typer) -> None:
    site_command(
        app,
        "access-export",
        role=SENIOR,
        examples=examples(
            "parley access-export anna-303 --case dsr-2026-17 --out anna.zip",
            status="0 written, 2 not written.",
        ),
    )(access_export)


def access_export(
    site: Site,
    party: Annotated[str, typer.Argument(help="The party's id.")],
    out: Annotated[Path, typer.Option(help="The zip file to write; one that is there is replaced.")],
    case: Case = None,
    json: Json = False,
) -> None:
    """Write what a party may have of its own: its messages as it saw them, and how it is registered."""
    case, api = case_of(case), api_of(site)
    if not out.parent.is_dir():
        raise UsageError(f"There is no folder {out.parent}.")
    api.record_party_read(party, case=case)
    registered = asdict(api.party(party))
    handle, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.")
    scratch = Path(name)
    try:
        with os.fdopen(handle, "wb") as file, ZipFile(file, "w", ZIP_DEFLATED) as bundle:
            bundle.writestr("README.txt", _README)
            bundle.writestr("about-you.json", _json(registered))
            listed = list(_add_messages(site, api, party, case, bundle))
            bundle.writestr("messages.json", _json([asdict(each) for each in listed]))
        scratch.replace(out)
    finally:
        with suppress(FileNotFoundError):
            scratch.unlink()
    there = sum(each.file is not None for each in listed)
    if json:
        typer.echo(json_.dumps({"out": str(out), "messages": len(listed), "files": there}))
    else:
        typer.echo(f"Written to {out}: {there} of {len(listed)} messages. Read it before you hand it over.")


def _add_messages(
    site: Site, api: MarketplaceApi, party: str, case: str, bundle: ZipFile
) -> Iterator[Listed]:
    for conversation in api.conversations(party=party):
        api.record_read(conversation.id, case=case, what="export")
        for role, known in _parties(conversation).items():
            if known == party:
                yield from _add_conversation(site, conversation, role, bundle)


def _parties(conversation: OpenedConversation) -> dict[Role, str]:
    """An intake has no buyer: whoever wrote to it in that role is nobody yet."""
    known = {Role.BUYER: conversation.buyer, Role.SELLER: conversation.seller}
    return {role: party for role, party in known.items() if party}


def _add_conversation(
    site: Site, conversation: OpenedConversation, role: Role, bundle: ZipFile
) -> Iterator[Listed]:
    holdings = holdings_of(site, conversation.id).as_first_written()
    entries, roles = sorted(entries_of(holdings), key=lambda each: each.seq), _parties(conversation)
    wanted = [(share, kind) for share in shares(entries, role, roles=roles) for kind in _shown(share)]
    found = holdings.read_all((object_key(share.entry.folder, kind) for share, kind in wanted), ahead=_AHEAD)
    for (share, kind), each in zip(wanted, found, strict=True):
        way = "sent" if kind is Committed.ORIGINAL else "received"
        path = None
        if isinstance(each, Object):
            path = f"messages/{conversation.id}/{share.entry.seq:04d}_{way}.eml"
            bundle.writestr(path, each.content)
        yield Listed(
            conversation=conversation.id,
            order=conversation.order,
            at=share.entry.link.at,
            way=way,
            outcome=share.entry.outcome if way == "sent" else None,
            file=path,
            why=None if isinstance(each, Object) else _why(each.code),
        )


def _shown(share: Share) -> list[Committed]:
    """Of what the party may see, the mails."""
    return [kind for kind in share.contents if kind in (Committed.ORIGINAL, Committed.RELAYED)]


def _why(code: str) -> str:
    return "erased" if code == "object-missing" else code


def _json(value: Any) -> str:
    return json_.dumps(value, indent=1, ensure_ascii=False)
