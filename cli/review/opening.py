"""A transcript in the browser, from a file that nobody else can read and that does not stay."""

import sys
import tempfile
import webbrowser
from pathlib import Path

import typer

from cli.checks.site import Site
from cli.connecting import UsageError
from cli.deployment import Part
from cli.evidence.holdings import Holdings, Object
from cli.marketplace import MarketplaceApi
from cli.review.retelling import with_originals
from parley.archive.keys import transcript_key


def page_of(conversation: str, site: Site, api: MarketplaceApi, *, originals: bool, locale: str) -> bytes:
    """Raises `UsageError` where there is none, or none that may be read."""
    if originals:
        return with_originals(conversation, site, api, locale)
    bucket = site.deployment.physical(Part.REVIEW)
    found = Holdings(site.clients, bucket, conversation).read(transcript_key(conversation))
    if isinstance(found, Object):
        return found.content
    if found.code == "access-denied":
        raise UsageError(
            "These credentials may not read transcripts. Assume the role of a reviewer (docs/reviewing.md)."
        )
    raise UsageError("There is no transcript yet. It is made within minutes after the first mail.")


def present(page: bytes, out: Path | None) -> None:
    """Writes the page to `out`, or shows it until a person is done."""
    if out is not None:
        out.touch()
        out.chmod(0o600)
        out.write_bytes(page)
        typer.echo(f"Written to {out}.")
        return
    if not sys.stdin.isatty():
        raise UsageError("Nobody is there to look at it: add --out FILE.")
    with tempfile.TemporaryDirectory(prefix="parley-") as folder:
        file = Path(folder) / "transcript.html"
        file.write_bytes(page)
        if not webbrowser.open(file.as_uri()):
            typer.echo(f"No browser was found. The transcript is {file}.", err=True)
        typer.prompt(
            "Press Enter when you have read it; the file is then deleted",
            default="",
            show_default=False,
            err=True,
        )
