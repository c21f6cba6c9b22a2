"""Options that several commands have, the connection they lead to, and how a command ends in one line."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from botocore.exceptions import BotoCoreError, ClientError

from cli.answers import ApiProblem, ApiUnreachableError
from cli.checks.site import Site
from cli.connecting import Options, UsageError, connect
from cli.deployment import PartMissingError, StackNotFoundError
from cli.troubles import explain

FAILED = 1
"""Something that was looked at is not as it should be."""
CANNOT_START = 2
"""Nothing could be looked at: wrong options, no credentials, no stack, no right."""

Stack = Annotated[str | None, typer.Option(help="The stack's name. [default: as in cdk.json, else Parley]")]
Region = Annotated[str | None, typer.Option(help="Its region. [default: as in cdk.json]")]
Profile = Annotated[str | None, typer.Option(help="The profile of your AWS credentials.")]
Json = Annotated[bool, typer.Option("--json", help="Write JSON instead of a table.")]
Endpoint = Annotated[
    str | None, typer.Option(help="The local emulator instead of AWS, such as http://127.0.0.1:4566.")
]
Case = Annotated[
    str | None,
    typer.Option(
        "--case",
        envvar="PARLEY_CASE",
        help="The case that you read this for: the id of a dispute or the like. It is recorded.",
    ),
]

REVIEWER, SENIOR, OPERATOR = "a reviewer", "a senior reviewer", "an operator"
"""Who may do it: roles of docs/reviewing.md, and who runs the relay (docs/deploying.md)."""

_REVIEW_DENIED = "Assume the role of {role} (docs/reviewing.md), or ask who has it."


def connected(options: Options) -> Site:
    """The site, or an end with the reason."""
    try:
        return connect(options)
    except UsageError as error:
        reason = str(error)
    except StackNotFoundError as error:
        reason = f"There is no stack {error} there. Deploy it (make deploy), or name --stack and --region."
    except (ClientError, BotoCoreError) as error:
        finding = explain(error)
        reason = f"{finding.text} {finding.next}"
    raise end(reason)


def end(reason: str) -> typer.Exit:
    """The end before anything was done."""
    typer.echo(f"parley: {reason}", err=True)
    return typer.Exit(CANNOT_START)


def case_of(given: str | None) -> str:
    """The case as given; asks a person who did not say, and ends where there is nobody to ask."""
    case = (given or "").strip()
    if not case and sys.stdin.isatty():
        case = str(typer.prompt("For which case (it is recorded)", err=True)).strip()
    if not case:
        raise end("For which case? Every read is recorded with one: add --case, or set PARLEY_CASE.")
    return case


@contextmanager
def ending_in_a_line(role: str) -> Iterator[None]:
    """Lets no error of AWS, of the API or of the disk become a traceback. role: whose rights are enough."""
    try:
        yield
    except UsageError as error:
        reason = str(error)
    except ApiProblem as problem:
        reason = _problem(problem, role)
    except ApiUnreachableError as error:
        reason = f"The API was not reached ({error}). Look at the network, try again."
    except (ClientError, BotoCoreError, PartMissingError) as error:
        finding = explain(error)
        denied = finding.code == "access-denied"
        reason = f"{finding.text} {_REVIEW_DENIED.format(role=role) if denied else finding.next}"
    except OSError as error:
        reason = f"{error.filename or 'A file'}: {error.strerror or error}."
    else:
        return
    raise end(reason)


def _problem(problem: ApiProblem, role: str) -> str:
    if problem.status == 403:
        return f"These credentials may not ask that of the API. {_REVIEW_DENIED.format(role=role)}"
    if problem.status >= 500:
        return f"The API failed ({problem.code}). Try again; the log of admin_api tells more."
    where = f" ({problem.field})" if problem.field else ""
    return f"{problem.detail}{where} [{problem.code}]"


def is_terminal() -> bool:
    """Whether a person sees the output."""
    return sys.stdout.isatty() and "TERM" in os.environ
