"""`parley verify`: a conversation's chain, from the archive bucket or from a bundle."""

import json as json_
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from cli.checks.site import Site
from cli.connecting import Options, UsageError
from cli.deployment import Part
from cli.evidence.checking import Checked, check
from cli.evidence.signing import Pins, PublicKey, key_in_file, key_in_kms
from cli.evidence.verifying import Verified, compared, verify_archive
from cli.evidence.wording import checked_told, fault_told, verified_told
from cli.options import (
    FAILED,
    SENIOR,
    Case,
    Endpoint,
    Json,
    Profile,
    Region,
    Stack,
    case_of,
    connected,
    ending_in_a_line,
    is_terminal,
)
from cli.review.commands import api_of
from cli.review.reading import holdings_of

EXAMPLES = """Examples:

\b
  parley verify k3m5r7k2h6x4n1p8w9t0v2y4a6 --case 2026-117
  parley verify evidence.zip --fingerprint 1f0c… --export-fingerprint 9ab4…
  parley verify evidence.zip --key checkpoints.pem --export-key exports.pem --json

\b
Exit status: 0 nothing is wrong, 1 something is, 2 nothing could be looked at."""

What = Annotated[str, typer.Argument(metavar="CONVERSATION|BUNDLE.zip", help="What to verify.")]
Key = Annotated[
    list[Path] | None,
    typer.Option(help="A public key that may have signed checkpoints, as a PEM file; may be repeated."),
]
Fingerprint = Annotated[
    list[str] | None, typer.Option(help="The fingerprint of one (SHA-256 of it in DER); may be repeated.")
]
ExportKey = Annotated[
    list[Path] | None,
    typer.Option(help="A public key that may have signed a bundle's manifest; may be repeated."),
]
ExportFingerprint = Annotated[list[str] | None, typer.Option(help="The fingerprint of one; may be repeated.")]


def verify(
    what: What,
    key: Key = None,
    fingerprint: Fingerprint = None,
    export_key: ExportKey = None,
    export_fingerprint: ExportFingerprint = None,
    case: Case = None,
    stack: Stack = None,
    region: Region = None,
    profile: Profile = None,
    endpoint_url: Endpoint = None,
    json: Json = False,
) -> None:
    """Recompute the chain of a conversation, or check a bundle without a network.

    Names the first link that is broken, missing or altered, and every file of a bundle that was changed.
    """
    with ending_in_a_line(SENIOR):
        keys = [key_in_file(path) for path in key or ()]
        if what.endswith(".zip") or Path(what).is_file():
            exports = [key_in_file(path) for path in export_key or ()]
            pins = Pins(_pinned(keys, fingerprint or ()), _pinned(exports, export_fingerprint or ()))
            _bundle(Path(what), pins, json=json)
        else:
            options = Options(stack=stack, region=region, profile=profile, endpoint_url=endpoint_url)
            _conversation(what, connected(options), case_of(case), keys, json=json)


def _bundle(path: Path, pins: Pins, *, json: bool) -> None:
    with counting("checking", quiet=json) as progress:
        checked = check(path, pins, progress(0))
    if json:
        typer.echo(json_.dumps(bundle_document(checked), indent=1))
    else:
        for line in checked_told(checked):
            Console().print(line, highlight=False, markup=False, soft_wrap=True)
    raise typer.Exit(0 if checked.is_intact else FAILED)


def _conversation(conversation: str, site: Site, case: str, keys: Sequence[PublicKey], *, json: bool) -> None:
    api = api_of(site)
    api.record_read(conversation, case=case, what="entries")
    signers = [key_in_kms(site.clients, site.deployment.physical(Part.SIGNING_KEY)), *keys]
    table = site.deployment.physical(Part.TABLE)

    def places() -> list[tuple[int, datetime]]:
        return [(each.seq, datetime.fromisoformat(each.at)) for each in api.history(conversation)]

    beside = partial(compared, site.clients, table, conversation, places, site.now)
    with counting("reading", quiet=json) as progress:
        verified = verify_archive(holdings_of(site, conversation), signers, beside, progress, now=site.now)
    if json:
        typer.echo(json_.dumps(conversation_document(verified, signers), indent=1))
    else:
        for line in verified_told(verified, signers):
            Console().print(line, highlight=False, markup=False, soft_wrap=True)
    raise typer.Exit(0 if verified.is_intact else FAILED)


def _pinned(keys: Sequence[PublicKey], fingerprints: Sequence[str]) -> frozenset[str]:
    told = [each.replace(":", "").replace(" ", "").lower() for each in fingerprints]
    for each in told:
        if len(each) != 64 or set(each) - set("0123456789abcdef"):
            raise UsageError(f"{each} is no fingerprint: it has 64 hex digits.")
    return frozenset([*told, *(each.fingerprint for each in keys)])


@contextmanager
def counting(what: str, *, quiet: bool) -> Iterator[Callable[[int], Callable[[], None]]]:
    """A progress bar on standard error, if a person is there; yields what starts it."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns, console=Console(stderr=True), transient=True, disable=quiet or not is_terminal()
    ) as bar:

        def start(total: int) -> Callable[[], None]:
            task = bar.add_task(what, total=total or None)
            return lambda: bar.advance(task)

        yield start


def conversation_document(verified: Verified, signers: Sequence[PublicKey]) -> dict[str, Any]:
    return {
        "intact": verified.is_intact,
        "unsigned": verified.verdict.unsigned,
        **asdict(verified.verdict),
        "attachments_altered": verified.attachments,
        "not_readable": verified.denied,
        "table": verified.table,
        "keys": [each.fingerprint for each in signers],
        "first": fault_told(verified.verdict.faults[0]) if verified.verdict.faults else None,
    }


def bundle_document(checked: Checked) -> dict[str, Any]:
    return {
        "intact": checked.is_intact,
        "complete": checked.is_complete,
        "unsigned": checked.verdict.unsigned if checked.verdict else None,
        "manifest": None
        if checked.manifest is None
        else {name: each for name, each in asdict(checked.manifest).items() if name != "files"},
        "files": [asdict(each) for each in checked.faults],
        "chain": None if checked.verdict is None else asdict(checked.verdict),
        "not_in_bundle": [asdict(each) for each in checked.unread],
        "manifest_key": checked.manifest_key,
        "checkpoint_keys": checked.checkpoint_keys,
        "keys_pinned": checked.are_pinned,
    }
