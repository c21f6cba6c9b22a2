"""Who may ask the page for what, and what a browser may do with the answer.

Any web site can make a browser send requests to this machine. So the Host field must name this server
(DNS rebinding), what changes something must come from this very page, and no answer can be framed, cached,
sniffed, or load anything from elsewhere.
"""

import hmac
import secrets
from dataclasses import dataclass, field

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from parley.archive.transcript.rendering import POLICY

SAFE_METHODS = frozenset({"GET", "HEAD"})
DOWNLOAD_POLICY = "default-src 'none'; sandbox"
TRANSCRIPT_POLICY = f"{POLICY}; frame-ancestors 'none'; sandbox"
"""What the transcript asks for itself; and without an origin it reaches neither this page nor its forms."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """Of one run of the page. nonce: of its only script. token: stands in each of its forms."""

    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    def is_token(self, given: str) -> bool:
        return hmac.compare_digest(self.token.encode(), given.encode())

    @property
    def policy(self) -> str:
        """The Content-Security-Policy (CSP level 3) of the page."""
        return "; ".join(
            (
                "default-src 'none'",
                f"script-src 'nonce-{self.nonce}'",
                "style-src 'self'",
                "img-src 'self'",
                "connect-src 'self'",
                "form-action 'self'",
                "frame-ancestors 'none'",
                "base-uri 'none'",
            )
        )


class Guard:
    """ASGI middleware. hosts: what the Host field may say, with the port."""

    def __init__(self, app: ASGIApp, *, hosts: frozenset[str], policy: str) -> None:
        self._app = app
        self._hosts = hosts
        self._policy = policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        refusal = self._refusal(str(scope["method"]), Headers(scope=scope))

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._harden(MutableHeaders(scope=message))
            await send(message)

        await (refusal or self._app)(scope, receive, send_guarded)

    def _refusal(self, method: str, headers: Headers) -> PlainTextResponse | None:
        if headers.get("host", "") not in self._hosts:
            return PlainTextResponse(f"Open http://{min(self._hosts)} instead.\n", 421)
        if method not in SAFE_METHODS and not self._is_own_page(headers):
            return PlainTextResponse("Only the page itself may do this.\n", 403)
        return None

    def _is_own_page(self, headers: Headers) -> bool:
        """Browsers write both fields and let no page change them (Fetch, §3.1 and Fetch Metadata).

        Because of our own Referrer-Policy a form's Origin is "null"; then Sec-Fetch-Site must say it.
        """
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        ours = {f"http://{host}" for host in self._hosts}
        if site is not None:
            return site == "same-origin" and (origin in ours or origin in (None, "null"))
        return origin in ours

    def _harden(self, headers: MutableHeaders) -> None:
        headers.setdefault("Content-Security-Policy", self._policy)
        headers["X-Content-Type-Options"] = "nosniff"
        headers["X-Frame-Options"] = "DENY"
        headers["Referrer-Policy"] = "no-referrer"
        headers["Cache-Control"] = "no-store"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
