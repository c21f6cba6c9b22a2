"""The stack itself."""

from collections.abc import Iterator

from cli.checks.site import Site
from cli.findings import Finding, fail, ok, warn


def stack(site: Site) -> Iterator[Finding]:
    """Whether CloudFormation is done with it, and whether it has all that mail needs."""
    deployment = site.deployment
    status, name = deployment.status, deployment.stack
    if status in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        yield ok("stack", f"The stack {name} is deployed ({status}).")
    elif status.endswith("_IN_PROGRESS"):
        yield warn("stack-changing", f"The stack {name} is being changed ({status}).", "Wait and look again.")
    elif status == "UPDATE_ROLLBACK_COMPLETE":
        yield warn(
            "stack-rolled-back",
            f"The last update of the stack {name} failed; what was there before still works.",
            "Read the events of the stack in the CloudFormation console, then deploy again.",
        )
    else:
        yield fail(
            "stack-failed",
            f"The stack {name} is {status}.",
            "Read the events of the stack in the CloudFormation console, mend the cause, deploy again.",
        )
    if missing := deployment.missing:
        names = ", ".join(part.value[1] for part in missing)
        yield fail("stack-incomplete", f"The stack lacks {names}.", "Deploy the stack again.")
