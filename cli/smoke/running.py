"""A smoke test from what was asked for to what was found."""

from collections.abc import Callable
from dataclasses import dataclass

from cli.checks.site import Site
from cli.connecting import UsageError
from cli.doctor import Found, failed
from cli.smoke.exchange import play
from cli.smoke.ports import Clock, Post, Stage, Teller
from cli.smoke.preparing import examine_before, new_token, plan, read_mailbox, scenarios


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """author, to: mailboxes as they were typed. only: scenarios. seconds: how long to wait."""

    author: str
    to: str | None
    only: tuple[str, ...]
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """sent: False if the deployment was not ready; `found` says why then."""

    token: str
    sent: bool
    found: tuple[Found, ...]


def run_smoke(
    request: Request, site: Site, *, post: Post, teller: Teller, clock: Clock, agree: Callable[[str], bool]
) -> Result:
    """agree: is shown what is about to happen. Raises `UsageError`, also if there is no agreement."""
    if site.api is None or site.deployment.missing:
        raise UsageError("The stack is not complete: `parley doctor` says what it lacks.")
    author = read_mailbox(request.author, "--from", site)
    counterpart = read_mailbox(request.to, "--to", site) if request.to else None
    chosen = scenarios(counterpart, request.only)
    token = new_token(site.now)
    teller.waiting("looking whether the deployment is ready")
    before = examine_before(author, site)
    if failed(before):
        return Result(token=token, sent=False, found=before)
    if not agree(plan(chosen, author, site)):
        raise UsageError("Nothing was sent.")
    stage = Stage(
        site=site,
        marketplace=site.api,
        post=post,
        teller=teller,
        clock=clock,
        seconds=request.seconds,
    )
    found = play(chosen, author=str(author), token=token, stage=stage)
    return Result(token=token, sent=True, found=found)
