"""`parley export`: a conversation as an evidence bundle."""

import json as json_
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli import TOOL
from cli.answers import OpenedConversation
from cli.checks.site import Site
from cli.commanding import examples, site_command
from cli.connecting import UsageError
from cli.deployment import Part
from cli.evidence.awaiting import await_signed
from cli.evidence.bundling import write_bundle
from cli.evidence.checking import Checked, check
from cli.evidence.holdings import Holdings, Object
from cli.evidence.ordering import Keys, Order, Page, Written
from cli.evidence.party_page import Stored, party_page
from cli.evidence.retelling import parties_of
from cli.evidence.signing import key_in_kms, signature_of
from cli.evidence.wording import fault_told, harmless_line, verdict_told
from cli.marketplace import MarketplaceApi
from cli.options import FAILED, SENIOR, Case, Json, case_of
from cli.review.commands import Conversation, api_of
from cli.review.reading import holdings_of
from cli.verify import counting
from parley.archive.keys import transcript_key
from parley.archive.redaction import Share
from parley.conversation.parties import Role

_ID = "k3m5r7k2h6x4n1p8w9t0v2y4a6"


class Viewer(StrEnum):
    """Whom a bundle can be for."""

    BUYER = "buyer"
    SELLER = "seller"


def add_command(app: typer.Typer) -> None:
    site_command(
        app,
        "export",
        role=SENIOR,
        examples=examples(
            f"parley export {_ID} --case 2026-117 --out evidence.zip",
            f"parley export {_ID} --case 2026-117 --for buyer --out for-buyer.zip",
            status="0 written and intact, 1 written though something is wrong, 2 not written.",
        ),
    )(export)


def export(
    site: Site,
    conversation: Conversation,
    out: Annotated[Path, typer.Option(help="The zip file to write; one that is there is replaced.")],
    case: Case = None,
    viewer: Annotated[
        Viewer | None, typer.Option("--for", help="Only what this party saw. [default: everything]")
    ] = None,
    json: Json = False,
) -> None:
    """Write a conversation as a signed bundle that anybody can check without AWS.

    The export itself becomes a link of the conversation's chain; until that is signed, which takes some
    seconds, the command waits. By it the bundle proves that nothing was cut off its end.
    """
    case, api = case_of(case), api_of(site)
    if not out.parent.is_dir():
        raise UsageError(f"There is no folder {out.parent}.")
    whom, opened = (viewer.value, api.conversation(conversation)) if viewer else (None, None)
    roles = _roles(conversation, opened, whom)
    recorded = api.record_export(conversation, case=case, viewer=whom)
    keys, holdings = _keys(site), holdings_of(site, conversation)
    with counting("waiting for the signature", quiet=json) as progress:
        await_signed(holdings, recorded, keys.checkpoints, progress(2))
    order = Order(
        conversation=conversation,
        viewer=whom,
        roles=roles,
        case=case,
        exported=recorded.event,
        made_by=site.clients.sts.get_caller_identity()["Arn"],
        made_at=datetime.fromisoformat(recorded.at),
        tool=TOOL,
    )
    with counting("exporting", quiet=json) as progress:
        written = write_bundle(order, holdings, keys, _page(site, api, order, opened), out, progress)
    checked = check(out)
    if json:
        typer.echo(json_.dumps(_document(out, written, checked), indent=1))
    else:
        _tell(out, written, checked)
    raise typer.Exit(0 if checked.is_intact else FAILED)


def _keys(site: Site) -> Keys:
    export_key = site.deployment.physical(Part.EXPORT_KEY)
    return Keys(
        manifest=key_in_kms(site.clients, export_key),
        checkpoints=[key_in_kms(site.clients, site.deployment.physical(Part.SIGNING_KEY))],
        sign=lambda content: signature_of(site.clients, export_key, content),
    )


def _roles(conversation: str, opened: OpenedConversation | None, viewer: str | None) -> frozenset[str]:
    """Those that the conversation has a party for: an intake has no buyer. Raises `UsageError` if the viewer
    is none of them."""
    if opened is None:
        return frozenset(Role)
    parties = {Role.BUYER: opened.buyer, Role.SELLER: opened.seller}
    roles = frozenset(role for role, party in parties.items() if party)
    if viewer not in roles:
        raise UsageError(f"There is no {viewer} in {conversation} to whom a part could be given.")
    return roles


def _page(site: Site, api: MarketplaceApi, order: Order, opened: OpenedConversation | None) -> Page:
    if order.viewer is None or opened is None:
        review = Holdings(site.clients, site.deployment.physical(Part.REVIEW), order.conversation)

        def whole(_shares: Sequence[Share], _stored: Stored) -> bytes | None:
            found = review.read(transcript_key(order.conversation))
            return found.content if isinstance(found, Object) else None

        return whole
    party = parties_of(opened, api).get(Role(order.viewer))

    def partial(shares: Sequence[Share], stored: Stored) -> bytes:
        return party_page(
            shares,
            stored,
            conversation=order.conversation,
            order=opened.order,
            locale=party.locale if party else "en",
        )

    return partial


def _document(out: Path, written: Written, checked: Checked) -> dict[str, object]:
    verdict = checked.verdict
    return {
        "bundle": str(out),
        "intact": checked.is_intact,
        "complete": checked.is_complete,
        "files": written.files,
        "octets": written.octets,
        "not_in_bundle": [asdict(each) for each in written.unread],
        "faults": [] if verdict is None else [asdict(each) for each in verdict.faults],
        "manifest_key": checked.manifest_key,
        "checkpoint_keys": checked.checkpoint_keys,
    }


def _tell(out: Path, written: Written, checked: Checked) -> None:
    typer.echo(f"Written to {out}: {written.files} files, {written.octets} octets.")
    for each in written.unread:
        typer.echo(harmless_line(f"not in the bundle: {each.key} ({each.code})"))
    for fault in checked.verdict.faults if checked.verdict else ():
        typer.echo(harmless_line(fault_told(fault)))
    typer.echo(f"The manifest is signed with {checked.manifest_key}")
    for key in checked.checkpoint_keys:
        typer.echo(f"Checkpoints are signed with {key}")
    typer.echo(verdict_told(checked))
