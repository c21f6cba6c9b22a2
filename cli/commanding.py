"""Makes a command of a function that wants a site: options that lead there, and an end in one line."""

import inspect
from collections.abc import Callable
from typing import Any

import typer

from cli.connecting import Options
from cli.options import Endpoint, Profile, Region, Stack, connected, ending_in_a_line

_CONNECTING = {"stack": Stack, "region": Region, "profile": Profile, "endpoint_url": Endpoint}


def site_command(
    app: typer.Typer,
    name: str,
    *,
    role: str,
    examples: str,
    alone: Callable[..., bool] = lambda **_given: False,
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Registers a function whose first parameter is the site. role: whose rights are enough for it. alone: is
    given the options first, and may do without a site: True, if it was all that was asked for."""

    def register(run: Callable[..., None]) -> Callable[..., None]:
        _, *own = inspect.signature(run).parameters.values()
        keyword = inspect.Parameter.KEYWORD_ONLY
        options = [
            inspect.Parameter(each, keyword, default=None, annotation=kind)
            for each, kind in _CONNECTING.items()
        ]

        def command(**given: Any) -> None:
            asked = Options(**{each: given.pop(each) for each in _CONNECTING})
            if alone(**given):
                return
            with ending_in_a_line(role):
                run(connected(asked), **given)

        parameters = [*(each.replace(kind=keyword) for each in own), *options]
        # What Typer reads a command's options from.
        command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        command.__annotations__ = {each.name: each.annotation for each in parameters}
        command.__doc__ = run.__doc__
        app.command(name, epilog=examples)(command)
        return run

    return register


def examples(*lines: str, status: str) -> str:
    """The end of a command's help. status: what its exit status says."""
    shown = "\n".join(f"  {line}" for line in lines)
    return f"Examples:\n\n\b\n{shown}\n\n\b\nExit status: {status}"
