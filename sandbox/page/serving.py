"""The page's addresses: what each one shows or does."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from sandbox.page.exchange import Exchange
from sandbox.page.forms import MAX_BODY, BadFormError, Form, read_form
from sandbox.page.guard import DOWNLOAD_POLICY, TRANSCRIPT_POLICY, Secrets
from sandbox.page.place import Column, Place
from sandbox.page.reading import attachment
from sandbox.page.rendering import Renderer
from sandbox.page.submitting import submit
from sandbox.page.watch import INTERVAL, Watch
from sandbox.seeding import Correspondent

_STATIC = Path(__file__).parent / "static"
_UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\]")
_LONGEST_NAME = 100
_ALIVE_SECONDS = 15


class Site:
    """The handlers. closing: set when the server ends, so that no stream of changes keeps it."""

    def __init__(self, exchange: Exchange, secrets: Secrets, closing: asyncio.Event) -> None:
        self._exchange = exchange
        self._secrets = secrets
        self._closing = closing
        self._watch = Watch(exchange)
        self._renderer = Renderer(exchange, secrets, self._watch)

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/", self.show),
                Route("/send/{role}", self.send, methods=["POST"]),
                Route("/mail/{role}", self.download),
                Route("/archive/{seq:int}/{kind}", self.archived),
                Route("/transcript", self.transcript),
                Route("/changes", self.changes),
                Mount("/static", StaticFiles(directory=_STATIC)),
            ]
        )

    def show(self, request: Request) -> Response:
        # A link from another site must not mark mail as read.
        own = request.headers.get("sec-fetch-site") == "same-origin"
        return HTMLResponse(self._renderer.page(self._place(request), may_mark=own))

    async def send(self, request: Request) -> Response:
        """To the page again: with the form in it if the mail was not taken."""
        person = self._person(request)
        try:
            form = await read_form(request.headers.get("content-type", ""), await _body(request))
        except BadFormError as bad:
            raise HTTPException(400, f"The form cannot be read: {bad}.") from None
        if not self._secrets.is_token(form.text("token")):
            raise HTTPException(403, "The page is older than this run of the sandbox. Load it again.")
        return await run_in_threadpool(self._send, person, form, self._place(request))

    def _send(self, person: Correspondent, form: Form, place: Place) -> Response:
        refused = submit(person, form, self._exchange)
        self._watch.forget()
        if refused:
            return HTMLResponse(self._renderer.page(place, refused), refused.status)
        column = place.column(person.role)
        there = replace(place.at(person.role, Column(column.folder, column.uid)), sent=str(person.role))
        return RedirectResponse(there.url, 303)

    def download(self, request: Request) -> Response:
        """A whole mail, or the attachment at `part`."""
        person, told = self._person(request), request.query_params
        column, mailboxes = Column.read(told.get("at", "")), self._exchange.mailboxes
        if column.folder not in mailboxes.folders(person.account.mailbox):
            raise HTTPException(404)
        mails = mailboxes.messages(person.account.mailbox, column.folder)
        raw = next((mail.raw for mail in mails if mail.uid == column.uid), None)
        if raw is None:
            raise HTTPException(404)
        if "part" not in told:
            return _download("mail.eml", raw)
        found = attachment(raw, told["part"])
        if found is None:
            raise HTTPException(404)
        return _download(*found)

    def archived(self, request: Request) -> Response:
        """A mail as the archive holds it."""
        seq, kind = request.path_params["seq"], request.path_params["kind"]
        for message in self._watch.look().messages:
            if message.seq == seq and kind in ("original", "relayed"):
                kept = self._exchange.archive.kept(message)
                raw = self._exchange.archive.read(kept.original if kind == "original" else kept.relayed)
                if raw is not None:
                    return _download(f"{seq:04d}-{kind}.eml", raw)
        raise HTTPException(404)

    def transcript(self, _: Request) -> Response:
        """The page that reviewers open, under its own policy."""
        page = self._exchange.archive.transcript()
        if page is None:
            raise HTTPException(404)
        return HTMLResponse(page, headers={"Content-Security-Policy": TRANSCRIPT_POLICY})

    async def changes(self, _: Request) -> Response:
        """Server-sent events: the page's version, now and whenever it changes."""
        return StreamingResponse(self._versions(), media_type="text/event-stream")

    async def _versions(self) -> AsyncIterator[str]:
        told, quiet = "", 0.0
        while not self._closing.is_set():
            version = await run_in_threadpool(self._watch.version)
            if version != told:
                told, quiet = version, 0.0
                yield f"data: {version}\n\n"
            elif quiet >= _ALIVE_SECONDS:
                quiet = 0.0
                yield ": still here\n\n"
            quiet += INTERVAL
            try:
                await asyncio.wait_for(self._closing.wait(), INTERVAL)
            except TimeoutError:
                continue

    def _place(self, request: Request) -> Place:
        return Place.read(request.query_params, [str(person.role) for person in self._exchange.people])

    def _person(self, request: Request) -> Correspondent:
        person = self._exchange.person(request.path_params["role"])
        if person is None:
            raise HTTPException(404)
        return person


async def _body(request: Request) -> bytes:
    """Raises HTTPException(413) as soon as there is too much."""
    pieces, size = [], 0
    async for piece in request.stream():
        size += len(piece)
        if size > MAX_BODY:
            raise HTTPException(413, "The attachments are larger than 10 MB together. Attach less.")
        pieces.append(piece)
    return b"".join(pieces)


def _download(name: str, content: bytes) -> Response:
    """For saving only: no browser shows it, whatever it is."""
    safe = quote(_UNSAFE.sub("_", name)[:_LONGEST_NAME].encode("utf-8", "replace"))
    return Response(
        content,
        media_type="application/octet-stream",
        headers={
            "Content-Disposition": f"attachment; filename*=utf-8''{safe}",
            "Content-Security-Policy": DOWNLOAD_POLICY,
        },
    )
